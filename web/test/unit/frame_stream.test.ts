import { expect, it } from 'vitest';
import { RecordReader } from '../../src/stage/frame_stream';

function record(x: number, y: number, width: number, height: number, bytes: number[]): number[] {
  const head = new DataView(new ArrayBuffer(12));
  [x, y, width, height].forEach((value, i) => head.setUint16(2 * i, value, true));
  head.setUint32(8, bytes.length, true);
  return [...new Uint8Array(head.buffer), ...bytes];
}

const stream = Uint8Array.from([
  ...record(0, 0, 640, 360, [1, 2, 3]), ...record(256, 128, 128, 64, []), ...record(0, 0, 0, 0, []),
]);

it('reads records however the stream was divided', () => {
  for (let size = 1; size <= stream.length; ++size) {
    const reader = new RecordReader();
    const records = [];
    for (let at = 0; at < stream.length; at += size) records.push(...reader.push(stream.slice(at, at + size)));
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ x: 0, y: 0, width: 640, height: 360 });
    expect([...records[0]!.bytes]).toEqual([1, 2, 3]);
    expect(records[1]).toMatchObject({ x: 256, y: 128, width: 128, height: 64 });
    expect(reader.done).toBe(true);
  }
});

it('knows a picture that was canceled', () => {
  const reader = new RecordReader();
  reader.push(stream.slice(0, stream.length - 12));
  expect(reader.done).toBe(false);
});

it('refuses a record that cannot be', () => {
  const reader = new RecordReader();
  expect(() => reader.push(Uint8Array.from([0, 0, 0, 0, 1, 0, 1, 0, 255, 255, 255, 255]))).toThrow('damaged');
});
