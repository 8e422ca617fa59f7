// A small ray-traced tabletop: photos, exact masks, depth and points for a server without the program.
import { deflateSync } from 'node:zlib';

const kLight = normalize([0.4, -0.5, 0.8]);
export const kThings = [
  { id: 1, kind: 'sphere', center: [-0.9, 0.2, 0.55], radius: 0.55, color: [214, 84, 60] },
  { id: 2, kind: 'sphere', center: [0.5, -0.75, 0.4], radius: 0.4, color: [240, 196, 64] },
  { id: 3, kind: 'box', low: [0.25, 0.35, 0], high: [1.15, 1.05, 0.9], color: [72, 132, 190] },
  { id: 4, kind: 'sphere', center: [-0.35, -1.1, 0.22], radius: 0.22, color: [110, 180, 96] },
];

function dot(a, b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
function sub(a, b) { return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]; }
function cross(a, b) { return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]; }
function normalize(a) {
  const n = Math.sqrt(dot(a, a));
  return [a[0] / n, a[1] / n, a[2] / n];
}

function hitBox(box, o, d) {
  let [t0, t1, axis] = [1e-4, Infinity, 0];
  for (let k = 0; k < 3; ++k) {
    const a = (box.low[k] - o[k]) / d[k];
    const b = (box.high[k] - o[k]) / d[k];
    if (Math.min(a, b) > t0) [t0, axis] = [Math.min(a, b), k];
    t1 = Math.min(t1, Math.max(a, b));
  }
  if (t0 >= t1) return null;
  const normal = [0, 0, 0];
  normal[axis] = -Math.sign(d[axis]);
  return { t: t0, normal };
}

function hitSphere(sphere, o, d) {
  const oc = sub(o, sphere.center);
  const [a, b, c] = [dot(d, d), dot(oc, d), dot(oc, oc) - sphere.radius ** 2];
  const root = b * b - a * c;
  if (root <= 0) return null;
  const t = (-b - Math.sqrt(root)) / a;
  return t > 1e-4 ? { t, normal: normalize(sub([o[0] + t * d[0], o[1] + t * d[1], o[2] + t * d[2]], sphere.center)) } : null;
}

// The nearest thing along a ray that is not in `without`: id (0 the table), t, point, color; null for the background.
export function trace(o, d, without = 0) {
  let best = null;
  for (const thing of kThings) {
    if (thing.id === without) continue;
    const hit = thing.kind === 'box' ? hitBox(thing, o, d) : hitSphere(thing, o, d);
    if (hit && (!best || hit.t < best.t)) best = { ...hit, id: thing.id, color: thing.color };
  }
  const t = -o[2] / d[2];
  if (t > 1e-4 && (!best || t < best.t)) {
    const [x, y] = [o[0] + t * d[0], o[1] + t * d[1]];
    if (x * x + y * y < 6.3) {
      const odd = (Math.floor(x * 2.5) + Math.floor(y * 2.5)) & 1;
      best = { t, normal: [0, 0, 1], id: 0, color: odd ? [168, 140, 112] : [146, 119, 94] };
    }
  }
  if (!best) return null;
  const p = [o[0] + best.t * d[0], o[1] + best.t * d[1], o[2] + best.t * d[2]];
  const shade = 0.35 + 0.65 * Math.max(0, dot(best.normal, kLight));
  return { ...best, p, color: best.color.map((c) => Math.min(255, c * shade)) };
}

// The ray through a continuous pixel; z-depth is its parameter.
export function rayOf(camera, x, y) {
  const [cx, cy] = [(x - camera.cx) / camera.fx, -(y - camera.cy) / camera.fy];
  const m = camera.pose;
  const d = [0, 1, 2].map((row) => m[4 * row] * cx + m[4 * row + 1] * cy - m[4 * row + 2]);
  return [[m[3], m[7], m[11]], d];
}

export function lookAt(from, to, w, h, fovY) {
  const forward = normalize(sub(to, from));
  const right = normalize(cross(forward, [0, 0, 1]));
  const up = cross(right, forward);
  const f = h / 2 / Math.tan(fovY / 2);
  const pose = [0, 1, 2].flatMap((row) => [right[row], up[row], -forward[row], from[row]]);
  return { w, h, fx: f, fy: f, cx: w / 2, cy: h / 2, k: [0, 0, 0, 0, 0, 0], fisheye: false, pose };
}

export function scaled(camera, w, h) {
  const [sx, sy] = [w / camera.w, h / camera.h];
  return { ...camera, w, h, fx: camera.fx * sx, fy: camera.fy * sy, cx: camera.cx * sx, cy: camera.cy * sy };
}

// What the rays of a part of the picture meet, every `step` pixels.
export function hitsOf(camera, { x = 0, y = 0, w = camera.w, h = camera.h, step = 1, without = 0 } = {}) {
  const [width, height] = [Math.ceil(w / step), Math.ceil(h / step)];
  const hits = [];
  for (let j = 0; j < height; ++j) {
    for (let i = 0; i < width; ++i) hits.push(trace(...rayOf(camera, x + (i + 0.5) * step, y + (j + 0.5) * step), without));
  }
  return { width, height, hits };
}

// A picture by a function of what the ray meets: r g b a.
export function shaded({ width, height, hits }, shade) {
  const data = Buffer.alloc(4 * width * height);
  hits.forEach((hit, i) => {
    const [r, g, b, a = 255] = shade(hit);
    data[4 * i] = r;
    data[4 * i + 1] = g;
    data[4 * i + 2] = b;
    data[4 * i + 3] = a;
  });
  return png(width, height, data);
}

const kCrc = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = kCrc[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4 + body.length);
  return out;
}

export function png(width, height, rgba) {
  const lines = Buffer.alloc(height * (1 + 4 * width));
  for (let y = 0; y < height; ++y) rgba.copy(lines, y * (1 + 4 * width) + 1, 4 * width * y, 4 * width * (y + 1));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

export function parseColor(text) {
  return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
}
