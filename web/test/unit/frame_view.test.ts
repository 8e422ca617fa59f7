import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FrameView } from '../../src/stage/frame_view';

// Canvases that remember which pictures were drawn on them since they were made empty.
class Canvas {
  className = '';
  dataset = {};
  classList = { add: () => undefined, remove: () => undefined };
  drawn: string[] = [];
  private size = [0, 0];
  get width(): number {
    return this.size[0]!;
  }
  set width(width: number) {
    this.size[0] = width;
    this.drawn = [];
  }
  get height(): number {
    return this.size[1]!;
  }
  set height(height: number) {
    this.size[1] = height;
    this.drawn = [];
  }
  append(): void {
    // Which one is in front is FrameView's to know.
  }
  animate(): void {
    // Nobody looks.
  }
  getContext(): unknown {
    return { clearRect: () => undefined, drawImage: (what: { name?: string }) => this.drawn.push(what.name ?? 'the one before') };
  }
}

const made: Canvas[] = [];

// A record whose bytes say how the picture is called and how wide it is.
function record(x: number, width: number, name: string, pictureWidth: number): number[] {
  const head = new DataView(new ArrayBuffer(12));
  [x, 0, width, 100].forEach((value, i) => head.setUint16(2 * i, value, true));
  head.setUint32(8, 2, true);
  return [...new Uint8Array(head.buffer), name.charCodeAt(0), pictureWidth];
}
const kEnd = Array<number>(12).fill(0);
let answer: number[] = [];

beforeAll(() => {
  vi.stubGlobal('window', { setTimeout: () => 0, matchMedia: () => ({ matches: true }) });
  vi.stubGlobal('document', { createElement: () => {
    const canvas = new Canvas();
    made.push(canvas);
    return canvas;
  } });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(Uint8Array.from(answer))));
  vi.stubGlobal('createImageBitmap', async (blob: Blob) => {
    const [letter, width] = new Uint8Array(await blob.arrayBuffer());
    return { name: String.fromCharCode(letter!), width, height: 100, close: () => undefined };
  });
});
afterAll(() => vi.unstubAllGlobals());

it('draws a better picture over the sharp one, without its coarse beginning', async () => {
  const view = new FrameView();
  const [, front, back] = made as [Canvas, Canvas, Canvas];
  answer = [...record(0, 200, 'c', 25), ...record(0, 100, 'l', 100), ...record(100, 100, 'r', 100), ...kEnd];
  await view.request({});
  const shown = front.drawn.length > 0 ? front : back;
  expect(shown.drawn).toEqual(['c', 'l', 'r']);
  answer = [...record(0, 200, 'C', 25), ...record(0, 100, 'L', 100), ...kEnd];
  await view.request({}, true);
  expect(shown.drawn).toEqual(['c', 'l', 'r', 'L']);
  // Of another thing it begins coarsely, behind.
  const other = shown === front ? back : front;
  await view.request({});
  expect(other.drawn).toEqual(['C', 'L']);
});

it('takes the sharp picture along where the better one is larger', async () => {
  made.length = 0;
  const view = new FrameView();
  const [, front, back] = made as [Canvas, Canvas, Canvas];
  answer = [...record(0, 100, 'a', 100), ...kEnd];
  await view.request({});
  const other = front.drawn.length > 0 ? back : front;
  answer = [...record(0, 200, 'C', 50), ...record(0, 200, 'B', 200), ...kEnd];
  await view.request({}, true);
  expect([other.width, other.drawn]).toEqual([200, ['the one before', 'B']]);
});
