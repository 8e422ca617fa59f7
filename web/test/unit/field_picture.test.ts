import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/api';
import { app } from '../../src/app';
import type { Answer, Phase, State } from '../../src/protocol';
import { contentOf, FieldPicture, isBetter, pixelRatio, trainingPixels } from '../../src/stage/field_picture';
import type { FrameView } from '../../src/stage/frame_view';
import { pinhole } from '../../src/camera';

const answer = (revision: number, kind: Answer['kind'], more: Partial<Answer> = {}): Answer =>
  ({ revision, kind, views: 8, steps: 0, agreement: [], seconds: revision, ...more });

const looks = { visible: true, solo: false, color: '#ff0000' };
function stateOf(now: Answer, status = 'answered', phase: Phase = 'trained'): State {
  const object = { id: 1, label: 1, status, ...looks };
  return { revision: now.revision, server: 'a', phase, objects: [object], answer: now } as unknown as State;
}

describe('what a picture shows of the answer', () => {
  const state = stateOf(answer(7, 'field'));

  it('is nothing where it is the field alone', () => {
    expect(contentOf('rgb', 1, state)).toEqual({ query: { layer: 'rgb' }, looks: '' });
    expect(contentOf('depth', 0, state)).toEqual({ query: { layer: 'depth' }, looks: '' });
  });

  it('does not depend on the selected object where all are shown, nor on colors where one is', () => {
    expect(contentOf('overlay', 1, state)).toEqual(contentOf('overlay', 2, state));
    expect(contentOf('overlay', 1, state).looks).toContain('#ff0000');
    expect(contentOf('cutout', 1, state)).toEqual({ query: { layer: 'cutout', object: 1, answer: 7 }, looks: '' });
    expect(contentOf('cutout', 0, state).looks).not.toBe('');
  });
});

it('knows an answer that goes on from one to another edit', () => {
  const first = answer(3, 'first', { seconds: 0.6 });
  expect(isBetter(first, answer(4, 'vote', { seconds: 2 }))).toBe(true);
  expect(isBetter(first, answer(4, 'first', { seconds: 1, views: 12 }))).toBe(true);
  expect(isBetter(first, answer(4, 'first', { seconds: 0.7 }))).toBe(false); // of a second click
  expect(isBetter(answer(4, 'field', { seconds: 9 }), answer(5, 'field', { seconds: 0.1 }))).toBe(false); // undone
});

it('asks for no more pixels than are there to be seen', () => {
  expect(pixelRatio([1000, 500], 2, false)).toBe(1);
  expect(pixelRatio([1000, 500], 2, true)).toBe(2);
  expect(pixelRatio([3000, 1000], 2, true)).toBeCloseTo(4096 / 3000);
  const small = pixelRatio([2000, 1000], 1, false, 60000);
  expect(small * 2000 * small * 1000).toBeCloseTo(60000);
  expect(pixelRatio([100, 100], 1, false, 60000)).toBe(1);
});

it('asks a field that trains for as many pixels as are drawn in a second', () => {
  let pixels = 15000;
  for (let i = 0; i < 10; ++i) pixels = trainingPixels(pixels, pixels / 30); // 30,000 pixels a second
  expect(pixels).toBeCloseTo(30000);
  expect(trainingPixels(15000, 60)).toBe(30000); // no faster than that
  expect(trainingPixels(60000, 100)).toBe(60000);
  expect(trainingPixels(20000, 62000)).toBe(15000);
});

describe('FieldPicture', () => {
  const requests: { layer: unknown; answer: unknown; camera: unknown; isBetter: boolean }[] = [];
  let running = false;
  const pixelsOf = ({ camera }: { camera: unknown }): number => {
    const { w, h } = JSON.parse(String(camera)) as { w: number; h: number };
    return w * h;
  };
  const frame = {
    request(query: Record<string, unknown>, better: boolean) {
      running = true;
      requests.push({ layer: query.layer, answer: query.answer, camera: query.camera, isBetter: better });
      return Promise.resolve();
    },
    hide: () => undefined,
    onComplete: () => undefined,
    onError: undefined as unknown as (error: unknown) => void, // set by the picture
    get isRunning() {
      return running;
    },
  };
  const take = (now: Answer, status?: string, phase?: Phase): void => {
    app.set({ state: stateOf(now, status, phase) });
    picture.askSoon(0);
    vi.advanceTimersByTime(1);
  };
  const complete = (took: number): void => {
    running = false;
    app.set({ times: { ...app.get().times, all: took } });
    frame.onComplete();
    vi.advanceTimersByTime(1);
  };
  let picture: FieldPicture;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('devicePixelRatio', 1);
    vi.stubGlobal('document', { hidden: false });
    requests.length = 0;
    running = false;
    app.set({ state: null, connection: 'live', photo: null, selected: 0, layer: 'auto' });
    picture = new FieldPicture(frame as unknown as FrameView, () => ({ size: [800, 500], view: null, photoFit: 1,
      camera: (w, h) => pinhole(Array<number>(12).fill(0), w, h, 0.8) }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('leaves a picture that the new answer does not change', () => {
    app.set({ layer: 'rgb' });
    take(answer(1, 'first'));
    complete(500);
    take(answer(2, 'vote'));
    app.set({ selected: 1 });
    take(answer(3, 'field'));
    expect(requests).toHaveLength(1);
  });

  it('shows the first answer coarsely, the better ones over it', () => {
    take(answer(1, 'first'), 'working');
    take(answer(2, 'vote'), 'working');
    expect(requests.map((one) => one.isBetter)).toEqual([false, true]);
  });

  it('finishes a picture of an answer that grows before it asks for the next', () => {
    take(answer(1, 'vote'), 'working');
    take(answer(2, 'field'), 'working');
    expect(requests.map((one) => one.answer)).toEqual([1]);
    complete(2000);
    expect(requests.map((one) => one.answer)).toEqual([1]);
    take(answer(3, 'field'), 'working');
    vi.advanceTimersByTime(5000);
    expect(requests.map((one) => one.answer)).toEqual([1, 3]);
    take(answer(4, 'field'), 'answered'); // the last one does not wait
    expect(requests.map((one) => one.answer)).toEqual([1, 3, 4]);
  });

  it('has a small picture every few seconds while the field trains, and a whole one when it pauses', () => {
    app.set({ layer: 'rgb' });
    take(answer(0, 'none'), 'answered', 'training');
    complete(1000);
    vi.advanceTimersByTime(1500);
    expect(requests).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(requests).toHaveLength(2);
    expect(requests.map(pixelsOf).every((pixels) => pixels < 15500)).toBe(true);
    // Who looks from elsewhere does not wait, and the pause begins again.
    complete(500);
    picture.drop();
    take(answer(0, 'none'), 'answered', 'training');
    expect(requests).toHaveLength(3);
    expect(pixelsOf(requests[2]!)).toBeGreaterThan(29000);
    vi.advanceTimersByTime(2500);
    expect(requests).toHaveLength(3); // it is still being drawn
    complete(3000);
    vi.advanceTimersByTime(5000);
    expect(requests).toHaveLength(3);
    vi.advanceTimersByTime(2000);
    expect(requests).toHaveLength(4);
    take(answer(0, 'none'), 'answered', 'paused');
    expect(pixelsOf(requests[4]!)).toBe(800 * 500);
    expect(requests[4]!.isBetter).toBe(true);
  });

  it('asks for nothing while nobody looks', () => {
    vi.stubGlobal('document', { hidden: true });
    take(answer(1, 'field'));
    expect(requests).toHaveLength(0);
  });

  it('says that others have all turns, and tries again', () => {
    app.set({ toasts: [] });
    take(answer(1, 'field'));
    running = false;
    frame.onError(new ApiError(503, 'too many pictures are being drawn'));
    expect(app.get().toasts.map(({ kind, text }) => [kind, text])).toEqual([['warning', 'too many pictures are being drawn']]);
    vi.advanceTimersByTime(2000);
    expect(requests).toHaveLength(2);
  });

  it('draws with all pixels of a fine screen once that does not take long', () => {
    vi.stubGlobal('devicePixelRatio', 2);
    take(answer(1, 'field'));
    complete(1000);
    complete(4000);
    expect(requests.map(({ camera, isBetter: better }) => [(JSON.parse(String(camera)) as { w: number }).w, better]))
      .toEqual([[800, false], [1600, true]]);
    picture.drop();
    take(answer(1, 'field'));
    complete(3500);
    expect(requests).toHaveLength(3);
  });
});
