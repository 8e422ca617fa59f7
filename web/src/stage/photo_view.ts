// A view as its photo: the photo itself at the opacity that the slider says, over the field's picture; over it the masks.
import { app, effectiveLayer } from '../app';
import { bitmapAt, maskAddress, photoAddress, truthAddress } from '../pictures';
import type { View } from '../protocol';
import { shownObjects } from './cloud';
import type { PhotoFrame } from './photo_frame';
import { pngBitmap, tinted } from './tint';

const kMaskSize = 1024;
const kHoverColor = '#ffffff';

export class PhotoView {
  readonly element = document.createElement('div');
  private readonly image = document.createElement('img');
  private readonly masks = document.createElement('canvas');
  private readonly preview = document.createElement('canvas');
  private view: View | null = null;
  private masksKey = ''; // what they show
  private drawn = 0; // the newest drawing of masks and preview alone may finish
  private previewed = 0;
  onLoaded: () => void = () => undefined;

  constructor() {
    this.element.className = 'photo';
    this.image.alt = '';
    this.image.draggable = false;
    this.element.append(this.image, this.masks, this.preview);
    app.watch((value) => value.hover, () => void this.drawPreview());
  }

  show(view: View | null): void {
    if (view?.idx !== this.view?.idx) {
      this.masksKey = '';
      ++this.drawn;
      this.clear(this.masks);
      this.clear(this.preview);
      this.image.classList.add('hidden');
    }
    this.view = view;
    this.element.classList.toggle('hidden', view === null);
  }

  // Lays it out; the photo is fetched in the size that the screen can show.
  place(frame: PhotoFrame, pixelRatio: number): void {
    if (!this.view) return;
    const { width, height } = this.view;
    const style = this.element.style;
    const [x, y] = frame.origin;
    style.width = `${width * frame.scale}px`;
    style.height = `${height * frame.scale}px`;
    style.transform = `translate(${x}px, ${y}px)`;
    const wanted = Math.max(width, height) * frame.scale * pixelRatio;
    const size = Math.min(4096, Math.max(width, height), 256 * Math.ceil(wanted / 256));
    this.load(photoAddress(this.view.idx, size), size);
  }

  private load(url: string, size: number): void {
    const { view } = this;
    if (!view) return;
    if (this.isLoaded) this.image.classList.remove('hidden'); // it was open before
    if (this.image.dataset.url === url) return;
    if (this.isLoaded && Number(this.image.dataset.size) >= size) return;
    this.image.dataset.url = url;
    const next = new Image();
    next.fetchPriority = 'high';
    next.src = url;
    // Decoded before it is shown: a larger one takes the place of a smaller one without a gap.
    void next.decode().then(() => {
      if (this.view !== view || this.image.dataset.url !== url) return;
      this.image.src = url;
      this.image.dataset.view = String(view.idx);
      this.image.dataset.size = String(size);
      this.image.classList.remove('hidden');
      this.onLoaded();
    }).catch(() => {
      if (this.image.dataset.url === url) delete this.image.dataset.url;
    });
  }

  setShare(share: number): void {
    this.image.style.opacity = String(share);
  }

  get isLoaded(): boolean {
    return this.view !== null && this.image.dataset.view === String(this.view.idx);
  }

  // SAM's masks and ground truth, in the objects' colors.
  async drawMasks(fieldIsShown: boolean): Promise<void> {
    const value = app.get();
    const { view } = this;
    const state = value.state;
    if (!view || !state) return;
    const layer = effectiveLayer(value);
    const masked = layer === 'sam' || (layer === 'overlay' && !fieldIsShown);
    const size = Math.min(kMaskSize, Math.max(view.width, view.height));
    const of = { answer: state.answer.revision, server: state.server };
    const parts: { url: string; color: string; fill: number; dashed: boolean }[] = [];
    if (masked) {
      for (const object of shownObjects(state.objects)) {
        if (object.label === null && object.status !== 'answered') continue;
        const fill = object.id === value.selected || value.selected === 0 ? 0.42 : 0.25;
        const url = maskAddress(object.id, view.idx, size, of);
        parts.push({ url, color: object.color, fill, dashed: false });
      }
    }
    if (value.truth && view.truth && value.selected !== 0) {
      parts.push({ url: truthAddress(value.selected, view.idx, size, of), color: kHoverColor, fill: 0, dashed: true });
    }
    const key = JSON.stringify([view.idx, parts]);
    if (key === this.masksKey) return;
    this.masksKey = key;
    const run = ++this.drawn;
    const pictures = await Promise.all(parts.map((part) => bitmapAt(part.url)));
    if (run !== this.drawn) return;
    const found = pictures.flatMap((picture, i) => (picture ? [{ picture, part: parts[i]! }] : []));
    // A view that the answer does not have yet keeps the masks that are shown.
    if (found.length === 0 && parts.length > 0 && state.objects.some((object) => object.status === 'working')) return;
    const first = found[0]?.picture;
    this.masks.width = first?.width ?? 1;
    this.masks.height = first?.height ?? 1;
    const context = this.masks.getContext('2d')!;
    for (const { picture, part } of found) {
      context.drawImage(tinted(picture, part), 0, 0, this.masks.width, this.masks.height);
    }
  }

  private async drawPreview(): Promise<void> {
    const run = ++this.previewed;
    const { hover, state, selected, label } = app.get();
    const candidate = hover && !hover.clicked && hover.view === this.view?.idx
      ? hover.masks.candidates[hover.chosen ?? hover.masks.best] : undefined;
    if (!candidate) {
      this.clear(this.preview);
      return;
    }
    const picture = await pngBitmap(candidate.png);
    if (run !== this.previewed) return;
    const color = state?.objects.find((object) => object.id === selected)?.color ?? kHoverColor;
    const veil = tinted(picture, { color: label === 1 ? color : '#ff5c5c', fill: 0.3 });
    this.preview.width = veil.width;
    this.preview.height = veil.height;
    this.preview.getContext('2d')!.drawImage(veil, 0, 0);
  }

  private clear(canvas: HTMLCanvasElement): void {
    canvas.width = 1;
    canvas.height = 1;
  }
}
