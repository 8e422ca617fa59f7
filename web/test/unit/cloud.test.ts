import { describe, expect, it } from 'vitest';
import type { SceneObject, State } from '../../src/protocol';
import { wantsLabels } from '../../src/stage/cloud_loader';
import { extentOf, paint, parseCloud, shownObjects, spacingOf, tintOf, type Cloud } from '../../src/stage/cloud';

function packed(points: [number, number, number][], colors: number[][]): ArrayBuffer {
  const bytes = new ArrayBuffer(28 + 9 * points.length);
  const view = new DataView(bytes);
  view.setUint32(0, points.length, true);
  [-1, -2, 0, 1, 2, 4].forEach((value, i) => view.setFloat32(4 + 4 * i, value, true));
  points.forEach((point, i) => point.forEach((value, k) => view.setUint16(28 + 6 * i + 2 * k, value, true)));
  colors.forEach((color, i) => color.forEach((value, k) => view.setUint8(28 + 6 * points.length + 3 * i + k, value)));
  return bytes;
}

const object = (id: number, more: Partial<SceneObject> = {}): SceneObject => ({
  id, name: `object ${id}`, color: '#ff0000', visible: true, solo: false, instance: -1, label: id, status: 'answered',
  prompts: [], views_used: 3, views_total: 4, agreement: null, dropped: [], kept: [], iou: null, ...more,
});

describe('parseCloud', () => {
  it('puts the box back', () => {
    const cloud = parseCloud(packed([[0, 0, 0], [65535, 65535, 65535]], [[1, 2, 3], [4, 5, 6]]));
    expect([...cloud.positions]).toEqual([-1, -2, 0, 1, 2, 4]);
    expect([...cloud.colors]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses half a cloud', () => {
    expect(() => parseCloud(packed([[0, 0, 0]], [[1, 2, 3]]).slice(0, 30))).toThrow('incomplete');
    expect(() => parseCloud(new ArrayBuffer(3))).toThrow('incomplete');
  });
});

it('shows the solo ones alone', () => {
  const all = [object(1), object(2, { visible: false }), object(3)];
  expect(shownObjects(all).map(({ id }) => id)).toEqual([1, 3]);
  expect(shownObjects([...all, object(4, { solo: true })]).map(({ id }) => id)).toEqual([4]);
});

describe('paint', () => {
  const cloud: Cloud = { count: 3, positions: new Float32Array(9), colors: new Uint8Array([100, 100, 100, 100, 100, 100, 100, 100, 100]),
    labels: new Uint8Array([0, 1, 2]) };
  const state = { objects: [object(1), object(2, { color: '#00ff00' })] } as unknown as State;
  const painted = (layer: Parameters<typeof tintOf>[1]): number[][] => {
    const rgba = new Uint8Array(12);
    paint(cloud, tintOf(state, layer, 1), rgba);
    return [0, 4, 8].map((at) => [...rgba.slice(at, at + 4)]);
  };

  it('tints the objects and leaves the rest', () => {
    const [rest, first, second] = painted('overlay') as [number[], number[], number[]];
    expect(rest).toEqual([100, 100, 100, 255]);
    expect(first[0]).toBeGreaterThan(150);
    expect(first[1]).toBeLessThan(60);
    expect(second[1]).toBeGreaterThan(150);
  });

  it('leaves out what the layer leaves out', () => {
    expect(painted('cutout').map((color) => color[3])).toEqual([0, 255, 0]);
    expect(painted('without').map((color) => color[3])).toEqual([255, 0, 255]);
    expect(painted('rgb').every((color) => color[0] === 100 && color[3] === 255)).toBe(true);
  });
});

it('measures spacing and extent', () => {
  // A grid of 40 x 40 points at distance 0.1.
  const count = 1600;
  const positions = new Float32Array(3 * count);
  for (let i = 0; i < count; ++i) positions.set([(i % 40) * 0.1, Math.floor(i / 40) * 0.1, 0], 3 * i);
  const cloud: Cloud = { count, positions, colors: new Uint8Array(3 * count), labels: new Uint8Array(count).fill(2) };
  expect(spacingOf(cloud)).toBeCloseTo(0.1, 4);
  const extent = extentOf(cloud, 2)!;
  expect(extent.center[0]).toBeCloseTo(1.95, 1);
  expect(extent.size).toBeGreaterThan(3.5);
  expect(extentOf(cloud, 1)).toBeNull();
});

it('is labeled by the first answer and the last, not by each between them', () => {
  const state = (kind: string, status: string): State => ({ answer: { kind }, objects: [{ status }] }) as unknown as State;
  expect(wantsLabels(state('first', 'working'), false, false)).toBe(true);
  expect(wantsLabels(state('field', 'working'), false, false)).toBe(false);
  expect(wantsLabels(state('field', 'working'), false, true)).toBe(true);
  expect(wantsLabels(state('first', 'working'), true, true)).toBe(false); // behind a photo
  expect(wantsLabels(state('field', 'answered'), true, false)).toBe(true);
  expect(wantsLabels(state('none', 'answered'), false, true)).toBe(false);
});
