import { describe, expect, it, vi } from 'vitest';
import { app } from '../../src/app';
import { arrived } from '../../src/edits';
import { answerText, describePrompt } from '../../src/panels/objects_panel';
import { cropAround } from '../../src/panels/candidates';
import type { Answer, Edit, Prompt, State, View } from '../../src/protocol';
import { hitMark, isMovable, marksOf, type Mark } from '../../src/stage/marks';
import { PhotoFrame } from '../../src/stage/photo_frame';
import { boxBetween, movedBox, photoPixel, PromptDrag, tapPhoto } from '../../src/stage/prompting';
import { tintPixels } from '../../src/stage/tint';

const view: View = {
  idx: 0, name: 'train/000.png', split: 'train', width: 400, height: 300, truth: false,
  camera: { w: 400, h: 300, fx: 500, fy: 500, cx: 200, cy: 150, k: [0, 0, 0, 0, 0, 0], fisheye: false,
    pose: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 5] },
};

describe('PhotoFrame', () => {
  it('fits, and takes positions there and back', () => {
    const frame = new PhotoFrame();
    frame.setSizes([1000, 600], [400, 300]);
    expect(frame.scale).toBe(2);
    expect(frame.origin).toEqual([100, 0]);
    expect(frame.toPhoto([100, 0])).toEqual([0, 0]);
    expect(frame.toStage([400, 300])).toEqual([900, 600]);
  });

  it('zooms about the cursor and stays within the photo', () => {
    const frame = new PhotoFrame();
    frame.setSizes([1000, 600], [400, 300]);
    const before = frame.toPhoto([500, 200]);
    frame.zoom([500, 200], 3);
    const after = frame.toPhoto([500, 200]);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
    frame.pan([1e6, 1e6]);
    expect(frame.toPhoto([0, 0])[0]).toBeGreaterThanOrEqual(-1e-6);
    frame.zoom([0, 0], 0.01);
    expect(frame.scale).toBe(2);
  });
});

describe('pixels', () => {
  it('are centers at integers, inside of the photo', () => {
    expect(photoPixel(view, [310.5, 220.5])).toEqual([310, 220]);
    expect(photoPixel(view, [-20, 900])).toEqual([0, 299]);
  });

  it('make boxes in any direction', () => {
    expect(boxBetween(view, [50.5, 60.5], [10.5, 20.5])).toEqual([10, 20, 50, 60]);
  });

  it('move a corner of a box and leave the opposite one', () => {
    expect(movedBox(view, [10, 20, 50, 60], 0, [5.5, 6.5])).toEqual([5, 6, 50, 60]);
    expect(movedBox(view, [10, 20, 50, 60], 2, [90.5, 80.5])).toEqual([10, 20, 90, 80]);
    expect(movedBox(view, [10, 20, 50, 60], 1, [90.5, 6.5])).toEqual([10, 6, 90, 60]);
    expect(movedBox(view, [10, 20, 50, 60], 3, [5.5, 80.5])).toEqual([5, 20, 50, 80]);
  });
});

function stateWith(prompts: Prompt[], more: Partial<State> = {}): State {
  const object = { id: 1, name: 'mug', prompts, dropped: [], kept: [] };
  return { revision: prompts.length, history: { undo: null, redo: null }, objects: [object], ...more } as unknown as State;
}

const click: Prompt = { id: 4, kind: 'click', view: 0, xy: [310, 220], label: 1, p: [0, 0, 0] };

describe('an edit whose answer was lost', () => {
  it('is found by what it has added', () => {
    const edit: Edit = { op: 'add_click', object: 1, view: 0, xy: [310, 220], label: 1 };
    expect(arrived(edit, stateWith([]), stateWith([click]))).toEqual({ revision: 1, object: 1, prompt: 4 });
    expect(arrived(edit, stateWith([click]), stateWith([click]))).toBeNull();
    expect(arrived({ ...edit, xy: [10, 20] }, stateWith([]), stateWith([click]))).toBeNull();
  });

  it('is found by what is gone', () => {
    expect(arrived({ op: 'remove_prompt', prompt: 4 }, stateWith([click]), stateWith([]))).not.toBeNull();
    expect(arrived({ op: 'remove_prompt', prompt: 4 }, stateWith([click]), stateWith([click]))).toBeNull();
  });

  it('was no undo where only numbers have changed meanwhile', () => {
    const before = stateWith([click]);
    expect(arrived({ op: 'undo' }, before, stateWith([{ ...click, p: [1, 2, 3] }], { revision: 99 }))).toBeNull();
    expect(arrived({ op: 'undo' }, before, stateWith([], { history: { undo: null, redo: 'add click' } }))).not.toBeNull();
  });
});

it('does not count steps that nobody knows', () => {
  const answer = { revision: 1, kind: 'field', views: 8, steps: 0, agreement: [], seconds: 0 } as Answer;
  expect(answerText(answer)).toBe('Object field, 8 views');
  expect(answerText({ ...answer, steps: 300 })).toBe('Object field, 300 steps, 8 views');
});

it('marks prompts in their photo, and in space where they are', () => {
  const object = { id: 1, color: '#ff0000', prompts: [click] } as never;
  const [mark] = marksOf([object], 0, (px) => px, view.camera);
  expect(mark!.at).toEqual([310.5, 220.5]);
  expect(marksOf([object], 1, (px) => px, view.camera)).toHaveLength(0);
  expect(marksOf([object], null, (px) => px, view.camera)[0]!.at).toEqual([200, 150]);
});

it('takes the nearest mark, and a box by its corners', () => {
  const marks = [
    { prompt: click, at: [100, 100], to: null },
    { prompt: { ...click, id: 5 }, at: [108, 100], to: null },
    { prompt: { id: 6, kind: 'box', view: 0, xyxy: [0, 0, 1, 1] }, at: [200, 200], to: [300, 260] },
  ] as unknown as Mark[];
  expect(hitMark(marks, [106, 100], false)?.mark.prompt.id).toBe(5);
  expect(hitMark(marks, [301, 199], false)).toMatchObject({ corner: 1 });
  expect(hitMark(marks, [250, 230], false)).toBeNull();
});

describe('a point in space', () => {
  const mark = { prompt: { id: 9, kind: 'point', p: [0, 0, 0], label: 1 }, at: [100, 100], to: null } as unknown as Mark;

  it('is moved in any picture, a click in its photo', () => {
    expect([isMovable(mark, null), isMovable(mark, 0)]).toEqual([true, true]);
    expect([isMovable({ ...mark, prompt: click }, null), isMovable({ ...mark, prompt: click }, 0)]).toEqual([false, true]);
  });

  it('goes to what the free camera sees where it is dropped', async () => {
    const sent: unknown[] = [];
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      sent.push(JSON.parse(init.body as string));
      return Promise.resolve(new Response(JSON.stringify({ revision: 2, object: 0, prompt: 9 })));
    });
    app.set({ connection: 'live', state: stateWith([]) });
    const { camera } = view;
    const drag = new PromptDrag({ view: null, frame: new PhotoFrame(), camera }, [100, 100], { mark, corner: -1 });
    drag.move([120.5, 130.5]);
    expect(drag.marker).toEqual({ prompt: 9, at: [120.5, 130.5] });
    await drag.finish();
    vi.unstubAllGlobals();
    expect(sent).toEqual([{ op: 'move_prompt', prompt: 9, camera, xy: [120, 130] }]);
  });
});

it('asks for the candidates of a click after its first mask', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(/api\/(\w+)/.exec(url)![1]!);
    const hover = { seconds: 0, candidates: [], best: 0 };
    return Promise.resolve(new Response(JSON.stringify(url.includes('hover') ? hover : { revision: 2, object: 1, prompt: 4 })));
  });
  const state = stateWith([], { waiting: '', answer: { revision: 3 } as never });
  app.set({ connection: 'live', state, views: [view], photo: 0, hover: null });
  const press = { at: [0, 0], secondary: false, middle: false, alt: false, shift: false, touch: true };
  const tapped = tapPhoto(view, [310.5, 220.5], press as never);
  await vi.waitFor(() => expect(app.get().prompt).toBe(4));
  expect(asked).toEqual(['edit']);
  app.set({ state: { ...state, answer: { ...state.answer, revision: 4 } } });
  await tapped;
  vi.unstubAllGlobals();
  expect(asked).toEqual(['edit', 'hover']);
  expect(app.get().hover).toMatchObject({ prompt: 4, clicked: true });
});

it('says where a prompt is and how deep', () => {
  expect(describePrompt(click, [view])).toEqual({ what: 'Include', where: 'train/000 · 310, 220 · depth\u00a05.00' });
  expect(describePrompt({ id: 6, kind: 'box', view: 0, xyxy: [10, 20, 50, 60] }, [view]).where).toContain('40 × 40');
});

function grayImage(rows: string[]): { data: Uint8ClampedArray; width: number; height: number } {
  const data = new Uint8ClampedArray(rows.join('').split('').flatMap((letter) => {
    const value = letter === '#' ? 255 : 0;
    return [value, value, value, 255];
  }));
  return { data, width: rows[0]!.length, height: rows.length };
}

it('veils the inside and draws the outline', () => {
  const image = grayImage(['.....', '.###.', '.###.', '.###.', '.....']);
  tintPixels(image, { color: '#102030', fill: 0.4 });
  const pixel = (x: number, y: number): number[] => [...image.data.slice(4 * (5 * y + x), 4 * (5 * y + x) + 4)];
  expect(pixel(2, 2)).toEqual([16, 32, 48, 102]);
  expect(pixel(1, 2)[3]).toBe(255);
  expect(pixel(0, 0)[3]).toBe(0);
});

it('crops a thumbnail around the mask', () => {
  const rows = Array.from({ length: 40 }, (_, y) => (y < 20 ? '.'.repeat(60) : `${'.'.repeat(40)}${'#'.repeat(20)}`));
  const [x, y, side] = cropAround(grayImage(rows));
  expect(side).toBeCloseTo(27);
  expect(x + side / 2).toBeCloseTo(50);
  expect(y + side / 2).toBeCloseTo(30);
});
