// All objects at once: work of minutes, which is said before it begins.
import { findEverything } from '../actions';
import { app } from '../app';
import { findWaitsFor } from '../waits';
import { CommandButton, GoOnButton, ToolButton, useLive } from '../widgets';
import { Modal } from './dialog';

export function EverythingDialog() {
  const live = useLive();
  const command = app.use((value) => value.state?.commands.everything);
  const waits = app.use((value) => (value.state ? findWaitsFor(value.state, 'everything') : ''));
  const stopped = app.use((value) => value.state?.encoding?.stopped ?? false);
  const views = app.use((value) => (value.state ? value.state.num_views - value.state.num_test_views : 0));
  const begin = async (): Promise<void> => {
    if (await findEverything()) app.set({ dialog: 'none' });
  };
  return (
    <Modal title="Find everything">
      <p>SAM looks for all things in {views} views; what several views agree on becomes an object. That takes minutes, and
        you can go on meanwhile. One undo takes all of it back.</p>
      <div class="row">
        <ToolButton icon="everything" label="Find everything" text="Find everything" class="primary"
          disabled={!live || waits !== ''} onClick={() => void begin()} />
        <CommandButton command={command} what="find everything" />
        {waits !== '' && <p class="muted tabular" role="status">Possible {waits}</p>}
        {waits !== '' && stopped && <GoOnButton with="encoding" />}
      </div>
    </Modal>
  );
}
