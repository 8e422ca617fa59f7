// Cameras as the server has them: OpenGL axes (x right, y up, looking along -z), world_from_cam row by row, pixels from
// the top left with centers at +0.5; distortion is OpenCV's on normalized coordinates with y down.
import type { Camera, Vec3, Xy } from './protocol';
import { add, dot, scale, sub } from './vec';

const column = (camera: Camera, i: number): Vec3 => [camera.pose[i]!, camera.pose[4 + i]!, camera.pose[8 + i]!];

export const rightOf = (camera: Camera): Vec3 => column(camera, 0);
export const upOf = (camera: Camera): Vec3 => column(camera, 1);
export const forwardOf = (camera: Camera): Vec3 => scale(column(camera, 2), -1);
export const positionOf = (camera: Camera): Vec3 => column(camera, 3);

export function poseOf(right: Vec3, up: Vec3, forward: Vec3, position: Vec3): number[] {
  return [0, 1, 2].flatMap((row) => [right[row]!, up[row]!, -forward[row]!, position[row]!]);
}

// A camera without distortion whose picture is `w` x `h`.
export function pinhole(pose: number[], w: number, h: number, fovY: number): Camera {
  const f = h / 2 / Math.tan(fovY / 2);
  return { w, h, fx: f, fy: f, cx: w / 2, cy: h / 2, k: [0, 0, 0, 0, 0, 0], fisheye: false, pose };
}

function distort(camera: Camera, x: number, y: number): Xy {
  const [k1 = 0, k2 = 0, k3 = 0, k4 = 0, p1 = 0, p2 = 0] = camera.k;
  if (camera.fisheye) {
    const r = Math.hypot(x, y);
    if (r < 1e-9) return [x, y];
    const t = Math.atan(r);
    const t2 = t * t;
    const s = (t * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))) / r;
    return [x * s, y * s];
  }
  const r2 = x * x + y * y;
  const s = 1 + r2 * (k1 + r2 * (k2 + r2 * (k3 + r2 * k4)));
  return [x * s + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * s + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y];
}

export interface Projected {
  px: Xy; // continuous: a pixel's center is at +0.5
  depth: number; // along the axis, positive in front
}

// Null behind the camera.
export function project(camera: Camera, p: Vec3): Projected | null {
  const d = sub(p, positionOf(camera));
  const depth = dot(d, forwardOf(camera));
  if (depth <= 1e-9) return null;
  const [x, y] = distort(camera, dot(d, rightOf(camera)) / depth, -dot(d, upOf(camera)) / depth);
  return { px: [camera.fx * x + camera.cx, camera.fy * y + camera.cy], depth };
}

// The point at z-depth `depth` that a camera without distortion sees at a continuous pixel.
export function unproject(camera: Camera, px: Xy, depth: number): Vec3 {
  const x = ((px[0] - camera.cx) / camera.fx) * depth;
  const y = -((px[1] - camera.cy) / camera.fy) * depth;
  return add(positionOf(camera),
    add(add(scale(rightOf(camera), x), scale(upOf(camera), y)), scale(forwardOf(camera), depth)));
}

// The corners of the picture at a depth, clockwise from the top left, leaving distortion out: for drawing a camera.
export function frustumCorners(camera: Camera, depth: number): Vec3[] {
  const corners: Xy[] = [[0, 0], [camera.w, 0], [camera.w, camera.h], [0, camera.h]];
  return corners.map((corner) => unproject(camera, corner, depth));
}

// What a prompt is stored as: integers are pixel centers.
export const pixelOf = (px: Xy): Xy => [px[0] - 0.5, px[1] - 0.5];
export const centerOf = (xy: Xy): Xy => [xy[0] + 0.5, xy[1] + 0.5];

// Of several cameras the one that looks most like this one does.
export function nearestCamera(cameras: Camera[], to: Camera, radius: number): number {
  let best = -1;
  let bestCost = Infinity;
  cameras.forEach((camera, idx) => {
    const d = sub(positionOf(camera), positionOf(to));
    const cost = Math.sqrt(dot(d, d)) / radius + 1 - dot(forwardOf(camera), forwardOf(to));
    if (cost < bestCost) {
      bestCost = cost;
      best = idx;
    }
  });
  return best;
}
