// The field's rendering on two canvases: a new picture is drawn behind the one that is shown and takes its place by a
// short cross-fade, so that nothing flickers and nothing jumps. A better one of the same is drawn over it, block by block.
import { clientName, getStream, type Query } from '../api';
import { readFrame } from './frame_stream';

export interface FrameTimes {
  first: number; // milliseconds until the coarse picture
  all: number | null;
}

const kFade = 160;
let seq = 0;

export class FrameView {
  readonly element = document.createElement('div');
  private front = document.createElement('canvas');
  private back = document.createElement('canvas');
  private running: AbortController | null = null;
  private fresh: AbortController | null = null; // whose picture the front canvas has
  private shown = false;
  private isSharp = false; // the front canvas has all blocks of a picture
  onTimes: (times: FrameTimes) => void = () => undefined;
  onError: (error: unknown) => void = () => undefined;
  onShown: () => void = () => undefined;
  onComplete: () => void = () => undefined;

  constructor() {
    this.element.className = 'frame';
    this.element.append(this.back, this.front);
    for (const canvas of [this.front, this.back]) canvas.className = 'frame-canvas hidden';
  }

  get isShown(): boolean {
    return this.shown;
  }

  get isRunning(): boolean {
    return this.running !== null;
  }

  // Asked for, and nothing of it is there yet.
  get isDue(): boolean {
    return this.running !== null && this.fresh !== this.running;
  }

  hide(): void {
    this.cancel();
    this.shown = false;
    this.isSharp = false;
    this.front.classList.add('hidden');
    this.back.classList.add('hidden');
  }

  cancel(): void {
    this.running?.abort();
    this.running = null;
  }

  // For the page, and for tests beside the picture.
  private tell(times: FrameTimes): void {
    Object.assign(this.element.dataset, { first: times.first.toFixed(), all: times.all?.toFixed() ?? '' });
    this.onTimes(times);
  }

  // `isBetter`: what is shown is the same, only less good. It stays, and does not become coarse first.
  async request(query: Query, isBetter = false): Promise<void> {
    this.cancel();
    const staysSharp = isBetter && this.isSharp;
    const control = new AbortController();
    this.running = control;
    const begin = performance.now();
    let first = NaN; // milliseconds until the coarse picture
    try {
      const response = await getStream('frame', { ...query, client: clientName, seq: ++seq }, control.signal);
      const complete = await readFrame(response.body!, (record, picture) => {
        if (control.signal.aborted) return;
        if (Number.isNaN(first)) {
          first = performance.now() - begin;
          this.begin(record, staysSharp, control); // the first one covers the whole picture
          this.tell({ first, all: null });
        }
        const isCoarse = picture.width < record.width;
        if (staysSharp && isCoarse) return;
        const context = this.contextOf(this.fresh === control ? this.front : this.back);
        context.clearRect(record.x, record.y, record.width, record.height); // a block may be transparent
        context.drawImage(picture, record.x, record.y, record.width, record.height);
        if (this.fresh !== control) this.swap(control);
      });
      if (this.running !== control) return;
      this.running = null;
      if (complete && !Number.isNaN(first)) {
        this.isSharp = true;
        this.tell({ first, all: performance.now() - begin });
        this.onComplete();
      }
    } catch (error) {
      if (control.signal.aborted) return;
      this.running = null;
      this.onError(error);
    }
  }

  private contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    return context;
  }

  private begin({ width, height }: { width: number; height: number }, staysSharp: boolean, control: AbortController): void {
    if (staysSharp && this.front.width === width && this.front.height === height) {
      this.fresh = control;
      return;
    }
    this.back.width = width;
    this.back.height = height;
    if (!staysSharp) return;
    this.contextOf(this.back).drawImage(this.front, 0, 0, width, height);
    this.swap(control, 0);
    this.isSharp = true;
  }

  // The back canvas has a whole picture: it comes to the front.
  private swap(control: AbortController, fade = kFade): void {
    this.fresh = control;
    this.isSharp = false;
    [this.front, this.back] = [this.back, this.front];
    this.element.append(this.front);
    this.front.classList.remove('hidden');
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.front.animate([{ opacity: 0 }, { opacity: 1 }], { duration: calm ? 0 : fade, easing: 'ease-out' });
    const old = this.back;
    if (this.shown) window.setTimeout(() => old !== this.front && old.classList.add('hidden'), kFade);
    this.shown = true;
    this.onShown();
  }
}
