import { beforeEach, describe, expect, it } from 'vitest';
import { app } from '../../src/app';
import { Pace } from '../../src/stage/pace';

const kPoints = 300000;

// Frames of a machine that needs so many seconds for a frame, and for each point of it; the last frame's.
function orbit(pace: Pace, seconds: number, of: { frame: number; point: number }): number {
  let last = 0;
  for (let passed = 0; passed < seconds; passed += last) {
    last = of.frame + of.point * Math.min(pace.points, kPoints);
    pace.measure(true, last, kPoints);
  }
  return last;
}

describe('Pace', () => {
  beforeEach(() => app.set({ times: { fps: null, points: 0, renderer: '', first: null, all: null } }));

  it('draws all points where a graphics chip does it', () => {
    const pace = new Pace(true);
    expect(orbit(pace, 1, { frame: 1 / 60, point: 0 })).toBeCloseTo(1 / 60);
    expect(pace.points).toBeGreaterThanOrEqual(kPoints);
    expect(app.get().times).toMatchObject({ fps: 60, points: kPoints });
    expect(pace.pixelRatio(1000, 600, 3)).toBe(2);
  });

  it('draws few points at first where there is none, and pixels that it can fill', () => {
    const pace = new Pace(false);
    expect(pace.points).toBe(40000);
    const ratio = pace.pixelRatio(1000, 600, 2);
    expect(ratio * 1000 * ratio * 600).toBeCloseTo(300000);
    expect(pace.pixelRatio(400, 300, 2)).toBe(1);
  });

  it('is smooth after half a second on a machine that draws fewer', () => {
    const slow = { frame: 0.01, point: 6e-7 }; // 190 ms for all points, 34 ms at first
    expect(orbit(new Pace(false), 0.5, slow)).toBeLessThan(1 / 38);
    expect(orbit(new Pace(true), 1, slow)).toBeLessThan(1 / 25); // it began with all of them
  });

  it('draws soon more where there is time', () => {
    const pace = new Pace(false);
    orbit(pace, 0.6, { frame: 1 / 60, point: 0 });
    expect(pace.points).toBeGreaterThanOrEqual(kPoints);
  });

  it('does not go to and fro between too many and too few', () => {
    const pace = new Pace(false);
    const machine = { frame: 0.004, point: 1e-7 }; // 210,000 points in a fortieth of a second
    orbit(pace, 1, machine);
    let slowest = 0;
    for (let i = 0; i < 20; ++i) slowest = Math.max(slowest, orbit(pace, 0.1, machine));
    expect(slowest).toBeLessThan(1 / 35);
    expect(pace.points).toBeGreaterThan(120000);
  });

  it('leaves what a scene is recognized by, and takes no pause for a slow frame', () => {
    const pace = new Pace(false);
    orbit(pace, 3, { frame: 0.2, point: 0 });
    expect(pace.points).toBe(20000);
    const other = new Pace(false);
    for (let i = 0; i < 20; ++i) other.measure(true, 5, kPoints);
    for (let i = 0; i < 20; ++i) other.measure(false, 0.2, kPoints);
    expect(other.points).toBe(40000);
  });
});
