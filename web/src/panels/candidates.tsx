// SAM's candidates for the place under the cursor, or of the last click: a thumbnail each, keys 1 to 4.
import { useEffect, useRef } from 'preact/hooks';
import { chooseCandidate } from '../actions';
import { app, selectedObject } from '../app';
import { bitmapAt, photoAddress } from '../pictures';
import type { Candidate } from '../protocol';
import { pngBitmap, tinted } from '../stage/tint';
import { percent } from '../widgets';

// The part of the photo around the mask, a square of it.
export function cropAround(mask: { data: Uint8ClampedArray; width: number; height: number }): [number, number, number] {
  const { data, width, height } = mask;
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      if (data[4 * (y * width + x)]! <= 127) continue;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x + 1);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y + 1);
    }
  }
  if (x1 <= x0) return [0, 0, Math.min(width, height)];
  const side = Math.min(Math.max(width, height), 1.35 * Math.max(x1 - x0, y1 - y0, 16));
  return [(x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side];
}

async function drawThumbnail(canvas: HTMLCanvasElement, view: number, candidate: Candidate, color: string): Promise<void> {
  const mask = await pngBitmap(candidate.png);
  const photo = await bitmapAt(photoAddress(view, 640));
  const side = canvas.width;
  const probe = document.createElement('canvas');
  probe.width = mask.width;
  probe.height = mask.height;
  const probing = probe.getContext('2d', { willReadFrequently: true })!;
  probing.drawImage(mask, 0, 0);
  const [x, y, size] = cropAround(probing.getImageData(0, 0, probe.width, probe.height));
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, side, side);
  if (photo) {
    const s = photo.width / mask.width;
    context.drawImage(photo, x * s, y * s, size * s, size * s, 0, 0, side, side);
  }
  context.drawImage(tinted(mask, { color, fill: 0.45 }), x, y, size, size, 0, 0, side, side);
}

interface ThumbnailProps {
  view: number;
  candidate: Candidate;
  position: number;
  chosen: boolean;
  color: string;
}

function Thumbnail({ view, candidate, position, chosen, color }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) void drawThumbnail(canvas.current, view, candidate, color);
  }, [candidate, color]);
  return (
    <button type="button" class="candidate" aria-pressed={chosen} onClick={() => void chooseCandidate(position)}
      title={`Candidate ${position + 1}, SAM’s score ${percent(candidate.score)} (key ${position + 1})`}>
      <canvas ref={canvas} width={112} height={112} aria-hidden="true" />
      <span><kbd>{position + 1}</kbd> {percent(candidate.score)}</span>
    </button>
  );
}

export function Candidates() {
  const hover = app.use((value) => value.hover);
  const photo = app.use((value) => value.photo);
  const color = app.use((value) => selectedObject(value)?.color ?? '#ffffff');
  if (hover?.view !== photo || hover.masks.candidates.length < 2) return null;
  const chosen = hover.chosen ?? hover.masks.best;
  return (
    <div class="candidates" role="group" aria-label="SAM’s candidates">
      {hover.masks.candidates.slice(0, 4).map((candidate, i) => (
        <Thumbnail key={i} view={hover.view} candidate={candidate} position={i} chosen={i === chosen} color={color} />
      ))}
    </div>
  );
}
