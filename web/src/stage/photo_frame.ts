// Where a photo lies on the stage: fitted into it, and enlarged and moved from there.
import type { Xy } from '../protocol';
import { clamp } from '../vec';

export class PhotoFrame {
  private stage: Xy = [1, 1];
  private photo: Xy = [1, 1];
  private zoomed = 1;
  private center: Xy = [0.5, 0.5]; // of the stage, in fractions of the photo

  setSizes(stage: Xy, photo: Xy): void {
    const isOther = photo[0] !== this.photo[0] || photo[1] !== this.photo[1];
    this.stage = stage;
    this.photo = photo;
    if (isOther) this.reset();
    this.limit();
  }

  reset(): void {
    this.zoomed = 1;
    this.center = [0.5, 0.5];
  }

  // Stage pixels per photo pixel when the whole photo is seen.
  get fit(): number {
    return Math.min(this.stage[0] / this.photo[0], this.stage[1] / this.photo[1]);
  }

  get scale(): number {
    return this.fit * this.zoomed;
  }

  get isZoomed(): boolean {
    return this.zoomed > 1.001;
  }

  // The upper left corner, on the stage.
  get origin(): Xy {
    return [0, 1].map((i) => this.stage[i]! / 2 - this.center[i]! * this.photo[i]! * this.scale) as Xy;
  }

  toPhoto(at: Xy): Xy {
    const { origin, scale } = this;
    return [(at[0] - origin[0]) / scale, (at[1] - origin[1]) / scale];
  }

  toStage(px: Xy): Xy {
    const { origin, scale } = this;
    return [origin[0] + px[0] * scale, origin[1] + px[1] * scale];
  }

  contains(px: Xy): boolean {
    return px[0] >= 0 && px[1] >= 0 && px[0] < this.photo[0] && px[1] < this.photo[1];
  }

  // What is under `at` stays there.
  zoom(at: Xy, factor: number): void {
    const px = this.toPhoto(at);
    this.zoomed = clamp(this.zoomed * factor, 1, Math.max(8, 24 / this.fit));
    const { scale } = this;
    this.center = [0, 1].map((i) => (px[i]! + (this.stage[i]! / 2 - at[i]!) / scale) / this.photo[i]!) as Xy;
    this.limit();
  }

  pan(delta: Xy): void {
    this.center = [0, 1].map((i) => this.center[i]! - delta[i]! / (this.photo[i]! * this.scale)) as Xy;
    this.limit();
  }

  private limit(): void {
    this.center = [0, 1].map((i) => {
      const half = Math.min(0.5, this.stage[i]! / (2 * this.photo[i]! * this.scale));
      return clamp(this.center[i]!, half, 1 - half);
    }) as Xy;
  }
}
