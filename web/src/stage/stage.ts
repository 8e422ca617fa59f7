// The stage: points while the camera moves, the field's picture when it rests, a photo where one is open, and the marks
// over all of them. Draws only when something is another.
import { openPhoto } from '../actions';
import { app, fieldLayer, selectedObject, type App } from '../app';
import { nearestCamera, positionOf } from '../camera';
import { Navigation } from '../navigation';
import type { Camera, View, Xy } from '../protocol';
import { distance } from '../vec';
import { CloudLoader } from './cloud_loader';
import { extentOf, shownObjects } from './cloud';
import { FieldPicture } from './field_picture';
import { FrameView } from './frame_view';
import { Gestures } from './gestures';
import { camerasOf, drawMarks, marksOf, type MarkScene } from './marks';
import { PhotoFrame } from './photo_frame';
import { PhotoView } from './photo_view';
import { CanvasPoints } from './points_2d';
import { GlPoints, type PointRenderer } from './points_gl';
import { Pace } from './pace';
import { StageInput } from './stage_input';

const kRest = 90; // milliseconds without motion, before the field is asked
const kCover = 3.6; // a point's size, in distances between neighbors, that leaves no gaps

// Asked first: three.js complains loudly where there is no WebGL.
const hasWebGl = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;

function makePoints(): PointRenderer {
  if (!hasWebGl()) return new CanvasPoints();
  try {
    return new GlPoints();
  } catch {
    return new CanvasPoints();
  }
}

const prefersCalm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Stage {
  readonly element = document.createElement('div');
  readonly layout = new PhotoFrame();
  readonly input = new StageInput(this);
  navigation: Navigation | null = null;
  size: Xy = [1, 1];
  private readonly points = makePoints();
  private readonly frame = new FrameView();
  private readonly photo = new PhotoView();
  private readonly marks = document.createElement('canvas');
  private readonly cloud = new CloudLoader(this.points, () => this.redraw());
  private readonly pace = new Pace(this.points instanceof GlPoints && !this.points.isSoftware);
  private readonly picture = new FieldPicture(this.frame, () => ({
    size: this.size, view: this.view(), photoFit: this.layout.fit,
    camera: this.navigation?.atRest() === true ? (w, h) => this.navigation!.camera(w, h) : null,
  }));
  private readonly flight = new Set<string>(); // fly keys that are down
  private previous: App | null = null;
  private dirty = true;
  private drawn = ''; // what the points are drawn for; '': they are to be drawn again
  private arriving = false; // at the place of a photo
  private lastTime = 0;

  constructor(private readonly host: HTMLElement) {
    this.element.className = 'stage-layers';
    this.marks.className = 'marks';
    this.points.canvas.className = 'points';
    this.element.append(this.points.canvas, this.frame.element, this.photo.element, this.marks);
    host.append(this.element);
    this.frame.onShown = () => {
      this.share();
      void this.photo.drawMasks(true);
    };
    this.photo.onLoaded = () => this.touch();
    this.picture.onAsked = () => this.updateCloud();
    new Gestures(host, this.input);
    new ResizeObserver(() => this.resize()).observe(host);
    document.addEventListener('visibilitychange', () => this.seen());
    app.watch((value) => value, (value) => this.changed(value));
    app.set({ times: { ...app.get().times, renderer: this.points.name } });
    this.changed(app.get());
    this.resize();
    requestAnimationFrame((time) => this.tick(time));
  }

  private changed(value: App): void {
    const before = this.previous;
    this.previous = value;
    if (value.state && !this.navigation) {
      const { up, focus, radius } = value.state.frame;
      this.navigation = new Navigation(up, { focus, radius });
    }
    if (before?.photo !== value.photo || before.views !== value.views) this.switchPhoto(value, before);
    if (this.navigation) this.navigation.flying = value.flying;
    this.share();
    this.frame.element.classList.toggle('hidden', value.photo !== null && fieldLayer(value) === null);
    if (before?.state !== value.state || before.layer !== value.layer || before.truth !== value.truth ||
        before.selected !== value.selected || before.photo !== value.photo || before.photoShare !== value.photoShare) {
      void this.photo.drawMasks(this.frame.isShown);
      this.picture.askSoon(0);
    }
    this.updateCloud();
    if (before && (before.selected !== value.selected || before.label !== value.label)) this.input.hoverAgain();
    this.touch();
  }

  // While nobody looks at the page, it asks for nothing.
  private seen(): void {
    if (document.hidden) return;
    this.redraw();
    this.picture.askSoon(0);
    this.updateCloud();
  }

  private updateCloud(): void {
    this.cloud.update(app.get(), this.picture.isDue, this.isCovered());
  }

  // The photo lies over the points.
  private isCovered(): boolean {
    return this.view() !== null && this.photo.isLoaded && !this.arriving;
  }

  // Into a photo the camera glides, and the photo appears where it arrives; out of it, it stays where it is.
  private switchPhoto(value: App, before: App | null): void {
    const view = value.photo === null ? null : value.views[value.photo] ?? null;
    this.picture.drop();
    this.input.reset();
    if (view && this.navigation) {
      this.layout.setSizes(this.size, [view.width, view.height]);
      this.layout.reset();
      const wasPhoto = before !== null && before.photo !== null;
      this.navigation.jump(view.camera, this.fittedFov(view), prefersCalm() || !this.cloud.isThere || wasPhoto);
    }
    this.photo.show(view);
    this.host.dataset.photoWidth = String(view?.width ?? '');
    this.place();
  }

  private resize(): void {
    const box = this.element.getBoundingClientRect();
    this.size = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height))];
    const [w, h] = this.size;
    this.points.resize(w, h, this.pace.pixelRatio(w, h, window.devicePixelRatio));
    this.drawn = '';
    this.marks.width = w * window.devicePixelRatio;
    this.marks.height = h * window.devicePixelRatio;
    this.picture.outdate();
    this.place();
    this.picture.askSoon(kRest);
  }

  // Photo and frame have the same place.
  place(): void {
    const view = this.view();
    const style = this.frame.element.style;
    if (view) {
      this.layout.setSizes(this.size, [view.width, view.height]);
      this.photo.place(this.layout, window.devicePixelRatio);
      const [x, y] = this.layout.origin;
      style.width = `${view.width * this.layout.scale}px`;
      style.height = `${view.height * this.layout.scale}px`;
      style.transform = `translate(${x}px, ${y}px)`;
    } else {
      style.width = '100%';
      style.height = '100%';
      style.transform = 'none';
    }
    this.touch();
  }

  // Until the field's picture is there the photo stands in for it.
  private share(): void {
    const value = app.get();
    this.photo.setShare(this.frame.isShown || fieldLayer(value) === null ? value.photoShare : 1);
  }

  view(): View | null {
    const { photo, views } = app.get();
    return photo === null ? null : views[photo] ?? null;
  }

  touch(): void {
    this.dirty = true;
  }

  // Other points, or in other colors.
  private redraw(): void {
    this.drawn = '';
    this.points.canvas.dataset.count = String(this.cloud.count);
    this.touch();
  }

  private tick(time: number): void {
    const elapsed = (time - this.lastTime) / 1000;
    const seconds = Math.min(0.1, elapsed);
    this.lastTime = time;
    this.steer(seconds);
    const moving = this.navigation?.advance(seconds) ?? false;
    const isFree = this.view() === null;
    if (moving && isFree) {
      this.picture.drop();
      this.picture.askSoon(kRest);
    }
    if (this.arriving !== (moving && !isFree)) {
      this.arriving = moving && !isFree;
      this.photo.element.classList.toggle('arriving', this.arriving);
      this.touch();
    }
    this.pace.measure(moving && isFree, elapsed, this.cloud.count);
    if (moving || this.dirty) this.draw();
    requestAnimationFrame((next) => this.tick(next));
  }

  private draw(): void {
    this.dirty = false;
    const camera = this.freeCamera();
    if (!camera) return;
    this.drawPoints(camera);
    const context = this.marks.getContext('2d')!;
    context.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
    context.clearRect(0, 0, ...this.size);
    if (!this.arriving) drawMarks(context, this.markScene(camera), this.input.hoveredCamera);
  }

  // Where no graphics chip does it this takes the processor from the program: not for news that are none of the points.
  private drawPoints(camera: Camera): void {
    const covered = this.isCovered();
    this.points.canvas.classList.toggle('covered', covered);
    if (covered) return;
    const count = Math.min(this.cloud.count, Math.round(this.pace.points));
    const depth = fieldLayer(app.get()) === 'depth';
    const wanted = JSON.stringify([camera, count, depth]);
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    const { radius, focus } = app.get().state!.frame;
    const reach = distance(positionOf(camera), focus);
    this.points.draw(camera, { count, depth, near: Math.max(reach - radius, radius * 0.05), far: reach + radius,
      spacing: kCover * this.cloud.spacing * Math.sqrt(this.cloud.count / Math.max(1, count)) });
    this.points.canvas.dataset.drawn = String(count);
  }

  freeCamera(): Camera | null {
    return this.navigation?.camera(...this.size) ?? null;
  }

  markScene(free: Camera): MarkScene {
    const { state, views, prompt, cameras } = app.get();
    const view = this.view();
    const drag = this.input.promptDrag;
    const toStage = (px: Xy): Xy => (view ? this.layout.toStage(px) : px);
    const marks = marksOf(shownObjects(state?.objects ?? []), view?.idx ?? null, toStage, view ? view.camera : free);
    const moved = drag?.marker;
    for (const mark of marks) if (moved?.prompt === mark.prompt.id) mark.at = moved.at;
    return {
      marks, selected: prompt, rubber: drag?.rubber ?? null, cross: this.input.cross,
      accent: selectedObject(app.get())?.color ?? '#ffffff',
      cameras: view || !cameras || !state ? [] : camerasOf(views, free, state.frame.radius * 0.06),
    };
  }

  setFlight(key: string, down: boolean): void {
    if (down) this.flight.add(key);
    else this.flight.delete(key);
  }

  private steer(seconds: number): void {
    if (this.flight.size === 0 || !this.navigation) return;
    const axis = (plus: string, minus: string): number => Number(this.flight.has(plus)) - Number(this.flight.has(minus));
    const [right, up, forward] = [axis('d', 'a'), axis('e', 'q'), axis('w', 's')];
    if (right === 0 && up === 0 && forward === 0) return;
    if (this.view()) openPhoto(null);
    const speed = this.navigation.eye().distance * (this.flight.has('shift') ? 2.4 : 0.8) * seconds;
    this.navigation.fly(right * speed, up * speed, forward * speed);
  }

  focus(): void {
    const object = selectedObject(app.get());
    const { state } = app.get();
    const extent = object?.label != null && this.cloud.cloud ? extentOf(this.cloud.cloud, object.label) : null;
    const point = object?.prompts.map((prompt) => (prompt.kind === 'box' ? null : prompt.p)).find((p) => p !== null);
    if (this.view()) openPhoto(null);
    if (extent) this.navigation?.focus(extent.center, extent.size);
    else if (point) this.navigation?.focus(point, state!.frame.radius * 0.25);
    else this.resetCamera();
  }

  resetCamera(): void {
    const { views } = app.get();
    const view = views.find((one) => one.split === 'train') ?? views[0];
    if (!view) return;
    openPhoto(null);
    this.navigation?.jump(view.camera, this.fittedFov(view), prefersCalm());
  }

  // With it the free camera shows things as large as the photo, fitted into the stage, does.
  private fittedFov(view: View): number {
    const fit = Math.min(this.size[0] / view.width, this.size[1] / view.height);
    return 2 * Math.atan(this.size[1] / fit / 2 / view.camera.fy);
  }

  // The photo whose camera looks most like the free one: boxes are drawn in photos.
  openNearestPhoto(): void {
    const { views, state } = app.get();
    const camera = this.freeCamera();
    if (!camera || !state) return;
    const idx = nearestCamera(views.map((view) => view.camera), camera, state.frame.radius);
    if (idx >= 0) openPhoto(idx);
  }
}
