import { afterEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../src/app';
import type { SceneObject, State } from '../../src/protocol';
import { CloudLoader, wantsLabels } from '../../src/stage/cloud_loader';
import type { PointRenderer } from '../../src/stage/points_gl';
import { extentOf, paint, parseCloud, shownObjects, spacingOf, tintOf, type Cloud } from '../../src/stage/cloud';

function packed(points: [number, number, number][], colors: number[][], box = [-1, -2, 0, 1, 2, 4]): ArrayBuffer {
  const bytes = new ArrayBuffer(56 + 9 * points.length);
  const view = new DataView(bytes);
  view.setUint32(0, points.length, true);
  view.setUint32(4, 0xfedcba98, true);
  box.forEach((value, i) => view.setFloat64(8 + 8 * i, value, true));
  points.forEach((point, i) => point.forEach((value, k) => view.setUint16(56 + 6 * i + 2 * k, value, true)));
  colors.forEach((color, i) => color.forEach((value, k) => view.setUint8(56 + 6 * points.length + 3 * i + k, value)));
  return bytes;
}

const object = (id: number, more: Partial<SceneObject> = {}): SceneObject => ({
  id, name: `object ${id}`, color: '#ff0000', visible: true, solo: false, instance: -1, label: id, status: 'answered',
  prompts: [], views_used: 3, views_total: 4, agreement: null, dropped: [], kept: [], iou: null, ...more,
});

describe('parseCloud', () => {
  it('puts the box back', () => {
    const cloud = parseCloud(packed([[0, 0, 0], [65535, 65535, 65535]], [[1, 2, 3], [4, 5, 6]]));
    expect(cloud.id).toBe(0xfedcba98);
    expect(cloud.origin).toEqual([0, 0, 2]);
    expect([...cloud.positions]).toEqual([-1, -2, -2, 1, 2, 2]);
    expect([...cloud.colors]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('keeps millimeters in coordinates of the Earth', () => {
    const box = [1500123.25, 5291877.125, 412.5, 1500127.25, 5291881.125, 414.5];
    const cloud = parseCloud(packed([[0, 65535, 13107]], [[1, 2, 3]], box));
    const place = cloud.origin.map((value, k) => value + cloud.positions[k]!);
    [1500123.25, 5291881.125, 412.9].forEach((value, k) => expect(place[k]).toBeCloseTo(value, 4));
    expect(extentOf({ ...cloud, count: 12, positions: new Float32Array(36), labels: new Uint8Array(12).fill(1) }, 1)!.center)
      .toEqual([1500125.25, 5291879.125, 413.5]);
  });

  it('refuses half a cloud', () => {
    expect(() => parseCloud(packed([[0, 0, 0]], [[1, 2, 3]]).slice(0, 58))).toThrow('incomplete');
    expect(() => parseCloud(new ArrayBuffer(3))).toThrow('incomplete');
  });
});

it('shows the solo ones alone', () => {
  const all = [object(1), object(2, { visible: false }), object(3)];
  expect(shownObjects(all).map(({ id }) => id)).toEqual([1, 3]);
  expect(shownObjects([...all, object(4, { solo: true })]).map(({ id }) => id)).toEqual([4]);
});

describe('paint', () => {
  const cloud: Cloud = { id: 1, count: 3, origin: [0, 0, 0], positions: new Float32Array(9), colors: new Uint8Array([100, 100, 100, 100, 100, 100, 100, 100, 100]),
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
  const cloud: Cloud = { id: 1, count, origin: [0, 0, 0], positions, colors: new Uint8Array(3 * count), labels: new Uint8Array(count).fill(2) };
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

describe('CloudLoader', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('asks for other points of a field that trains when it has made as many steps again, at most every 12 s', async () => {
    let loads = 0;
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('fetch', () => {
      ++loads;
      return Promise.resolve(new Response(packed([[0, 0, 0]], [[1, 2, 3]])));
    });
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const points = { setCloud: () => undefined, colorsChanged: () => undefined } as unknown as PointRenderer;
    const loader = new CloudLoader(points, () => undefined);
    const at = async (seconds: number, step: number, phase = 'training', isCovered = false): Promise<number> => {
      now = 1000 * seconds;
      const state = { server: 'a', phase, training: { step }, answer: { kind: 'none' }, objects: [] } as unknown as State;
      app.set({ state, connection: 'live' });
      loader.update(app.get(), false, isCovered);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return loads;
    };
    expect(await at(5, 70)).toBe(1);
    expect(await at(10, 150)).toBe(1);
    expect(await at(18, 200)).toBe(2);
    expect(await at(40, 390)).toBe(2);
    expect(await at(41, 400, 'training', true)).toBe(2); // behind a photo
    expect(await at(42, 410)).toBe(3);
    expect(await at(60, 500, 'paused')).toBe(4);
    expect(await at(80, 500, 'paused')).toBe(4);
    expect(await at(81, 500, 'trained')).toBe(5);
    expect(await at(100, 5000, 'trained')).toBe(5);
    vi.restoreAllMocks();
  });

  it('asks for the labels of the points that it has, and for others when the server has forgotten those', async () => {
    const asked: string[] = [];
    const answers: [number, BodyInit][] = [[200, packed([[0, 0, 0]], [[1, 2, 3]])], [409, '{"error": {"what": "no longer known"}}'],
      [200, packed([[0, 0, 0]], [[1, 2, 3]])], [200, new Uint8Array([7])]];
    vi.stubGlobal('fetch', (address: string) => {
      const [status, body] = answers[asked.length]!;
      asked.push(address);
      return Promise.resolve(new Response(body, { status }));
    });
    vi.stubGlobal('document', { hidden: false });
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5000));
    const points = { setCloud: () => undefined, colorsChanged: () => undefined } as unknown as PointRenderer;
    const loader = new CloudLoader(points, () => undefined);
    const state = { server: 'a', phase: 'trained', answer: { kind: 'field', revision: 3 }, objects: [object(7)] } as unknown as State;
    app.set({ state, connection: 'live', selected: 0 });
    for (let i = 0; i < 4; ++i) {
      loader.update(app.get(), false, false);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const labels = 'api/cloud/labels?cloud=4275878552&answer=3';
    expect(asked).toEqual(['api/cloud', labels, 'api/cloud', labels]);
    expect([...loader.cloud!.labels!]).toEqual([7]);
    vi.restoreAllMocks();
  });
});
