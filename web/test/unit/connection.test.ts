import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { cancelWork } from '../../src/actions';
import { app } from '../../src/app';
import { edit } from '../../src/edits';
import type { State } from '../../src/protocol';
import { beginSync } from '../../src/sync';

const state = { protocol: 1, server: 'a', revision: 1, history: { undo: null, redo: null }, objects: [], work: [],
  answer: { revision: 0, kind: 'none' } } as unknown as State;

// A browser's event streams: each opens when the test says so.
const streams: Stream[] = [];
class Stream {
  onopen = (): void => undefined;
  closed = false;
  say = new Map<string, (event: { data: string }) => void>();
  constructor() {
    streams.push(this);
  }
  addEventListener(name: string, call: (event: { data: string }) => void): void {
    this.say.set(name, call);
  }
  close(): void {
    this.closed = true;
  }
}

let failures = 0; // POSTs that are not answered from now on
let posts = 0;
let now = state; // what the server has

beforeAll(() => {
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    if (init.method !== 'POST') return Promise.resolve(new Response(JSON.stringify(now)));
    ++posts;
    if (failures > 0) {
      --failures;
      return Promise.reject(new TypeError('connection reset'));
    }
    return Promise.resolve(new Response(JSON.stringify({ revision: 2, object: 1, prompt: 0 })));
  });
  beginSync();
});

beforeEach(() => {
  app.set({ state, connection: 'live', toasts: [] });
  posts = 0;
});

it('sends an edit again at once when its connection was reset', async () => {
  failures = 1;
  const seen: string[] = [];
  const stop = app.watch((value) => value.connection, (connection) => seen.push(connection));
  expect(await edit({ op: 'add_object' })).toMatchObject({ object: 1 });
  stop();
  expect([posts, seen]).toEqual([2, []]);
});

it('asks for another event stream when edits are not answered, and goes on with it', async () => {
  failures = 2;
  const before = streams.length;
  const made = edit({ op: 'add_object' });
  await vi.waitFor(() => expect(streams.length).toBe(before + 1));
  expect(app.get().connection).toBe('lost');
  expect(streams[before - 1]!.closed).toBe(true);
  streams[before]!.onopen();
  expect(app.get().connection).toBe('live');
  expect(await made).toMatchObject({ object: 1 });
  expect(posts).toBe(3);
});

it('says when another request was not answered', async () => {
  failures = 1;
  expect(await cancelWork(7)).toBe(false);
  expect(app.get().toasts.map(({ kind }) => kind)).toEqual(['error']);
});

it('asks at once what a first answer has found', async () => {
  now = { ...state, revision: 9, answer: { ...state.answer, revision: 4, kind: 'first' }, title: 'with the mask' };
  streams[streams.length - 1]!.say.get('answer')!({ data: JSON.stringify(now.answer) });
  await vi.waitFor(() => expect(app.get().state?.title).toBe('with the mask'));
});
