// Keeps the store as the server has it: everything at the start and after a restart, then what the events say.
import { openPhoto } from './actions';
import { ApiError, getState, getStrip, getViews } from './api';
import { app, type App } from './app';
import { EventStream, type Listener } from './events';
import { say, sayError } from './messages';
import { kProtocol, type State } from './protocol';
import { rememberTraining } from './training_times';

const hasObject = (state: State | null, id: number): boolean => state?.objects.some((one) => one.id === id) ?? false;
const hasPrompt = (state: State | null, id: number): boolean =>
  state?.objects.some((one) => one.prompts.some((other) => other.id === id)) ?? false;

function takeState(state: State): void {
  const before = app.get().state;
  if (before?.server === state.server && before.revision > state.revision) return; // overtaken
  if (before?.phase === 'training' && state.phase === 'trained') rememberTraining(state);
  const { selected, prompt } = app.get();
  // What has gone is no longer selected; what an edit has just made may not be in this state yet.
  const goneObject = hasObject(before, selected) && !hasObject(state, selected);
  const gonePrompt = hasPrompt(before, prompt) && !hasPrompt(state, prompt);
  app.set({ state, selected: goneObject ? 0 : selected, prompt: gonePrompt ? 0 : prompt });
}

// The strip's decisions, of the selected object and the newest answer.
async function loadStrip(): Promise<void> {
  const { selected, connection } = app.get();
  if (!hasObject(app.get().state, selected)) app.set({ strip: null });
  else if (connection === 'live') await fetchStrip(selected);
}

async function fetchStrip(selected: number): Promise<void> {
  try {
    const data = await getStrip(selected);
    if (app.get().selected === selected) app.set({ strip: { object: selected, data } });
  } catch (error) {
    const notYet = error instanceof ApiError && (error.status === 404 || error.status === 409);
    if (!notYet) sayError(error);
  }
}

let known = ''; // the server that all is from

async function begin(): Promise<void> {
  const [state, views] = await Promise.all([getState(), getViews()]);
  app.set({ views, outdated: state.protocol !== kProtocol });
  takeState(state);
  if (app.get().photo === null && known === '') {
    const first = views.find((view) => view.split === 'train') ?? views[0];
    if (first) openPhoto(first.idx);
    const object = state.objects[state.objects.length - 1];
    if (object) app.set({ selected: object.id });
  }
  known = state.server;
}

const listener: Listener = {
  hello: ({ protocol, server }) => {
    if (protocol !== kProtocol) app.set({ outdated: true });
    else if (server !== known) void begin().catch(sayError);
  },
  state: (state) => (app.get().views.length > 0 ? takeState(state) : undefined),
  progress: (work) => {
    const { state } = app.get();
    if (!state) return;
    const others = state.work.filter((one) => one.id !== work.id);
    app.set({ state: { ...state, work: work.done < 0 ? others : [...others, work].sort((a, b) => a.id - b.id) } });
  },
  metric: (metric) => (metric.values.loss === undefined ? undefined : app.set({ loss: metric.values.loss })),
  message: say,
  answer: (answer) => {
    const { state } = app.get();
    if (!state || answer.revision < state.answer.revision) return;
    app.set({ state: { ...state, answer } });
    // Which object has which label in it is the state's to say, and what was clicked is to be seen at once.
    if (answer.kind === 'first') void getState().then(takeState).catch(sayError);
  },
  connection: (connection) => app.set({ connection }),
};

// What the strip depends on.
const stripKey = (value: App): string => {
  const object = value.state?.objects.find((one) => one.id === value.selected);
  const { server = '', answer } = value.state ?? {};
  return JSON.stringify([server, value.selected, answer?.revision, object?.dropped, object?.kept, object?.prompts,
    object?.agreement, value.connection === 'live']); // how well views agree is known after the answer
};

export function beginSync(): void {
  app.watch(stripKey, () => void loadStrip());
  const stream = new EventStream(listener);
  app.watch((value) => value.connection, (connection) => (connection === 'lost' ? stream.check() : undefined));
  stream.open();
}
