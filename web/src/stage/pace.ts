// How many points a frame may have so that motion stays smooth on this machine.
import { app } from '../app';
import { clamp } from '../vec';

const kTarget = 1 / 40; // seconds a frame
const kWindow = 12; // frames
const kFewest = 20000; // points that a scene is still recognized by

export class Pace {
  share = 1;
  private times: number[] = [];

  constructor(private readonly hardware: boolean) {
    if (!hardware) this.share = 0.25;
  }

  get maxPixelRatio(): number {
    return this.hardware ? 2 : 1;
  }

  measure(moving: boolean, seconds: number, points: number): void {
    if (!moving) {
      this.times = [];
      return;
    }
    this.times.push(seconds);
    if (this.times.length < kWindow) return;
    const typical = [...this.times].sort((a, b) => a - b)[kWindow >> 1]!;
    this.times = [];
    const fewest = clamp(kFewest / Math.max(1, points), 0, 1);
    // Slower than it should be: fewer. With time to spare: more, up to all.
    if (typical > kTarget) this.share = clamp(this.share * Math.max(0.5, kTarget / typical), fewest, 1);
    else if (typical < 0.8 * kTarget) this.share = clamp(this.share * 1.25, fewest, 1);
    app.set({ times: { ...app.get().times, fps: Math.round(1 / typical), points: Math.round(points * this.share) } });
  }
}
