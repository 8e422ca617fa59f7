// Asks for the field's picture of what is on the stage: once the camera rests, when the answer or the layer is another,
// and again and again while the field trains.
import { ApiError, type Query } from '../api';
import { app, fieldLayer, isLive } from '../app';
import { sayError } from '../messages';
import type { Answer, Camera, Layer, Phase, State, View, Xy } from '../protocol';
import { clamp } from '../vec';
import type { FrameView } from './frame_view';

const kMaxSide = 4096;
// While the field trains, pictures take some of its time: as many pixels as are drawn in about so long, and then a pause.
const kTrainingDraw = 1000; // milliseconds
const kTrainingPause = 2000;
const kTrainingPixels = { fewest: 15000, most: 60000 };
const kQuick = 3000; // milliseconds: a picture that took less is drawn again with all pixels that the screen has
const kWorkPause = 4000; // milliseconds between the pictures of an answer that grows

export interface Sight {
  size: Xy; // of the stage, in pixels of the page
  view: View | null;
  photoFit: number; // stage pixels per photo pixel
  camera: ((w: number, h: number) => Camera) | null; // null while it moves
}

// Of the answer only what the layer shows of it: else the same picture would be asked for again with every answer.
export function contentOf(layer: Layer, selected: number, { objects, answer }: State): { query: Query; looks: string } {
  if (layer === 'rgb' || layer === 'depth' || layer === 'opacity') return { query: { layer }, looks: '' };
  const ofAll = layer === 'overlay' || layer === 'disagreement';
  const object = ofAll ? 0 : selected;
  const hasLooks = object === 0 && layer !== 'disagreement';
  const looks = hasLooks ? JSON.stringify(objects.map(({ visible, solo, color }) => [visible, solo, color])) : '';
  return { query: { layer, object, answer: answer.revision }, looks };
}

// A later answer to the same edit. The first one to another is worth being seen coarsely.
export function isBetter(before: Answer, after: Answer): boolean {
  const goesOn = after.kind === 'first' ? before.kind === 'first' && after.views > before.views : before.kind !== 'none';
  return goesOn && after.revision > before.revision && after.seconds > before.seconds;
}

// Pixels of the picture for each of the page, where it is `w` x `h` of those; in all at most so many.
export function pixelRatio([w, h]: Xy, screen: number, isFine: boolean, mostPixels = Infinity): number {
  return Math.min(isFine ? screen : Math.min(1, screen), kMaxSide / Math.max(w, h), Math.sqrt(mostPixels / (w * h)));
}

// Of the next picture of a field that trains, when the last one had so many and took so long.
export function trainingPixels(before: number, took: number): number {
  return clamp(before * clamp(kTrainingDraw / took, 0.5, 2), kTrainingPixels.fewest, kTrainingPixels.most);
}

function ofView(view: View, scale: number): Query {
  const longest = Math.max(view.width, view.height);
  const shown = Math.min(longest, Math.max(64, 64 * Math.round((longest * scale) / 64)));
  return { view: view.idx, size: Math.min(shown, kMaxSide) };
}

function ofCamera(camera: (w: number, h: number) => Camera, size: Xy, ratio: number): Query {
  const [w, h] = size.map((side) => Math.max(1, Math.round(side * ratio))) as Xy;
  return { camera: JSON.stringify(camera(w, h)) };
}

// What a picture was asked for.
interface Asked {
  of: string; // place and layer
  looks: string;
  phase: Phase;
  answer: Answer; // of the state then
  isFine: boolean;
  at: number;
}

export class FieldPicture {
  private asked: Asked | null = null;
  private isOutdated = false; // what was asked for is asked for again
  private isQuick = false; // the last picture of `asked` was
  private trainingPixels = kTrainingPixels.fewest;
  private timer = 0;
  private renewal = 0; // timer, while the field trains
  onAsked: () => void = () => undefined;

  constructor(private readonly frame: FrameView, private readonly sight: () => Sight) {
    frame.onTimes = (times) => app.set({ times: { ...app.get().times, ...times } });
    frame.onError = (error) => this.failed(error);
    frame.onComplete = () => this.completed();
  }

  // Something else that takes the program's time does better to wait.
  get isDue(): boolean {
    return this.timer !== 0 || this.frame.isDue;
  }

  // The picture is of something else.
  drop(): void {
    if (this.frame.isShown || this.frame.isRunning) this.frame.hide();
    this.asked = null;
  }

  // The picture may stay until there is a better one.
  outdate(): void {
    this.isOutdated = true;
  }

  askSoon(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.ask();
      this.onAsked();
    }, wait);
  }

  private ask(): void {
    const value = app.get();
    const { state } = value;
    const layer = fieldLayer(value);
    if (!isLive(value) || !state || document.hidden) return;
    if (!layer) {
      this.drop();
      return;
    }
    const { size, view, photoFit, camera } = this.sight();
    if (!view && !camera) return; // it moves: asked for when it rests
    const { query, looks } = contentOf(layer, value.selected, state);
    const place = view ? [view.idx, photoFit] : [camera!(...size), size];
    const of = JSON.stringify([place, layer, query.object, state.server]);
    const last = this.asked?.of === of && this.asked.looks === looks ? this.asked : null;
    const { answer, phase } = state;
    const isNew = query.answer !== undefined && last !== null && last.answer.revision !== answer.revision;
    const isGrowing = isNew && isBetter(last.answer, answer);
    // After a first picture as quickly as possible.
    const isFine = last !== null && (!isNew || isGrowing) && (last.isFine || this.isQuick) && window.devicePixelRatio > 1;
    const isSame = last !== null && !isNew && last.phase === phase && last.isFine === isFine;
    if (isSame && !this.isOutdated) return;
    // Of an answer that grows each second no picture would ever be complete: it is drawn, then the next one.
    if (isGrowing && answer.kind === 'field' && state.objects.some((object) => object.status === 'working')) {
      if (this.frame.isRunning) return;
      const wait = last.at + kWorkPause - performance.now();
      if (wait > 0) {
        this.askSoon(wait);
        return;
      }
    }
    const shown: Xy = view ? [view.width * photoFit, view.height * photoFit] : size;
    const ratio = pixelRatio(shown, window.devicePixelRatio, isFine, phase === 'training' ? this.trainingPixels : Infinity);
    const where = view ? ofView(view, photoFit * ratio) : ofCamera(camera!, size, ratio);
    this.asked = { of, looks, phase, answer, isFine, at: performance.now() };
    this.isOutdated = false;
    this.isQuick = false;
    void this.frame.request({ ...where, ...query }, last !== null && (!isNew || isGrowing));
  }

  private failed(error: unknown): void {
    this.asked = null;
    const isLater = error instanceof ApiError && (error.status === 404 || error.status === 409); // another state is on its way
    const isBusy = error instanceof ApiError && error.status === 503; // other pages have all turns
    const isTraining = app.get().state?.phase === 'training'; // there is nothing to see yet
    if (isBusy || isTraining) this.askSoon(1500);
    if (isBusy || !(isTraining || isLater)) sayError(error);
  }

  private completed(): void {
    const took = app.get().times.all ?? 1000;
    if (app.get().state?.phase !== 'training') {
      this.isQuick = took < kQuick;
      this.askSoon(0); // finer, or of an answer that came meanwhile
      return;
    }
    this.trainingPixels = trainingPixels(this.trainingPixels, took);
    window.clearTimeout(this.renewal);
    this.renewal = window.setTimeout(() => {
      if (this.frame.isRunning) return; // its end brings the next one
      this.outdate();
      this.ask();
    }, Math.max(kTrainingPause, 2 * took));
  }
}
