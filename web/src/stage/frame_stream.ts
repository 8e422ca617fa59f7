// A rendering as the server sends it: records of encoded pictures, each to be stretched over a part of the frame, coarse
// first.
export interface FrameRecord {
  x: number;
  y: number;
  width: number;
  height: number;
  bytes: Uint8Array;
}

const kHeader = 12;
const kMaxRecord = 64 << 20;

// Cuts a stream of bytes, however it was divided, into records.
export class RecordReader {
  private pending = new Uint8Array();
  done = false;

  push(chunk: Uint8Array): FrameRecord[] {
    const joined = new Uint8Array(this.pending.length + chunk.length);
    joined.set(this.pending);
    joined.set(chunk, this.pending.length);
    const view = new DataView(joined.buffer);
    const records: FrameRecord[] = [];
    let at = 0;
    while (!this.done && joined.length - at >= kHeader) {
      const [x, y, width, height] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true)) as
        [number, number, number, number];
      const size = view.getUint32(at + 8, true);
      if (size > kMaxRecord) throw new Error('The frame is damaged');
      if (width === 0) {
        this.done = true;
        break;
      }
      if (joined.length - at - kHeader < size) break;
      records.push({ x, y, width, height, bytes: joined.slice(at + kHeader, at + kHeader + size) });
      at += kHeader + size;
    }
    this.pending = joined.slice(at);
    return records;
  }
}

// Calls back for every record in order, each decoded. True when the picture is complete, false when it was canceled.
export async function readFrame(body: ReadableStream<Uint8Array>,
  onRecord: (record: FrameRecord, picture: ImageBitmap) => void): Promise<boolean> {
  const records = new RecordReader();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return records.done;
    const fresh = records.push(value);
    const pictures = await Promise.all(fresh.map((record) =>
      createImageBitmap(new Blob([record.bytes as Uint8Array<ArrayBuffer>]))));
    pictures.forEach((picture, i) => {
      onRecord(fresh[i]!, picture);
      picture.close();
    });
  }
}
