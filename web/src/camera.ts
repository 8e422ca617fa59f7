// Cameras as the server has them: OpenGL axes (x right, y up, looking along -z), world_from_cam row by row, pixels from
// the top left with centers at +0.5; lenses bend normalized coordinates with y down, as core/lens.h of the program has it.
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

interface Lens {
  model: string;
  terms: number[]; // k1 … k6 p1 p2 s1 … s4
}

function lensOf(camera: Camera): Lens {
  if (camera.lens) return camera.lens;
  const [k1 = 0, k2 = 0, k3 = 0, k4 = 0, p1 = 0, p2 = 0] = camera.k;
  return { model: camera.fisheye ? 'fisheye' : 'perspective', terms: [k1, k2, k3, k4, 0, 0, p1, p2, 0, 0, 0, 0] };
}

const WIDE = new Set(['unified', 'fisheye', 'fisheye_624', 'equirectangular']);

// What r^2 is stretched by.
function stretch({ model, terms }: Lens, r2: number): number {
  const [k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0] = terms;
  if (model === 'rational') return (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)));
  if (model === 'division') return 2 / (1 + Math.sqrt(Math.max(0, 1 - 4 * k1 * r2)));
  if (model === 'field_of_view') {
    const r = Math.sqrt(r2);
    return Math.abs(k1) < 1e-4 || r < 1e-6 ? 1 : Math.atan(2 * r * Math.tan(k1 / 2)) / (k1 * r);
  }
  return 1 + r2 * (k1 + r2 * (k2 + r2 * (k3 + r2 * (k4 + r2 * (k5 + r2 * k6)))));
}

function prism(terms: number[], x: number, y: number): Xy {
  const [, , , , , , p1 = 0, p2 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = terms;
  const r2 = x * x + y * y;
  return [2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + r2 * s2),
    p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + r2 * (s3 + r2 * s4)];
}

// Normalized coordinates of a direction: right, down, forward. Null where the lens does not look.
function bent(lens: Lens, right: number, down: number, forward: number): Xy | null {
  const { model, terms } = lens;
  const across = Math.hypot(right, down);
  if (model === 'equirectangular') return [Math.atan2(right, forward), Math.atan2(down, Math.hypot(right, forward))];
  if (model === 'unified') {
    const [alpha = 0, beta = 1] = terms;
    const below = alpha * Math.sqrt(forward * forward + beta * across * across) + (1 - alpha) * forward;
    return below > 1e-9 ? [right / below, down / below] : null;
  }
  let x = right / forward;
  let y = down / forward;
  if (WIDE.has(model)) {
    const scale = across > 0 ? Math.atan2(across, forward) / across : 0;
    [x, y] = [right * scale, down * scale];
  } else if (forward <= 1e-9) return null;
  const s = stretch(lens, x * x + y * y);
  const [dx, dy] = model === 'fisheye_624' ? prism(terms, s * x, s * y) : prism(terms, x, y);
  return [s * x + dx, s * y + dy];
}

export interface Projected {
  px: Xy; // continuous: a pixel's center is at +0.5
  depth: number; // along the axis, positive in front; of wide lenses the distance
}

// Null where the camera does not look.
export function project(camera: Camera, p: Vec3): Projected | null {
  const d = sub(p, positionOf(camera));
  const lens = lensOf(camera);
  const forward = dot(d, forwardOf(camera));
  const seen = bent(lens, dot(d, rightOf(camera)), -dot(d, upOf(camera)), forward);
  if (!seen) return null;
  const depth = WIDE.has(lens.model) ? Math.sqrt(dot(d, d)) : forward;
  return { px: [camera.fx * seen[0] + camera.cx, camera.fy * seen[1] + camera.cy], depth };
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
