// Edits, one after another. One that could not be sent waits for the server: no prompt is lost with a connection.
import { getState, isAway, postEdit } from './api';
import { app, doubtConnection } from './app';
import { retryDelay } from './events';
import { sayError } from './messages';
import type { Edit, EditResult, Prompt, State } from './protocol';

let last: Promise<unknown> = Promise.resolve();

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-3);

// What undo and redo change; where a click was found in space comes later than the click.
const saidIn = ({ history, objects }: State): string => JSON.stringify(
  [history, objects.map(({ id, name, prompts, dropped, kept }) => [id, name, prompts, dropped, kept])],
  (key, value: unknown) => (key === 'p' ? undefined : value));

// What an edit whose answer was lost has come to; null when it had not arrived. Others than these do no harm twice.
export function arrived(edit: Edit, before: State, after: State): EditResult | null {
  const isAdded = (prompt: Prompt): boolean => {
    if (edit.op === 'add_box') return prompt.kind === 'box' && prompt.view === edit.view && same(prompt.xyxy, edit.xyxy);
    if (edit.op !== 'add_click') return false;
    if ('camera' in edit) return prompt.kind === 'point' && prompt.label === edit.label;
    return prompt.kind === 'click' && prompt.view === edit.view && same(prompt.xy, edit.xy);
  };
  const done = (object = 0, prompt = 0): EditResult => ({ revision: after.revision, object, prompt });
  const promptsIn = (state: State) => state.objects.flatMap((object) => object.prompts.map((prompt) => ({ object, prompt })));
  const old = new Set(promptsIn(before).map(({ prompt }) => prompt.id));
  const fresh = promptsIn(after).find(({ prompt }) => !old.has(prompt.id) && isAdded(prompt));
  if (fresh) return done(fresh.object.id, fresh.prompt.id);
  if (edit.op === 'add_object') {
    const object = after.objects.find((one) => !before.objects.some((other) => other.id === one.id));
    return object ? done(object.id) : null;
  }
  const hasHappened = edit.op === 'remove_object' ? after.objects.every((object) => object.id !== edit.object)
    : edit.op === 'remove_prompt' ? promptsIn(after).every(({ prompt }) => prompt.id !== edit.prompt)
      : (edit.op === 'undo' || edit.op === 'redo') && saidIn(before) !== saidIn(after);
  return hasHappened ? done() : null;
}

function reconnected(): Promise<void> {
  return new Promise((resolve) => {
    if (app.get().connection === 'live') {
      resolve();
      return;
    }
    const stop = app.watch((value) => value.connection, (connection) => {
      if (connection !== 'live') return;
      stop();
      resolve();
    });
  });
}

// The server's, as soon as it answers.
async function stateAgain(): Promise<State> {
  for (;;) {
    try {
      return await getState();
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    doubtConnection();
    await reconnected();
  }
}

async function deliver(edit: Edit): Promise<EditResult> {
  for (let attempt = 0;; ++attempt) {
    const before = app.get().state;
    try {
      return await postEdit(edit);
    } catch (error) {
      if (!isAway(error) || !before) throw error;
    }
    // A connection that was closed while nobody used it is no reason to wait, the second time it is.
    if (attempt > 0) {
      doubtConnection();
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt)));
    }
    const result = arrived(edit, before, await stateAgain());
    if (result) return result;
  }
}

// A function is asked when its turn comes: what it is about may only be known then. Null: it was refused, and the user
// has read why.
export function edit(change: Edit | (() => Edit)): Promise<EditResult | null> {
  const result = last.then(() => deliver(typeof change === 'function' ? change() : change)).catch((error: unknown) => {
    sayError(error);
    return null;
  });
  last = result;
  return result;
}
