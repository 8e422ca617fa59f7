// All objects at once: work of minutes, which is said before it begins.
import { findEverything } from '../actions';
import { app, type App } from '../app';
import { CommandButton, duration, ToolButton, useLive } from '../widgets';
import { Modal } from './dialog';

// What must be done before: seconds, null where nobody knows yet.
export function secondsToEncode({ state }: App): number | null {
  if (!state?.encoding) return 0;
  const { done, total, seconds_per_view: each } = state.encoding;
  return each == null ? null : (total - done) * each;
}

export function EverythingDialog() {
  const live = useLive();
  const command = app.use((value) => value.state?.commands.everything);
  const before = app.use(secondsToEncode);
  const views = app.use((value) => (value.state ? value.state.num_views - value.state.num_test_views : 0));
  const begin = async (): Promise<void> => {
    if (await findEverything()) app.set({ dialog: 'none' });
  };
  return (
    <Modal title="Find everything">
      <p>SAM looks for all things in {views} views; what several views agree on becomes an object. That takes minutes, and
        you may go on meanwhile. It is one step of the history, so one undo takes it back.</p>
      {before !== 0 && (
        <p class="muted">
          Some views are not encoded yet{before === null ? '' : `: ${duration(before)} for them alone`}.
        </p>
      )}
      <div class="row">
        <ToolButton icon="everything" label="Find everything" text="Find everything" class="primary" disabled={!live}
          onClick={() => void begin()} />
        <CommandButton command={command} what="find everything" />
      </div>
    </Modal>
  );
}
