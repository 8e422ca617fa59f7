import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { centerOf, frustumCorners, nearestCamera, pixelOf, project, unproject } from '../../src/camera';
import { Navigation, nearestTurn } from '../../src/navigation';
import type { Camera, Vec3, Xy } from '../../src/protocol';

// At (0, 0, 5), looking along -z with y up: the file frame's axes are the camera's.
const straight: Camera = {
  w: 400, h: 300, fx: 500, fy: 500, cx: 200, cy: 150, k: [0, 0, 0, 0, 0, 0], fisheye: false,
  pose: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 5],
};

function close(a: readonly number[], b: readonly number[], digits = 6): void {
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, digits));
}

describe('project', () => {
  it('puts the axis at the principal point and y up to smaller rows', () => {
    const middle = project(straight, [0, 0, 0])!;
    close(middle.px, [200, 150]);
    expect(middle.depth).toBeCloseTo(5);
    close(project(straight, [1, 0.5, 0])!.px, [300, 100]); // 500 * 1/5 right, 500 * 0.5/5 up
  });

  it('is null behind the camera', () => {
    expect(project(straight, [0, 0, 6])).toBeNull();
  });

  it('distorts as OpenCV does', () => {
    // x = 0.2, y = -0.1 (down), r2 = 0.05: s = 1 + 0.1 * 0.05; tangential p1 = 0.01: (2 p1 x y, p1 (r2 + 2 y^2)).
    const camera = { ...straight, k: [0.1, 0, 0, 0, 0.01, 0] };
    const x = 0.2 * 1.005 + 2 * 0.01 * 0.2 * -0.1;
    const y = -0.1 * 1.005 + 0.01 * (0.05 + 2 * 0.01);
    close(project(camera, [1, 0.5, 0])!.px, [200 + 500 * x, 150 + 500 * y]);
  });

  it('bends fisheye cameras by the angle', () => {
    const camera = { ...straight, fisheye: true };
    close(project(camera, [5, 0, 0])!.px, [200 + 500 * (Math.PI / 4), 150]);
  });

  it('bends other lenses as the program does', () => {
    const terms = (...k: number[]): number[] => [...k, ...new Array<number>(12 - k.length).fill(0)];
    const of = (model: string, ...k: number[]): Camera => ({ ...straight, lens: { model, terms: terms(...k) } });
    const right: Vec3 = [1, 0, 0]; // x = 0.2
    close(project(of('rational', 0.1, 0, 0, 0.5), right)!.px, [200 + 500 * 0.2 * (1.004 / 1.02), 150]);
    close(project(of('division', -1), right)!.px, [200 + (500 * 0.4) / (1 + Math.sqrt(1.16)), 150]);
    close(project(of('field_of_view', 0.8), right)!.px, [200 + (500 * Math.atan(0.4 * Math.tan(0.4))) / 0.8, 150]);
    close(project(of('unified', 0.5, 1), right)!.px, [200 + (500 * 0.4) / (Math.sqrt(1.04) + 1), 150]);
    close(project(of('equirectangular'), [5, 0, 5])!.px, [200 + 500 * (Math.PI / 2), 150]);
    expect(project(of('fisheye'), [5, 0, 10])!.depth).toBeCloseTo(Math.sqrt(50)); // behind, and seen
  });

  it('is undone by unproject', () => {
    const p: Vec3 = [0.3, -0.7, 1.2];
    const seen = project(straight, p)!;
    close(unproject(straight, seen.px, seen.depth), p);
  });

  it('has frusta whose corners are the picture corners', () => {
    close(frustumCorners(straight, 1)[0]!, [-0.4, 0.3, 4]);
  });
});

it('keeps integers for pixel centers', () => {
  expect(pixelOf([310.5, 220.5])).toEqual([310, 220]);
  expect(centerOf([310, 220])).toEqual([310.5, 220.5]);
});

it('finds the camera that looks most alike', () => {
  const moved = { ...straight, pose: [1, 0, 0, 0.2, 0, 1, 0, 0, 0, 0, 1, 5] };
  const behind = { ...straight, pose: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, -5] };
  expect(nearestCamera([behind, moved], straight, 5)).toBe(1);
});

describe('Navigation', () => {
  const settle = (navigation: Navigation): void => {
    for (let i = 0; i < 400 && navigation.advance(0.02); ++i);
  };

  it('jumps into a camera exactly, roll included', () => {
    const c = Math.cos(0.3);
    const s = Math.sin(0.3);
    const rolled: Camera = { ...straight, pose: [c, -s, 0, 0.5, s, c, 0, 0.1, 0, 0, 1, 5] };
    for (const up of [[0, 0, 1], [0, 1, 0], [0.6, 0.8, 0]] as Vec3[]) {
      const navigation = new Navigation(up, { focus: [0, 0, 0], radius: 5 });
      navigation.jump(rolled, 2 * Math.atan(150 / 500), false);
      settle(navigation);
      const camera = navigation.camera(400, 300);
      close(camera.pose, rolled.pose, 1);
      for (const p of [[0, 0, 0], [1, 0.5, -1], [-0.3, 0.2, 2]] as Vec3[]) {
        const a = project(camera, p)!.px;
        const b = project(rolled, p)!.px;
        expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeLessThan(up[2] === 1 ? 6 : 0.5);
      }
    }
  });

  it('orbits about what it looks at and flies about itself', () => {
    const navigation = new Navigation([0, 0, 1], { focus: [1, 2, 3], radius: 4 });
    navigation.turn(0.7, -0.3);
    settle(navigation);
    close(project(navigation.camera(200, 100), [1, 2, 3])!.px, [100, 50], 3);
    navigation.flying = true;
    const before = navigation.camera(200, 100).pose;
    navigation.turn(0.4, 0.2);
    settle(navigation);
    const after = navigation.camera(200, 100).pose;
    close([after[3]!, after[7]!, after[11]!], [before[3]!, before[7]!, before[11]!], 2);
  });

  // The program's own test sees the same points with the same camera.
  it('makes the camera that the program knows the points of', () => {
    const example = JSON.parse(readFileSync(new URL('./orbit_camera.json', import.meta.url), 'utf8')) as {
      frame: { up: Vec3; focus: Vec3; radius: number }; turn: Xy; camera: Camera; points: { p: Vec3; px: Xy; depth: number }[];
    };
    const { up, focus, radius } = example.frame;
    const navigation = new Navigation(up, { focus, radius });
    navigation.turn(...example.turn);
    navigation.stop();
    const camera = navigation.camera(example.camera.w, example.camera.h);
    close(camera.pose, example.camera.pose);
    close([camera.fx, camera.fy, camera.cx, camera.cy],
      [example.camera.fx, example.camera.fy, example.camera.cx, example.camera.cy], 5);
    for (const { p, px, depth } of example.points) {
      const seen = project(camera, p)!;
      close(seen.px, px, 4);
      expect(seen.depth).toBeCloseTo(depth, 6);
    }
  });

  it('approaches without passing the target', () => {
    const navigation = new Navigation([0, 0, 1], { focus: [0, 0, 0], radius: 4 });
    for (let i = 0; i < 100; ++i) navigation.zoom(0.5);
    settle(navigation);
    expect(navigation.eye().distance).toBeGreaterThan(0);
  });

  it('turns the short way', () => {
    expect(nearestTurn(-3, 3)).toBeCloseTo(2 * Math.PI - 3);
    expect(nearestTurn(0.1, 12.6)).toBeCloseTo(0.1 + 4 * Math.PI);
  });
});
