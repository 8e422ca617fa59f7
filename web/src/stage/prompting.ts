// Taps and drags that are about prompts: include, exclude, box, select, move.
import { addBox, addClick, chooseCandidate, editAndSelect, setTool } from '../actions';
import { app, isLive, selectedObject, type App } from '../app';
import { pixelOf } from '../camera';
import { edit } from '../edits';
import { note, sayError } from '../messages';
import type { Camera, View, Xy, Xyxy } from '../protocol';
import { clamp } from '../vec';
import type { Press } from './gestures';
import { hoverAt } from './hover';
import type { Hit } from './marks';
import type { PhotoFrame } from './photo_frame';

// Two decimals of a pixel are enough.
const rounded = (px: Xy): Xy => pixelOf(px).map((x) => Math.round(x * 100) / 100) as Xy;

// A pixel of the photo, or of another picture, kept inside of it.
export function photoPixel(photo: { width: number; height: number }, px: Xy): Xy {
  return rounded([clamp(px[0], 0.5, photo.width - 0.5), clamp(px[1], 0.5, photo.height - 0.5)]);
}

export function boxBetween(view: View, a: Xy, b: Xy): Xyxy {
  const [x0, y0] = photoPixel(view, [Math.min(a[0], b[0]), Math.min(a[1], b[1])]);
  const [x1, y1] = photoPixel(view, [Math.max(a[0], b[0]), Math.max(a[1], b[1])]);
  return [x0, y0, x1, y1];
}

// A corner of a box goes to `px`, or without a corner the whole box by as much as the cursor moved.
export function movedBox(view: View, box: Xyxy, corner: number, px: Xy): Xyxy {
  const fixed: Xy[] = [[box[2], box[3]], [box[0], box[3]], [box[0], box[1]], [box[2], box[1]]];
  const [x, y] = fixed[corner]!;
  return boxBetween(view, [x + 0.5, y + 0.5], px);
}

export function labelOf(press: Press): 0 | 1 {
  const { label } = app.get();
  return press.secondary || press.alt ? (label === 1 ? 0 : 1) : label;
}

function answerAfter(revision: number): Promise<void> {
  return new Promise((resolve) => {
    const isThere = (value: App): boolean => (value.state?.answer.revision ?? 0) > revision;
    if (isThere(app.get())) {
      resolve();
      return;
    }
    const stop = app.watch(isThere, () => {
      stop();
      resolve();
    });
  });
}

export async function tapPhoto(view: View, px: Xy, press: Press): Promise<void> {
  const xy = photoPixel(view, px);
  const label = labelOf(press);
  const { hover, selected } = app.get();
  const isHere = hover?.view === view.idx && !hover.clicked && hover.label === label;
  const candidate = isHere && hover.chosen !== null ? hover.masks.candidates[hover.chosen]?.candidate : undefined;
  const made = addClick(view.idx, xy, label, candidate);
  if (isHere) {
    app.set({ hover: { ...hover, xy, clicked: true } });
    const prompt = await made;
    const now = app.get().hover;
    if (!now?.clicked || now.xy !== xy) return;
    app.set({ hover: { ...now, prompt } });
    if (now.chosen !== null && now.chosen !== hover.chosen) await chooseCandidate(now.chosen); // chosen meanwhile
    return;
  }
  // Without a cursor, on a tablet, the candidates come after the click: the first mask goes before them.
  app.set({ hover: null });
  const { revision } = app.get().state!.answer;
  const prompt = await made;
  if (prompt === 0) return;
  await answerAfter(revision);
  const isOnShow = (): boolean => app.get().photo === view.idx && app.get().prompt === prompt && app.get().hover === null;
  if (!isOnShow()) return;
  try {
    const masks = await hoverAt({ view: view.idx, xy }, selected, label, new AbortController().signal);
    if (isOnShow()) {
      app.set({ hover: { view: view.idx, xy, label, masks, chosen: null, clicked: true, prompt } });
    }
  } catch {
    // The view is not encoded: there are no candidates to choose from.
  }
}

export async function tapSpace(camera: Camera, px: Xy, press: Press): Promise<void> {
  if (app.get().state?.phase === 'photos') {
    note('There is no 3D yet: train the field first, or open a photo');
    return;
  }
  const label = labelOf(press);
  const xy = photoPixel({ width: camera.w, height: camera.h }, px);
  await editAndSelect(() => ({ op: 'add_click', object: app.get().selected, camera, xy, label }));
}

// Where a drag takes place: in a photo, or in a free view.
export interface DragPlace {
  view: View | null;
  frame: PhotoFrame; // of the photo
  camera: Camera;
}

// A prompt that is being moved, or a box that is being drawn.
export class PromptDrag {
  private from: Xy;
  private at: Xy; // in the picture

  constructor(private readonly place: DragPlace, start: Xy, private readonly hit: Hit | null) {
    this.from = this.toPicture(start);
    this.at = this.from;
  }

  private toPicture(at: Xy): Xy {
    return this.place.view ? this.place.frame.toPhoto(at) : at;
  }

  move(at: Xy): void {
    this.at = this.toPicture(at);
  }

  // What is drawn meanwhile, on the stage.
  get rubber(): [Xy, Xy] | null {
    const { view, frame } = this.place;
    const prompt = this.hit?.mark.prompt;
    if (!view || (prompt && prompt.kind !== 'box')) return null;
    const box = prompt ? movedBox(view, prompt.xyxy, this.hit.corner, this.at) : boxBetween(view, this.from, this.at);
    return [frame.toStage([box[0] + 0.5, box[1] + 0.5]), frame.toStage([box[2] + 0.5, box[3] + 0.5])];
  }

  get marker(): { prompt: number; at: Xy } | null {
    const { view, frame } = this.place;
    const prompt = this.hit?.mark.prompt;
    if (!prompt || prompt.kind === 'box') return null;
    return { prompt: prompt.id, at: view ? frame.toStage(this.at) : this.at };
  }

  async finish(): Promise<void> {
    const { view, camera } = this.place;
    const prompt = this.hit?.mark.prompt;
    if (prompt?.kind === 'point') {
      const xy = photoPixel({ width: camera.w, height: camera.h }, this.at);
      await edit({ op: 'move_prompt', prompt: prompt.id, camera, xy });
    } else if (!view) {
      return;
    } else if (prompt?.kind === 'click') {
      await edit({ op: 'move_prompt', prompt: prompt.id, xy: photoPixel(view, this.at) });
    } else if (prompt?.kind === 'box') {
      await edit({ op: 'move_prompt', prompt: prompt.id, xyxy: movedBox(view, prompt.xyxy, this.hit!.corner, this.at) });
    } else {
      const box = boxBetween(view, this.from, this.at);
      if (box[2] - box[0] < 3 || box[3] - box[1] < 3) return;
      await addBox(view.idx, box).catch(sayError);
      if (selectedObject(app.get()) !== undefined) setTool('point');
    }
  }
}

export const canPrompt = (): boolean => isLive(app.get()) && app.get().state !== null;
