import { describe, expect, it, vi } from 'vitest';
import { retryDelay } from '../../src/events';
import { inkOn, luminance, parseColor } from '../../src/colors';
import { keyName, kKeys } from '../../src/keys';
import { ApiError } from '../../src/api';
import { defaultsOf, parseOption } from '../../src/panels/export_dialog';
import { statusOf } from '../../src/panels/objects_panel';
import { arrowTo } from '../../src/panels/strip';
import { fieldFacts } from '../../src/panels/status_bar';
import { encodingFacts, trainedFacts, trainingFacts } from '../../src/panels/training_panel';
import type { ExportOption, SceneObject, State, StripView, Training, Work, Xy } from '../../src/protocol';
import { Gestures, type GestureTarget, type Press } from '../../src/stage/gestures';
import { waitingText } from '../../src/stage/hover';
import { Store } from '../../src/store';
import { ordered, shortVerdict, verdict } from '../../src/strip_order';
import { rememberedSeconds, rememberTraining } from '../../src/training_times';
import { findWaitsFor } from '../../src/waits';
import { bytes, curvePoints, duration, percent, timeLeft } from '../../src/widgets';

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
    expect(verdict(view(0, { used: false, outcome: 'not_encoded' }))).toBe('not encoded');
  });

  it('says so in two short lines', () => {
    const outcomes = ['not_selected', 'not_encoded', 'hidden', 'too_few', 'empty', 'tiny', 'missed', 'disagrees', 'outdated'];
    for (const outcome of outcomes) {
      const said = shortVerdict(view(0, { used: false, outcome, reason: 'no positive point is visible (1 outside)' }));
      expect(Math.max(...said.split(' ').map((word) => word.length)), said).toBeLessThan(10);
      expect(said.length, said).toBeLessThan(18);
    }
    expect(shortVerdict(view(0, { choice: 'always' }))).toBe('kept');
    expect(shortVerdict(view(0, { used: false, choice: 'never', reason: 'dropped by the user' }))).toBe('dropped');
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
  expect([0.58, 9.96, 41, 119.7, 125, 3599.6, 4000].map(duration)).toEqual(
    ['0.6 s', '10 s', '41 s', '2 min 0 s', '2 min 5 s', '1 h 0 min', '1 h 7 min']);
  expect([0.934, 0.9964, 0.9999, 1.021].map(percent)).toEqual(['93\u00a0%', '99.6\u00a0%', '100\u00a0%', '100\u00a0%']);
  expect(percent(null)).toBe('–');
  expect([130, 0.4, null].map((eta) => timeLeft({ eta }))).toEqual(['2 min 10 s left', '', '']);
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

describe('a training', () => {
  const plain = (text: string): string => text.replace(/\u00a0/g, ' ');
  const training: Training = { step: 900, iters: 3500, preset: 'fast', psnr: 28.1, held_out_psnr: null, seconds: 45, curve: [] };
  const work: Work = { id: 1, title: 'train', done: 903, total: 3500, unit: 'steps', seconds: 45, eta: 130, text: '' };
  const state = { phase: 'training', training, work: [work], machine: { device: 'CPU, 2 threads' } } as State;

  it('has one step and one remaining time: those of its task', () => {
    expect(plain(trainingFacts(training, work))).toBe('step 903 of 3,500 · 20 a second · PSNR 28.1 dB · 2 min 10 s left');
    expect(plain(trainingFacts(training, undefined))).toBe('step 900 of 3,500 · 20 a second · PSNR 28.1 dB');
    expect(trainingFacts({ ...training, step: 0, seconds: 0 }, undefined)).not.toContain('second');
    expect(plain(fieldFacts(state, 0.0051))).toBe('loss 0.0051 · PSNR 28.1 dB');
    expect(plain(fieldFacts({ ...state, phase: 'trained', work: [] }, 0.0051))).toBe('step 900 · PSNR 28.1 dB');
  });

  it('says how good the field is in the end', () => {
    expect(plain(trainedFacts({ ...training, step: 3500, held_out_psnr: 29.64 }))).toBe('3,500 steps · held-out 29.6 dB');
  });

  it('is remembered for the next one on this machine', () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value) });
    rememberTraining(state);
    rememberTraining({ ...state, training: { ...training, preset: '' } });
    expect(rememberedSeconds('fast', state)).toBe(45);
    expect(rememberedSeconds('default', state)).toBeUndefined();
    expect(rememberedSeconds('fast', { ...state, machine: { ...state.machine, device: 'CPU, 64 threads' } })).toBeUndefined();
    kept.set('sanerf-training-seconds', 'torn');
    expect(rememberedSeconds('fast', state)).toBeUndefined();
    vi.unstubAllGlobals();
  });

  it('and the encoding are what finding waits for', () => {
    const encoding = { done: 10, total: 30, seconds_per_view: 2 };
    const trained = { ...state, phase: 'trained', work: [], encoding } as State;
    expect(plain(findWaitsFor(state, 'words'))).toBe('when the radiance field is trained · 2 min 10 s left');
    expect(findWaitsFor(trained, 'words')).toBe('');
    expect(plain(findWaitsFor(trained, 'everything'))).toBe('when all photos are encoded: 10 of 30 · 40 s left');
    expect(findWaitsFor({ ...trained, encoding: { ...encoding, seconds_per_view: null } }, 'everything')).not.toContain('left');
    expect(findWaitsFor({ ...trained, encoding: null }, 'everything')).toBe('');
    const stopped = { model: 'sam', ...encoding, stopped: true } as const;
    expect(plain(findWaitsFor({ ...trained, encoding: stopped }, 'everything'))).toContain('10 of 30 · stopped');
    expect(encodingFacts(stopped)).toBe('encoded 10 of 30');
    expect(plain(encodingFacts({ model: 'sam', ...encoding }))).toBe('encoding 10 of 30 · 2.0 s each');
  });
});

it('points from the border of a card at a prompt beyond it', () => {
  const [tip, left, right] = arrowTo([300, 40], [100, 80], 8) as [Xy, Xy, Xy];
  expect(tip).toEqual([98, 40]);
  expect([left[0], right[0]]).toEqual([90, 90]);
  expect(left[1] - right[1]).toBeCloseTo(8);
});

it('asks how far a press may move and still be a tap', () => {
  const done: string[] = [];
  const calls = new Map<string, (event: unknown) => void>();
  const element = { addEventListener: (name: string, call: (event: unknown) => void) => calls.set(name, call),
    getBoundingClientRect: () => ({ left: 0, top: 0 }), setPointerCapture: () => undefined };
  const target = { slack: ({ touch }: Press) => (touch ? 8 : 4), tap: () => done.push('tap'),
    dragStart: () => done.push('drag'), drag: () => undefined, dragEnd: () => undefined };
  new Gestures(element as unknown as HTMLElement, target as unknown as GestureTarget);
  for (const pointerType of ['touch', 'mouse']) {
    const event = (x: number) => ({ pointerId: 1, pointerType, button: 0, clientX: x, clientY: 0 });
    calls.get('pointerdown')!(event(100));
    calls.get('pointermove')!(event(106));
    calls.get('pointerup')!(event(106));
  }
  expect(done).toEqual(['tap', 'drag']);
});
