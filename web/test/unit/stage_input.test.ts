import { beforeEach, expect, it, vi } from 'vitest';
import { app } from '../../src/app';
import type { State, View, Xy } from '../../src/protocol';
import type { Press } from '../../src/stage/gestures';
import type { Mark } from '../../src/stage/marks';
import { PhotoFrame } from '../../src/stage/photo_frame';
import type { Stage } from '../../src/stage/stage';
import { StageInput } from '../../src/stage/stage_input';

const view = { idx: 0, split: 'train', width: 400, height: 300, camera: {} } as View;
const mark = { prompt: { id: 4, kind: 'click' }, object: { id: 1 }, at: [300, 200], to: null } as unknown as Mark;

function press(at: Xy, more: Partial<Press> = {}): Press {
  return { at, secondary: false, middle: false, alt: false, shift: false, touch: false, ...more };
}

// A photo of 400 x 300 on a stage of 800 x 600.
function inPhoto(): { input: StageInput; layout: PhotoFrame; turned: Xy[] } {
  const layout = new PhotoFrame();
  layout.setSizes([800, 600], [400, 300]);
  const turned: Xy[] = [];
  const stage = { layout, size: [800, 600], view: () => (app.get().photo === null ? null : view), freeCamera: () => ({}),
    markScene: () => ({ marks: [mark], cameras: [] }), place: () => undefined, touch: () => undefined, element: { dataset: {} },
    navigation: { turn: (x: number, y: number) => turned.push([x, y]) } };
  return { input: new StageInput(stage as unknown as Stage), layout, turned };
}

function drag(input: StageInput, from: Xy, ...to: Xy[]): void {
  input.dragStart(press(from));
  let last = from;
  for (const at of to) {
    input.drag(at, [at[0] - last[0], at[1] - last[1]]);
    last = at;
  }
  input.dragEnd(last);
}

beforeEach(() => {
  vi.stubGlobal('window', { clearTimeout: () => undefined, setTimeout: () => 0 });
  const state = { phase: 'trained', objects: [], answer: { kind: 'none' }, waiting: '' } as unknown as State;
  app.set({ connection: 'live', state, views: [view], photo: 0, tool: 'point', badge: null });
});

it('takes a trembling hand in a photo for a click', () => {
  const { input } = inPhoto();
  expect([input.slack(press([100, 100])), input.slack(press([100, 100], { touch: true }))]).toEqual([8, 12]);
  expect(input.slack(press([100, 100], { secondary: true }))).toBe(8);
  app.set({ photo: null });
  expect([input.slack(press([100, 100])), input.slack(press([100, 100], { touch: true }))]).toEqual([4, 8]);
});

it('moves a mark and draws a box without waiting', () => {
  const { input } = inPhoto();
  expect(input.slack(press([302, 200]))).toBe(4);
  app.set({ tool: 'box' });
  expect(input.slack(press([100, 100]))).toBe(4);
});

it('leaves a photo by a long drag alone, and says so before', () => {
  const { input, turned } = inPhoto();
  input.dragStart(press([100, 100]));
  input.drag([120, 100], [20, 0]);
  expect(app.get()).toMatchObject({ photo: 0, badge: { at: [120, 100], text: 'drag on to leave the photo' } });
  input.dragEnd([120, 100]);
  expect(app.get()).toMatchObject({ photo: 0, badge: null });
  drag(input, [100, 100], [130, 100], [160, 100], [170, 100]);
  expect(app.get()).toMatchObject({ photo: null, badge: null });
  expect(turned).toHaveLength(1); // from where it left
});

it('moves a photo that is enlarged', () => {
  const { input, layout, turned } = inPhoto();
  layout.zoom([400, 300], 2);
  const before = layout.origin;
  drag(input, [100, 100], [200, 100]);
  expect(layout.origin[0] - before[0]).toBeCloseTo(100);
  expect(app.get().photo).toBe(0);
  expect(turned).toEqual([]);
});

it('stays with the photos while there is nothing else', () => {
  const { input } = inPhoto();
  app.set({ state: { ...app.get().state!, phase: 'photos' } });
  drag(input, [100, 100], [300, 100]);
  expect(app.get().photo).toBe(0);
});
