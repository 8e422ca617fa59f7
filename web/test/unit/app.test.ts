import { describe, expect, it } from 'vitest';
import { app, effectiveLayer, fieldLayer, type App } from '../../src/app';
import { hintOf } from '../../src/panels/stage_overlay';
import type { State, View } from '../../src/protocol';

const views = [{ idx: 0, split: 'train' }, { idx: 1, split: 'test' }] as View[];

function page(patch: Partial<App>, state: Partial<State> = {}): App {
  const some = { phase: 'trained', waiting: '', objects: [{ id: 1, label: 1 }], answer: { kind: 'field' }, ...state };
  return { ...app.get(), connection: 'live', views, state: some as State, ...patch };
}

describe('layers', () => {
  it('show masks over photos, and the answer in free and held-out views', () => {
    expect(effectiveLayer(page({ photo: 0 }))).toBe('sam');
    expect(effectiveLayer(page({ photo: 1 }))).toBe('overlay');
    expect(effectiveLayer(page({ photo: null }))).toBe('overlay');
    expect(effectiveLayer(page({ photo: null }, { answer: { kind: 'none' } as never }))).toBe('rgb');
    expect(effectiveLayer(page({ photo: null, layer: 'sam' }))).toBe('overlay');
  });

  it('ask the field for nothing where the photo alone is seen', () => {
    expect(fieldLayer(page({ photo: 0 }))).toBeNull();
    expect(fieldLayer(page({ photo: 0, photoShare: 0.5 }))).toBe('rgb');
    expect(fieldLayer(page({ photo: null }, { phase: 'photos' }))).toBeNull();
  });

  it('of an object wait for it to be in the answer', () => {
    expect(fieldLayer(page({ layer: 'cutout', selected: 1 }))).toBe('cutout');
    expect(fieldLayer(page({ layer: 'cutout', selected: 0 }))).toBe('cutout');
    expect(fieldLayer(page({ layer: 'cutout', selected: 1 }, { objects: [{ id: 1, label: null }] as never }))).toBe('rgb');
  });
});

describe('hints', () => {
  it('say what to do next, and nothing when it is clear', () => {
    expect(hintOf(page({ photo: 0 }, { objects: [] }))).toContain('Click a thing');
    expect(hintOf(page({ photo: 0 }, { phase: 'photos', objects: [] }))).toContain('Start the training');
    expect(hintOf(page({ photo: 0 }, { objects: [], waiting: 'a photo is encoded' }))).toBe('a photo is encoded');
    expect(hintOf(page({ photo: 0, tool: 'box' }))).toContain('Drag a box');
    expect(hintOf(page({ photo: 0 }))).toBe('');
    expect(hintOf(page({ photo: 0, connection: 'lost' }))).toBe('');
  });
});
