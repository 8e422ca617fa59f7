// What buttons, keys and clicks do.
import { isAway, post } from './api';
import { app, doubtConnection, effectiveLayer, selectedObject, type LayerChoice, type Tool } from './app';
import { edit } from './edits';
import { note, say, sayError } from './messages';
import type { Edit, ExportAnswer, ExportFormat, FindAnswer, OptionValue, SceneObject, Xy, Xyxy } from './protocol';

export function selectObject(object: number): void {
  app.set({ selected: object, prompt: 0, hover: null });
}

// The object of the answer becomes the selected one: of a first click it is new. Gives the prompt, 0 without one.
export async function editAndSelect(change: Edit | (() => Edit)): Promise<number> {
  const result = await edit(change);
  if (!result) return 0;
  if (result.object !== 0) app.set({ selected: result.object });
  app.set({ prompt: result.prompt });
  return result.prompt;
}

export async function newObject(): Promise<void> {
  await editAndSelect({ op: 'add_object' });
}

export function addClick(view: number, xy: Xy, label: number, candidate?: number): Promise<number> {
  const { waiting } = app.get().state!;
  if (waiting !== '') note(waiting);
  return editAndSelect(() => ({ op: 'add_click', object: app.get().selected, view, xy, label,
    ...(candidate === undefined ? {} : { candidate }) }));
}

export async function addBox(view: number, xyxy: Xyxy): Promise<void> {
  await editAndSelect(() => ({ op: 'add_box', object: app.get().selected, view, xyxy }));
}

// Before a click: for it; after it: for the click that was made.
export async function chooseCandidate(position: number): Promise<void> {
  const { hover } = app.get();
  const candidate = hover?.masks.candidates[position];
  if (!hover || !candidate) return;
  app.set({ hover: { ...hover, chosen: position } });
  if (hover.prompt !== 0) await edit({ op: 'move_prompt', prompt: hover.prompt, candidate: candidate.candidate });
}

export async function undo(): Promise<void> {
  if (app.get().state?.history.undo != null) await edit({ op: 'undo' });
}
export async function redo(): Promise<void> {
  if (app.get().state?.history.redo != null) await edit({ op: 'redo' });
}

export async function removeSelectedPrompt(): Promise<void> {
  const { prompt } = app.get();
  if (prompt !== 0 && (await edit({ op: 'remove_prompt', prompt }))) app.set({ prompt: 0 });
}

export async function show(object: SceneObject, patch: { visible?: boolean; solo?: boolean }): Promise<void> {
  const { visible, solo } = { visible: object.visible, solo: object.solo, ...patch };
  await edit({ op: 'show', object: object.id, visible, solo });
}

export function setTool(tool: Tool): void {
  app.set({ tool, hover: null, badge: null });
}

// Choosing what is shown already goes back to `auto`: the layers' keys are switches.
export function toggleLayer(layer: LayerChoice): void {
  setLayer(app.get().layer === layer ? 'auto' : layer);
}

export function setLayer(layer: LayerChoice): void {
  app.set({ layer });
  const shown = effectiveLayer(app.get());
  app.set({ photoShare: shown === 'rgb' || shown === 'sam' ? 1 : 0 });
}

export function openPhoto(view: number | null): void {
  const { views, selected } = app.get();
  if (view !== null && !views[view]) return;
  app.set({ photo: view, hover: null, badge: null, selected });
  setLayer(app.get().layer);
}

// Through the photos in order; from a free view, from where one was last.
let lastPhoto = 0;
export function stepPhoto(step: number | 'first' | 'last'): void {
  const { views, photo } = app.get();
  if (views.length === 0) return;
  if (photo !== null) lastPhoto = photo;
  const next = step === 'first' ? 0 : step === 'last' ? views.length - 1
    : photo === null ? lastPhoto : (lastPhoto + step + views.length) % views.length;
  lastPhoto = next;
  openPhoto(next);
}

// Unlike an edit it does not wait for the program: begun unexpectedly later it would be worse than not at all.
function sayUnsent(): void {
  say({ kind: 'error', text: 'The program did not answer', why: 'what you asked for may not have begun',
    hint: 'Ask again when this page is connected' });
  doubtConnection();
}

async function attempt(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (isAway(error)) sayUnsent();
    else sayError(error);
    return false;
  }
}

export function train(action: 'start' | 'pause' | 'resume', preset?: string): Promise<boolean> {
  return attempt(() => post('train', preset === undefined ? { action } : { action, preset }));
}

export function pauseOrResume(): void {
  const phase = app.get().state?.phase;
  if (phase === 'training') void train('pause');
  else if (phase === 'paused') void train('resume');
}

export const findWords = (text: string): Promise<boolean> => attempt(() => post('find', { text }));
export const findEverything = (): Promise<boolean> => attempt(() => post('find', { everything: true }));
export const findCommand = async (text: string): Promise<string> =>
  (await post<FindAnswer>('find', { text, start: false })).command;
// With what was canceled or has failed: answer and encoding.
export const goOn = (): Promise<boolean> => attempt(() => post('again', {}));
export const cancelWork = (work: number): Promise<boolean> => attempt(() => post('cancel', { work }));

export async function save(): Promise<void> {
  if (await attempt(() => post('save', {}))) note('The objects are being saved in the run');
}

type Options = Record<string, OptionValue>;

const exportOf = (format: ExportFormat, objects: number[], options: Options) =>
  ({ format: format.format, objects: format.per_object ? objects : [], options });

export function startExport(format: ExportFormat, objects: number[], options: Options): Promise<boolean> {
  return attempt(() => post('export', exportOf(format, objects, options)));
}

export async function exportCommand(format: ExportFormat, objects: number[], options: Options): Promise<string> {
  return (await post<ExportAnswer>('export', { ...exportOf(format, objects, options), start: false })).command;
}

// The object is as it should be: the next click begins another.
export function acceptObject(): void {
  const object = selectedObject(app.get());
  if (!object) return;
  selectObject(0);
  note(`${object.name} is done. The next click begins a new object.`);
}

export async function copyCommand(command: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(command);
    note(`Copied: ${command}`);
  } catch {
    note(command); // no clipboard without a secure address: it can be read and selected
  }
}

export function setTheme(theme: 'dark' | 'light'): void {
  document.documentElement.dataset.theme = theme;
  app.set({ theme });
  try {
    localStorage.setItem('sanerf-theme', theme);
  } catch {
    // Not remembered.
  }
}
