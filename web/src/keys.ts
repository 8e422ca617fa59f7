// Every key in one table: what is listed under ? is what works.
import {
  acceptObject, chooseCandidate, newObject, openPhoto, pauseOrResume, redo, removeSelectedPrompt, setTool, show, stepPhoto,
  toggleLayer, undo,
} from './actions';
import { app, isLive, selectedObject } from './app';
import { note } from './messages';
import type { Stage } from './stage/stage';

export interface Key {
  group: 'Look' | 'Point' | 'Objects' | 'Layers' | 'Page';
  shown: string[];
  label: string;
  keys: string[]; // as `keyName` has them; none: a gesture
  run?: (stage: Stage, key: string) => unknown; // false: not taken
}

// "Ctrl+Shift+Z", "F", "Shift+F", "?": letters in capitals; what Shift makes of other keys is the key itself.
export function keyName(event: { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }): string {
  const isLetter = /^[a-z]$/i.test(event.key);
  const base = isLetter ? event.key.toUpperCase() : event.key;
  const shift = event.shiftKey && (isLetter || event.key.length > 1) ? 'Shift+' : '';
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${shift}${base}`;
}

function toggleTruth(): void {
  if (app.get().selected === 0) note('Select an object first: ground truth is shown of one object');
  else app.set({ truth: !app.get().truth });
}

function showSelected(visible: boolean): void {
  const object = selectedObject(app.get());
  if (object) void show(object, { visible });
  else if (visible) for (const one of app.get().state?.objects ?? []) if (!one.visible) void show(one, { visible });
}

function escape(stage: Stage): void {
  const { tool, prompt, photo, selected } = app.get();
  if (stage.input.dropCross()) return;
  if (tool !== 'point') setTool('point');
  else if (prompt !== 0) app.set({ prompt: 0 });
  else if (photo !== null && app.get().state?.phase !== 'photos') openPhoto(null);
  else if (selected !== 0) app.set({ selected: 0 });
}

function chooseTool(stage: Stage, key: string): void {
  if (key === 'T') {
    app.set({ dialog: 'words' });
    return;
  }
  if (key === 'B' && app.get().photo === null) stage.openNearestPhoto();
  setTool(key === 'B' ? 'box' : 'point');
}

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

function arrow(stage: Stage, key: string): boolean {
  const fine = key.startsWith('Shift+');
  const [dx, dy] = arrows[fine ? key.slice(6) : key]!;
  if (!document.activeElement?.matches('.stage')) return false;
  stage.input.moveCross(dx * (fine ? 2 : 12), dy * (fine ? 2 : 12));
  return true;
}

export const kKeys: Key[] = [
  { group: 'Look', shown: ['drag', 'right drag', 'wheel'], label: 'Orbit, pan, zoom; two fingers pan and zoom; a long drag leaves a photo', keys: [] },
  { group: 'Look', shown: ['W', 'A', 'S', 'D', 'Q', 'E'], label: 'Fly, with Shift faster', keys: [] },
  { group: 'Look', shown: ['V'], label: 'Fly instead of orbiting', keys: ['V'], run: () => app.set({ flying: !app.get().flying }) },
  { group: 'Look', shown: ['F'], label: 'Focus the object', keys: ['F'], run: (stage) => stage.focus() },
  { group: 'Look', shown: ['Shift+F'], label: 'Reset the camera', keys: ['Shift+F'], run: (stage) => stage.resetCamera() },
  { group: 'Look', shown: ['[', ']'], label: 'Previous, next photo', keys: ['[', ']'],
    run: (_stage, key) => stepPhoto(key === '[' ? -1 : 1) },
  { group: 'Look', shown: ['{', '}'], label: 'First, last photo', keys: ['{', '}'],
    run: (_stage, key) => stepPhoto(key === '{' ? 'first' : 'last') },
  { group: 'Look', shown: ['C'], label: 'Show where the photos were taken', keys: ['C'],
    run: () => app.set({ cameras: !app.get().cameras }) },
  { group: 'Point', shown: ['click'], label: 'Include; a right click or Alt excludes', keys: [] },
  { group: 'Point', shown: ['X'], label: 'Swap include and exclude', keys: ['X'],
    run: () => app.set({ label: app.get().label === 1 ? 0 : 1 }) },
  { group: 'Point', shown: ['P', 'B', 'T'], label: 'Point, box, words', keys: ['P', 'B', 'T'],
    run: chooseTool },
  { group: 'Point', shown: ['1', '2', '3', '4'], label: 'SAM’s candidate', keys: ['1', '2', '3', '4'],
    run: (_stage, key) => chooseCandidate(Number(key) - 1) },
  { group: 'Point', shown: ['←', '→', '↑', '↓'], label: 'Move the cross-hair in a photo, with Shift finely; Enter clicks, Alt+Enter excludes',
    keys: Object.keys(arrows).flatMap((key) => [key, `Shift+${key}`]), run: arrow },
  { group: 'Point', shown: ['Delete'], label: 'Remove the selected prompt', keys: ['Delete', 'Backspace'],
    run: removeSelectedPrompt },
  { group: 'Objects', shown: ['Enter'], label: 'Accept the object; the next click begins another', keys: ['Enter'],
    run: (stage) => stage.input.clickCross(false) || acceptObject() },
  { group: 'Objects', shown: ['N'], label: 'New object', keys: ['N'], run: newObject },
  { group: 'Objects', shown: ['H', 'Shift+H'], label: 'Hide, show the object', keys: ['H', 'Shift+H'],
    run: (_stage, key) => showSelected(key !== 'H') },
  { group: 'Objects', shown: ['Ctrl+Z'], label: 'Undo', keys: ['Ctrl+Z'], run: undo },
  { group: 'Objects', shown: ['Ctrl+Shift+Z'], label: 'Redo', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], run: redo },
  { group: 'Layers', shown: ['M'], label: '3D mask', keys: ['M'], run: () => toggleLayer('mask') },
  { group: 'Layers', shown: ['D'], label: 'Depth (when not flying)', keys: ['D'], run: () => toggleLayer('depth') },
  { group: 'Layers', shown: ['O'], label: 'Disagreement of the views', keys: ['O'], run: () => toggleLayer('disagreement') },
  { group: 'Layers', shown: ['G'], label: 'Ground truth of the selected object', keys: ['G'], run: toggleTruth },
  { group: 'Page', shown: ['Space'], label: 'Pause, resume the training', keys: [' '], run: pauseOrResume },
  { group: 'Page', shown: ['Ctrl+E'], label: 'Export', keys: ['Ctrl+E'], run: () => app.set({ dialog: 'export' }) },
  { group: 'Page', shown: ['Tab', '\\'], label: 'Hide, show the panels (Tab in the picture, after a click)', keys: ['\\'],
    run: () => app.set({ panels: !app.get().panels }) },
  { group: 'Page', shown: ['Esc'], label: 'Leave the tool, the prompt, the photo', keys: ['Escape'], run: escape },
  { group: 'Page', shown: ['?'], label: 'This list', keys: ['?'], run: () => app.set({ dialog: 'keys' }) },
];

const kFlight = ['w', 'a', 's', 'd', 'q', 'e'];
const kEdits = ['Delete', 'Backspace', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+Y', 'N', 'H', 'Shift+H'];

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select');
}

export function listenToKeys(stage: Stage): void {
  let byPointer = false; // the last thing done was by mouse or finger: Tab is then the panels' key
  window.addEventListener('pointerdown', () => (byPointer = true), true);
  window.addEventListener('keyup', (event) => {
    stage.setFlight(event.key.toLowerCase(), false);
    if (event.key === 'Shift') stage.setFlight('shift', false);
  });
  window.addEventListener('blur', () => [...kFlight, 'shift'].forEach((key) => stage.setFlight(key, false)));
  window.addEventListener('keydown', (event) => {
    if (app.get().dialog !== 'none' || isTyping(event.target) || event.isComposing) return;
    const name = keyName(event);
    const onControl = event.target instanceof HTMLElement && event.target.matches('button, a, input, select');
    if (onControl && (event.key === 'Enter' || event.key === ' ' || event.key.startsWith('Arrow'))) return;
    if (name === 'Tab') {
      if (!byPointer || !document.activeElement?.matches('.stage, body')) return;
      app.set({ panels: !app.get().panels });
      event.preventDefault();
      return;
    }
    byPointer = false;
    if (event.altKey && event.key === 'Enter' && stage.input.clickCross(true)) {
      event.preventDefault();
      return;
    }
    if (event.altKey) return;
    const flight = event.key.toLowerCase();
    if (event.key === 'Shift') stage.setFlight('shift', true);
    // The first of these keys begins to fly; D alone is depth until then.
    if (kFlight.includes(flight) && !event.ctrlKey && !event.metaKey && (flight !== 'd' || app.get().flying)) {
      app.set({ flying: true });
      stage.setFlight(flight, true);
      return;
    }
    const key = kKeys.find((one) => one.keys.includes(name));
    if (!key?.run || (kEdits.includes(name) && (event.repeat || !isLive(app.get())))) return;
    if (key.run(stage, name) !== false) event.preventDefault();
  });
}
