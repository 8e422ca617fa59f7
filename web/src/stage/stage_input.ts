// What mouse, fingers and the keyboard's cross-hair do on the stage.
import { openPhoto } from '../actions';
import { app } from '../app';
import type { View, Xy } from '../protocol';
import { clamp } from '../vec';
import type { GestureTarget, Press } from './gestures';
import { HoverPreview } from './hover';
import { hitCamera, hitMark, isMovable, type Hit, type Mark } from './marks';
import { canPrompt, photoPixel, PromptDrag, tapPhoto, tapSpace } from './prompting';
import type { Stage } from './stage';

const kTurn = 0.006; // radians a pixel
const kLook = 0.0025; // the same while flying

const kSlack = { mouse: 4, touch: 8 }; // pixels: a hand trembles, a finger rolls
const kPhotoSlack = { mouse: 8, touch: 12 }; // in a photo one clicks, and drags seldom
const kLeave = 48; // pixels of a drag until it leaves the photo

type Drag = { kind: 'turn' | 'pan' | 'photo' } | { kind: 'leave'; from: Xy } | { kind: 'prompt'; prompt: PromptDrag };

export class StageInput implements GestureTarget {
  private current: Drag | null = null;
  private readonly preview = new HoverPreview();
  private at: Xy | null = null; // of the cursor
  hoveredCamera: View | null = null;
  cross: Xy | null = null; // the keyboard's cursor

  constructor(private readonly stage: Stage) {}

  get promptDrag(): PromptDrag | null {
    return this.current?.kind === 'prompt' ? this.current.prompt : null;
  }

  // Another photo, or none: what was pointed at is gone.
  reset(): void {
    this.cross = null;
    this.preview.point(null);
  }

  hoverAgain(): void {
    if (this.at) this.hover(this.at);
  }

  private select(mark: Mark): void {
    app.set({ prompt: mark.prompt.id, selected: mark.object.id });
  }

  tap(press: Press): void {
    const camera = this.stage.freeCamera();
    if (!camera || press.middle) return;
    const scene = this.stage.markScene(camera);
    const hit = hitMark(scene.marks, press.at, press.touch);
    if (hit) {
      this.select(hit.mark);
      return;
    }
    const view = this.stage.view();
    if (!view) {
      const other = hitCamera(scene.cameras, press.at);
      if (other) openPhoto(other.idx);
      else if (canPrompt()) void tapSpace(camera, press.at, press);
      return;
    }
    const px = this.stage.layout.toPhoto(press.at);
    if (this.stage.layout.contains(px) && canPrompt() && app.get().tool === 'point') void tapPhoto(view, px, press);
  }

  slack(press: Press): number {
    const { mouse, touch } = this.stage.view() && !this.gripAt(press) ? kPhotoSlack : kSlack;
    return press.touch ? touch : mouse;
  }

  // The mark that a drag from here would move, or with none the box that it would draw; null: it is one of the picture.
  private gripAt(press: Press): { hit: Hit | null } | null {
    const camera = this.stage.freeCamera();
    if (press.secondary || !camera || !canPrompt()) return null;
    const view = this.stage.view();
    const hit = hitMark(this.stage.markScene(camera).marks, press.at, press.touch);
    return (hit ? isMovable(hit.mark, view?.idx ?? null) : view !== null && app.get().tool === 'box') ? { hit } : null;
  }

  dragStart(press: Press): void {
    const view = this.stage.view();
    const camera = this.stage.freeCamera();
    if (!camera) return;
    this.preview.point(null);
    const grip = this.gripAt(press);
    if (grip) {
      if (grip.hit) this.select(grip.hit.mark);
      const place = { view, frame: this.stage.layout, camera: view?.camera ?? camera };
      this.current = { kind: 'prompt', prompt: new PromptDrag(place, press.at, grip.hit) };
      return;
    }
    const pans = press.secondary || press.middle || press.shift;
    const isUntrained = app.get().state?.phase === 'photos'; // nothing is there beside the photos
    if (!view) this.current = { kind: pans ? 'pan' : 'turn' };
    else if (pans || isUntrained || this.stage.layout.isZoomed) this.current = { kind: 'photo' };
    else this.current = { kind: 'leave', from: press.at };
  }

  drag(at: Xy, delta: Xy): void {
    const { current } = this;
    const { navigation, layout, size } = this.stage;
    if (!current) return;
    if (current.kind === 'prompt') {
      current.prompt.move(at);
    } else if (current.kind === 'photo') {
      layout.pan(delta);
      this.stage.place();
    } else if (current.kind === 'pan') {
      navigation?.pan(delta[0] / size[1], delta[1] / size[1]);
    } else if (current.kind === 'leave') {
      this.leave(current.from, at);
    } else {
      const gain = app.get().flying ? kLook : kTurn;
      navigation?.turn(-delta[0] * gain, delta[1] * gain);
    }
    this.stage.touch();
  }

  // A long drag leaves the photo and turns from where it was taken; until then it says so, and nothing is lost.
  private leave(from: Xy, at: Xy): void {
    if (Math.hypot(at[0] - from[0], at[1] - from[1]) < kLeave) {
      app.set({ badge: { at, text: 'drag on to leave the photo' } });
      return;
    }
    openPhoto(null);
    this.current = { kind: 'turn' };
  }

  dragEnd(at: Xy | null): void {
    const { promptDrag } = this;
    if (this.current?.kind === 'leave') app.set({ badge: null });
    this.current = null;
    if (promptDrag && at) void promptDrag.finish();
    this.stage.touch();
  }

  pinch(center: Xy, factor: number, delta: Xy): void {
    const { navigation, layout, size } = this.stage;
    if (this.stage.view()) {
      layout.zoom(center, factor);
      layout.pan(delta);
      this.stage.place();
    } else {
      navigation?.zoom(1 / factor);
      navigation?.pan(delta[0] / size[1], delta[1] / size[1]);
    }
  }

  wheel(at: Xy, delta: number): void {
    if (this.stage.view()) {
      this.stage.layout.zoom(at, Math.exp(-delta * 0.002));
      this.stage.place();
    } else {
      this.stage.navigation?.zoom(Math.exp(delta * 0.0015));
    }
  }

  hover(at: Xy | null): void {
    const view = this.stage.view();
    const camera = this.stage.freeCamera();
    const { element, layout } = this.stage;
    this.at = at;
    this.hoveredCamera = null;
    this.stage.touch();
    if (!at || !camera) {
      this.preview.point(null);
      element.title = '';
      return;
    }
    const scene = this.stage.markScene(camera);
    const mark = hitMark(scene.marks, at, false);
    const { tool } = app.get();
    this.hoveredCamera = view ? null : hitCamera(scene.cameras, at);
    element.title = this.hoveredCamera?.name ?? '';
    element.dataset.cursor = mark && isMovable(mark.mark, view?.idx ?? null) ? 'move' : mark ? 'pointer' : this.hoveredCamera ? 'pointer' : tool;
    const px = view ? layout.toPhoto(at) : null;
    const asks = view && px && layout.contains(px) && !mark && tool === 'point' && view.split === 'train';
    // Half pixels are fine enough: a trembling hand asks nothing new.
    const fine = px?.map((x) => Math.round(x * 2) / 2) as Xy;
    this.preview.point(asks ? { view: view.idx, xy: photoPixel(view, fine), stage: at } : null);
  }

  // In a free view the arrows turn the camera instead.
  moveCross(dx: number, dy: number): void {
    const { size, navigation } = this.stage;
    if (!this.stage.view()) {
      navigation?.turn(-dx * 0.01, dy * 0.01);
      return;
    }
    const at = this.cross ?? [size[0] / 2, size[1] / 2];
    this.cross = [clamp(at[0] + dx, 0, size[0]), clamp(at[1] + dy, 0, size[1])];
    this.hover(this.cross);
  }

  // Enter at the cross-hair is a click; false without one.
  clickCross(alt: boolean): boolean {
    if (!this.cross) return false;
    this.tap({ at: this.cross, secondary: false, middle: false, alt, shift: false, touch: false });
    return true;
  }

  dropCross(): boolean {
    const had = this.cross !== null;
    this.cross = null;
    this.stage.touch();
    return had;
  }
}
