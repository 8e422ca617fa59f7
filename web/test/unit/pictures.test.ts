import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bitmapAt } from '../../src/pictures';

let status = 200;
let side = 10;
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response('', { status }));
  });
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: side, height: side }));
});
afterEach(() => vi.unstubAllGlobals());

it('remembers that there is none, but not that the program did not say', async () => {
  status = 404;
  expect([await bitmapAt('none'), await bitmapAt('none')]).toEqual([null, null]);
  status = 503;
  expect(await bitmapAt('busy')).toBeNull();
  status = 200;
  expect(await bitmapAt('busy')).toMatchObject({ width: 10 });
  expect(asked).toEqual(['none', 'busy', 'busy']);
});

it('keeps as many pictures as memory allows, those used last', async () => {
  side = 4000;
  for (const url of ['a', 'b', 'a', 'c']) await bitmapAt(url);
  expect(asked).toEqual(['a', 'b', 'c']);
  await bitmapAt('a');
  expect(asked).toHaveLength(3);
  await bitmapAt('b');
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});
