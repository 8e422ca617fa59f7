import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../src/events';
import { inkOn, luminance, parseColor } from '../../src/colors';
import { keyName, kKeys } from '../../src/keys';
import { ApiError } from '../../src/api';
import { secondsToEncode } from '../../src/panels/everything_dialog';
import { defaultsOf, parseOption } from '../../src/panels/export_dialog';
import { statusOf } from '../../src/panels/objects_panel';
import { arrowTo } from '../../src/panels/strip';
import { trainedFacts, trainingFacts } from '../../src/panels/training_panel';
import type { ExportOption, SceneObject, StripView, Training, Xy } from '../../src/protocol';
import { Gestures, type GestureTarget } from '../../src/stage/gestures';
import { waitingText } from '../../src/stage/hover';
import { Store } from '../../src/store';
import { ordered, verdict } from '../../src/strip_order';
import { bytes, curvePoints, duration } from '../../src/widgets';

describe('Store', () => {
  it('tells those who watch what has changed, and nobody else', () => {
    const store = new Store({ a: 1, b: 2 });
    const seen: number[] = [];
    const stop = store.watch((value) => value.a, (a) => seen.push(a));
    store.set({ b: 3 });
    store.set({ a: 1 });
    store.set({ a: 5 });
    stop();
    store.set({ a: 6 });
    expect(seen).toEqual([5]);
    expect(store.get()).toEqual({ a: 6, b: 3 });
  });
});

describe('keys', () => {
  const name = (key: string, more = {}): string => keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

  it('have names that do not depend on what Shift makes of them', () => {
    expect(name('z', { ctrlKey: true })).toBe('Ctrl+Z');
    expect(name('Z', { metaKey: true, shiftKey: true })).toBe('Ctrl+Shift+Z');
    expect(name('?', { shiftKey: true })).toBe('?');
    expect(name('{', { shiftKey: true })).toBe('{');
    expect(name('ArrowUp', { shiftKey: true })).toBe('Shift+ArrowUp');
  });

  it('mean one thing each', () => {
    const all = kKeys.flatMap((key) => key.keys);
    expect(new Set(all).size).toBe(all.length);
    expect(kKeys.every((key) => key.keys.length === 0 || key.run !== undefined)).toBe(true);
  });
});

const view = (idx: number, more: Partial<StripView> = {}): StripView => ({ idx, used: true, outcome: 'used', reason: '',
  score: 0.9, agreement: 0.95, candidate: 0, choice: 'auto', points: [], ...more });

describe('strip', () => {
  it('has the least agreement first and views without a mask last', () => {
    const views = [view(0), view(1, { agreement: 0.7 }), view(2, { used: false, agreement: null }), view(3, { agreement: 0.99 })];
    expect(ordered(views, 'disagreement').map(({ idx }) => idx)).toEqual([1, 0, 3, 2]);
    expect(ordered(views, 'views').map(({ idx }) => idx)).toEqual([0, 1, 2, 3]);
  });

  it('says why a view is not used', () => {
    expect(verdict(view(0, { used: false, outcome: 'hidden', reason: 'the prompt is hidden here' }))).toBe('the prompt is hidden here');
    expect(verdict(view(0, { used: false, choice: 'never' }))).toBe('dropped by you');
    expect(verdict(view(0, { choice: 'always' }))).toBe('kept by you');
  });
});

describe('export options', () => {
  const size: ExportOption = { name: 'longest_side', type: 'int', min: 16, max: 16384, default: 800, help: '' };

  it('are numbers within their range', () => {
    expect(parseOption(size, '1024')).toBe(1024);
    for (const text of ['', 'x', '8', '20000', '12.5']) expect(parseOption(size, text)).toBeNull();
    expect(parseOption({ name: 'name', type: 'text', default: 'a' }, '')).toBe('');
  });

  it('begin with their defaults', () => {
    expect(defaultsOf({ format: 'f', title: '', help: '', per_object: false, options: [size] })).toEqual({ longest_side: 800 });
  });
});

it('writes numbers as people do', () => {
  expect([bytes(512), bytes(120034), bytes(5.2e6)]).toEqual(['512 B', '120 kB', '5.2 MB']);
  expect([duration(0.58), duration(41), duration(125)]).toEqual(['0.6 s', '41 s', '2 min 5 s']);
});

it('draws curves into their box', () => {
  expect(curvePoints([[0, 10], [10, 20]], 200, 40, 1)).toEqual([[0, 40], [200, 0]]);
  expect(curvePoints([[5, 0.97]], 200, 40, 0.02)).toEqual([[200, 0]]);
  expect(curvePoints([], 200, 40, 1)).toEqual([]);
});

it('tries again soon, then without haste', () => {
  expect(retryDelay(0)).toBeLessThan(500);
  expect(retryDelay(50)).toBeLessThanOrEqual(4000);
});

it('reads colors and finds ink for them', () => {
  expect(parseColor('#e8590c')).toEqual([232, 89, 12]);
  expect(luminance([255, 255, 255])).toBeCloseTo(1);
  expect([inkOn('#ffd43b'), inkOn('#1b1d6e')]).toEqual(['#000000', '#ffffff']);
});

it('says what is wrong with an object instead of what its state is called', () => {
  const object = { status: 'stale' } as SceneObject;
  expect(statusOf(object).text).toBe('stale');
  expect(statusOf({ ...object, problem: 'none of 8 views gives a mask' })).toEqual({ text: 'no answer',
    help: 'none of 8 views gives a mask' });
});

it('says how long the cursor waits for its view', () => {
  const error = new ApiError(409, 'the view is not encoded yet', '', '', { done: 3, total: 60 });
  expect(waitingText(error, 2.7)).toBe('encoding this view, 2.7 s');
  expect(waitingText(error, null)).toBe('encoding this view');
  expect(waitingText(new ApiError(409, 'there is no field yet'), 2.7)).toBe('there is no field yet');
});

it('says how fast the training is, and how good the field is in the end', () => {
  const training: Training = { step: 900, iters: 3500, preset: '', psnr: 28.1, held_out_psnr: null, seconds: 45, eta: 130, curve: [] };
  expect(trainingFacts(training)).toContain('20 a second');
  expect(trainingFacts({ ...training, step: 0, seconds: 0 })).not.toContain('second');
  expect(trainedFacts({ ...training, step: 3500, held_out_psnr: 29.64 })).toBe('3,500 steps · held-out 29.6 dB');
});

it('estimates what must be encoded before everything is found', () => {
  const page = (encoding: unknown) => ({ state: { encoding } }) as never;
  expect(secondsToEncode(page(null))).toBe(0);
  expect(secondsToEncode(page({ done: 10, total: 30, seconds_per_view: 2 }))).toBe(40);
  expect(secondsToEncode(page({ done: 10, total: 30, seconds_per_view: null }))).toBeNull();
});

it('points from the border of a card at a prompt beyond it', () => {
  const [tip, left, right] = arrowTo([300, 40], [100, 80], 8) as [Xy, Xy, Xy];
  expect(tip).toEqual([98, 40]);
  expect([left[0], right[0]]).toEqual([90, 90]);
  expect(left[1] - right[1]).toBeCloseTo(8);
});

it('takes a trembling finger for a tap where a mouse would drag', () => {
  const done: string[] = [];
  const calls = new Map<string, (event: unknown) => void>();
  const element = { addEventListener: (name: string, call: (event: unknown) => void) => calls.set(name, call),
    getBoundingClientRect: () => ({ left: 0, top: 0 }), setPointerCapture: () => undefined };
  const target = { tap: () => done.push('tap'), dragStart: () => done.push('drag'), drag: () => undefined, dragEnd: () => undefined };
  new Gestures(element as unknown as HTMLElement, target as unknown as GestureTarget);
  for (const pointerType of ['touch', 'mouse']) {
    const event = (x: number) => ({ pointerId: 1, pointerType, button: 0, clientX: x, clientY: 0 });
    calls.get('pointerdown')!(event(100));
    calls.get('pointermove')!(event(106));
    calls.get('pointerup')!(event(106));
  }
  expect(done).toEqual(['tap', 'drag']);
});
