// What the page knows and shows, in one store. What must survive a reload is the server's; the rest is here.
import type { Connection } from './events';
import type { Hover, Layer, Message, State, Strip, View, Xy } from './protocol';
import { Store } from './store';

export type LayerChoice = 'auto' | 'sam' | Layer;
export type Tool = 'point' | 'box';
export type StripOrder = 'disagreement' | 'views';
export type Dialog = 'none' | 'export' | 'keys' | 'words' | 'everything';

export interface Toast extends Message {
  id: number;
}

// SAM's masks for a place in a photo, before a click or just after one.
export interface HoverMasks {
  view: number;
  xy: Xy;
  label: number;
  masks: Hover;
  chosen: number | null; // position in masks.candidates; null: SAM's best
  clicked: boolean; // another choice is then one for this click
  prompt: number; // the click's; 0: not known yet
}

export interface Times {
  fps: number | null;
  points: number;
  renderer: string;
  first: number | null; // of the last rendering, milliseconds
  all: number | null;
}

export interface App {
  state: State | null;
  views: View[];
  strip: { object: number; data: Strip } | null;
  connection: Connection;
  outdated: boolean; // page and program speak different protocols
  selected: number; // object; 0: the next click begins one
  prompt: number; // 0: none
  photo: number | null; // the view that is shown as a photo; null: free view
  tool: Tool;
  label: 0 | 1;
  layer: LayerChoice;
  photoShare: number; // opacity of the photo over the field's picture
  truth: boolean;
  flying: boolean;
  cameras: boolean; // draw them
  panels: boolean;
  hover: HoverMasks | null;
  badge: { at: Xy; text: string } | null; // beside the cursor
  stripOrder: StripOrder;
  toasts: Toast[];
  dialog: Dialog;
  theme: 'dark' | 'light';
  times: Times;
  loss: number | null;
}

export function storedTheme(): 'dark' | 'light' {
  try {
    return localStorage.getItem('sanerf-theme') === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
}

export const app = new Store<App>({
  state: null, views: [], strip: null, connection: 'connecting', outdated: false, selected: 0, prompt: 0, photo: null,
  tool: 'point', label: 1, layer: 'auto', photoShare: 1, truth: false, flying: false, cameras: true, panels: true,
  hover: null, badge: null, stripOrder: 'disagreement', toasts: [], dialog: 'none', theme: 'dark',
  times: { fps: null, points: 0, renderer: '', first: null, all: null }, loss: null,
});

export const isLive = (value: App): boolean => value.connection === 'live' && !value.outdated;
// A request was not answered: the event stream, which may not have noticed, looks whether the program is there.
export function doubtConnection(): void {
  if (app.get().connection === 'live') app.set({ connection: 'lost' });
}
export const selectedObject = (value: App) => value.state?.objects.find((object) => object.id === value.selected);
export const hasAnswer = (value: App): boolean => (value.state?.answer.kind ?? 'none') !== 'none';

// What `auto` means: the picture, with masks over it once there are some.
export function effectiveLayer(value: App): Exclude<LayerChoice, 'auto'> {
  const view = value.photo === null ? undefined : value.views[value.photo];
  if (value.layer === 'auto') {
    if (view) return view.split === 'test' && hasAnswer(value) ? 'overlay' : 'sam';
    return hasAnswer(value) ? 'overlay' : 'rgb';
  }
  if (value.layer === 'sam' && !view) return hasAnswer(value) ? 'overlay' : 'rgb';
  return value.layer;
}

// The field's layer that is asked for; null where the photo alone is shown.
export function fieldLayer(value: App): Layer | null {
  if (!value.state || value.state.phase === 'photos') return null;
  const layer = effectiveLayer(value);
  if (layer === 'sam') return value.photoShare < 1 ? 'rgb' : null;
  if (layer === 'rgb' && value.photo !== null && value.photoShare >= 1) return null;
  const isOfObject = layer === 'mask' || layer === 'cutout' || layer === 'without' || layer === 'disagreement';
  const isThere = value.selected === 0 ? hasAnswer(value) : selectedObject(value)?.label != null; // 0: all of them
  if (isOfObject && !isThere) return value.photo === null ? 'rgb' : null;
  return layer;
}
