// Gray masks as colored, outlined veils over a picture.
import { parseColor } from '../colors';

export interface TintStyle {
  color: string;
  fill: number; // opacity inside
  dashed?: boolean; // the outline alone, broken
}

// In place: what was gray becomes color and opacity; a pixel inside with a neighbor outside is the outline.
export function tintPixels(image: { data: Uint8ClampedArray; width: number; height: number }, style: TintStyle): void {
  const { data, width, height } = image;
  const [r, g, b] = parseColor(style.color);
  const inside = new Uint8Array(width * height);
  for (let i = 0; i < inside.length; ++i) inside[i] = data[4 * i]! > 127 && data[4 * i + 3]! > 127 ? 1 : 0;
  const thick = Math.max(1, Math.round(Math.max(width, height) / 500));
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const i = y * width + x;
      let edge = false;
      if (inside[i] === 1) {
        for (let t = 1; t <= thick && !edge; ++t) {
          edge = (x >= t && inside[i - t] === 0) || (x + t < width && inside[i + t] === 0) ||
            (y >= t && inside[i - t * width] === 0) || (y + t < height && inside[i + t * width] === 0);
        }
      }
      const gap = style.dashed === true && ((x + y) >> 3) % 2 === 0;
      data[4 * i] = r;
      data[4 * i + 1] = g;
      data[4 * i + 2] = b;
      data[4 * i + 3] = edge && !gap ? 255 : 255 * style.fill * inside[i]!;
    }
  }
}

export function tinted(mask: ImageBitmap | HTMLImageElement, style: TintStyle): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = mask.width;
  canvas.height = mask.height;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(mask, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  tintPixels(image, style);
  context.putImageData(image, 0, 0);
  return canvas;
}

export async function pngBitmap(base64: string): Promise<ImageBitmap> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: 'image/png' }));
}
