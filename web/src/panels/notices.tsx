// What the program says: passing messages, and the banner while it does not answer.
import { app } from '../app';
import { dismiss } from '../messages';
import { ToolButton } from '../widgets';

export function Toasts() {
  const toasts = app.use((value) => value.toasts);
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Messages">
      {toasts.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`} role={toast.kind === 'error' ? 'alert' : undefined}>
          <div>
            <p><strong>{toast.text}</strong></p>
            {toast.why !== '' && <p>{toast.why}</p>}
            {toast.hint !== '' && <p class="muted">{toast.hint}</p>}
          </div>
          <ToolButton icon="close" label="Dismiss" class="quiet small" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}

export function Banner() {
  const connection = app.use((value) => value.connection);
  const outdated = app.use((value) => value.outdated);
  const known = app.use((value) => value.state !== null);
  if (outdated) {
    return (
      <div class="banner" role="alert">
        <span>The program was updated, and this page is from the older version.</span>
        <button type="button" class="tool primary" onClick={() => location.reload()}>Reload the page</button>
      </div>
    );
  }
  if (connection === 'refused') {
    return (
      <div class="banner" role="alert">
        The program was started again and has a new address. Open the address that it printed, in this browser: then this
        page goes on by itself.
      </div>
    );
  }
  if (connection === 'lost' && known) {
    return (
      <div class="banner" role="alert">
        The program does not answer. Your prompts are safe; this page goes on as soon as it is back.
      </div>
    );
  }
  return null;
}

// Read aloud, not shown: what changes without a message.
export function LiveRegion() {
  const text = app.use((value) => {
    const { state } = value;
    const working = state?.objects.find((object) => object.status === 'working');
    if (working) return `Working on ${working.name}`;
    if (!state || state.answer.kind === 'none') return '';
    return state.answer.kind === 'field' ? 'The answer is complete' : 'There is a first answer';
  });
  return <p class="aloud" role="status">{text}</p>;
}
