// The scene's points, and how they are colored: by the photos, and over it by the objects in the answer.
import { parseColor } from '../colors';
import type { Layer, SceneObject, State, Vec3 } from '../protocol';

export interface Cloud {
  id: number; // what the server knows it by
  count: number;
  origin: Vec3; // file frame; single precision is enough around it, but not around a place on the Earth
  positions: Float32Array; // x y z, from the origin on
  colors: Uint8Array; // r g b
  labels: Uint8Array | null; // in the answer; 0 = none
}

const kHead = 56; // bytes

// "api/cloud" of docs/viewer.md.
export function parseCloud(bytes: ArrayBuffer): Cloud {
  const head = new DataView(bytes);
  const count = bytes.byteLength >= kHead ? head.getUint32(0, true) : -1;
  if (count < 0 || bytes.byteLength < kHead + 9 * count) throw new Error('The point cloud is incomplete');
  const corner = (at: number): Vec3 => [0, 8, 16].map((axis) => head.getFloat64(at + axis, true)) as Vec3;
  const [low, high] = [corner(8), corner(32)];
  const origin = low.map((value, k) => (value + high[k]!) / 2) as Vec3;
  const positions = new Float32Array(3 * count);
  for (let i = 0; i < 3 * count; ++i) {
    const size = high[i % 3]! - low[i % 3]!;
    positions[i] = (head.getUint16(kHead + 2 * i, true) / 65535 - 0.5) * size;
  }
  const colors = new Uint8Array(bytes.slice(kHead + 6 * count, kHead + 9 * count));
  return { id: head.getUint32(4, true), count, origin, positions, colors, labels: null };
}

export interface Tint {
  layer: Layer;
  selectedLabel: number | null; // null: all that are shown together
  colorOfLabel: Map<number, [number, number, number]>; // of the objects that are shown
}

export function shownObjects(objects: SceneObject[]): SceneObject[] {
  const solo = objects.filter((object) => object.solo);
  return solo.length > 0 ? solo : objects.filter((object) => object.visible);
}

export function tintOf(state: State, layer: Layer, selected: number): Tint {
  const colorOfLabel = new Map<number, [number, number, number]>();
  for (const object of shownObjects(state.objects)) {
    if (object.label !== null) colorOfLabel.set(object.label, parseColor(object.color));
  }
  const object = state.objects.find((one) => one.id === selected);
  return { layer, selectedLabel: object?.label ?? null, colorOfLabel };
}

// r g b a of every point; a = 0 leaves it out.
export function paint(cloud: Cloud, tint: Tint, out: Uint8Array): void {
  const { colors, labels } = cloud;
  const tints = tint.layer !== 'depth' && tint.layer !== 'opacity' && tint.layer !== 'rgb';
  for (let i = 0; i < cloud.count; ++i) {
    const label = labels?.[i] ?? 0;
    const isSelected = label !== 0 && (tint.selectedLabel === null ? tint.colorOfLabel.has(label) : label === tint.selectedLabel);
    const color = tints && label !== 0 ? tint.colorOfLabel.get(label) : undefined;
    let shown = true;
    let share = color ? 0.55 : 0;
    if (tint.layer === 'cutout') {
      shown = isSelected;
      share = 0;
    } else if (tint.layer === 'without') {
      shown = !isSelected;
      share = 0;
    } else if (tint.layer === 'mask') {
      share = color ? 0.9 : 0;
    }
    const dim = tint.layer === 'mask' && !color ? 0.25 : 1;
    for (let k = 0; k < 3; ++k) {
      const own = colors[3 * i + k]! * dim;
      out[4 * i + k] = color ? own + (color[k]! - own) * share : own;
    }
    out[4 * i + 3] = shown ? 255 : 0;
  }
}

// About how far neighbors are apart: measured among the first few thousand points, which are an even sample. On surfaces
// it falls with the root of the number of points.
export function spacingOf(cloud: Cloud): number {
  const sample = Math.min(cloud.count, 3000);
  const p = cloud.positions;
  const nearest: number[] = [];
  for (let i = 0; i < Math.min(sample, 150); ++i) {
    let best = Infinity;
    for (let k = 0; k < sample; ++k) {
      if (k === i) continue;
      const d = Math.hypot(p[3 * k]! - p[3 * i]!, p[3 * k + 1]! - p[3 * i + 1]!, p[3 * k + 2]! - p[3 * i + 2]!);
      if (d < best) best = d;
    }
    nearest.push(best);
  }
  nearest.sort((a, b) => a - b);
  const median = nearest[nearest.length >> 1];
  return median === undefined || !Number.isFinite(median) ? 0 : median * Math.sqrt(sample / cloud.count);
}

// The middle of an object's points, and how far they reach; null when it has too few.
export function extentOf(cloud: Cloud, label: number): { center: Vec3; size: number } | null {
  const picked: number[] = [];
  for (let i = 0; i < cloud.count; ++i) if (cloud.labels?.[i] === label) picked.push(i);
  if (picked.length < 10) return null;
  const axis = (k: number): number[] => picked.map((i) => cloud.positions[3 * i + k]!).sort((a, b) => a - b);
  const center: number[] = [];
  let size = 0;
  for (const k of [0, 1, 2] as const) {
    const sorted = axis(k);
    const low = sorted[Math.floor(sorted.length * 0.02)]!;
    const high = sorted[Math.floor(sorted.length * 0.98)]!;
    center.push(cloud.origin[k] + (low + high) / 2);
    size = Math.max(size, high - low);
  }
  return { center: center as Vec3, size };
}
