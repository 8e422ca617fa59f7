// How many points a frame may have, and how many pixels, so that motion stays smooth on this machine.
import { app } from '../app';
import { clamp } from '../vec';

const kTarget = 1 / 40; // seconds a frame
const kWindow = 5; // frames
const kSoon = 0.25; // seconds: of slow frames fewer are enough
const kGap = 1; // seconds without a frame: nobody looked
const kMeasuredSeconds = 0.5; // seconds of motion between two reports
const kFewest = 20000; // points that a scene is still recognized by
// Where the processor draws them.
const kSoftwareStart = 40000; // points
const kSoftwarePixels = 300000;

export class Pace {
  points: number; // at most so many are drawn
  private frames: number[] = []; // the seconds of each, since the number of points was changed
  private isWary = false; // in this motion it has been too slow
  private measured = { frames: 0, seconds: 0 };

  constructor(private readonly hardware: boolean) {
    this.points = hardware ? Infinity : kSoftwareStart;
  }

  // Pixels drawn for each of the page, on a stage of `w` x `h` of those.
  pixelRatio(w: number, h: number, screen: number): number {
    return this.hardware ? Math.min(screen, 2) : Math.min(screen, 1, Math.sqrt(kSoftwarePixels / (w * h)));
  }

  // After each frame. `total`: points that there are.
  measure(moving: boolean, seconds: number, total: number): void {
    if (!moving || total === 0 || seconds > kGap) {
      this.frames = [];
      this.isWary = false;
      this.measured = { frames: 0, seconds: 0 };
      return;
    }
    this.report(seconds, total);
    this.frames.push(seconds);
    const count = this.frames.length;
    const isSlow = count >= 2 && this.frames.reduce((sum, one) => sum + one) > kSoon;
    if (count < kWindow && !isSlow) return;
    const typical = this.frames.sort((a, b) => a - b)[count >> 1]!;
    this.frames = [];
    const drawn = Math.min(this.points, total);
    if (typical > kTarget) {
      this.isWary = true;
      this.points = clamp(drawn * Math.max(0.4, kTarget / typical), Math.min(kFewest, drawn), total);
    } else if (typical < 0.8 * kTarget && drawn < total) {
      this.points = drawn * (this.isWary ? 1.1 : 1.6);
    }
  }

  private report(seconds: number, total: number): void {
    this.measured = { frames: this.measured.frames + 1, seconds: this.measured.seconds + seconds };
    if (this.measured.seconds < kMeasuredSeconds) return;
    const fps = Math.round(this.measured.frames / this.measured.seconds);
    app.set({ times: { ...app.get().times, fps, points: Math.round(Math.min(this.points, total)) } });
    this.measured = { frames: 0, seconds: 0 };
  }
}
