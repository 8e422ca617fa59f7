// The point cloud without WebGL: a small software rasterizer with a depth buffer, for some ten thousand points.
import { forwardOf, positionOf, rightOf, upOf } from '../camera';
import type { Camera } from '../protocol';
import { dot } from '../vec';
import type { Cloud } from './cloud';
import type { DrawOptions, PointRenderer } from './points_gl';

const kMaxPoints = 60000;
const kMaxPixels = 400000;

export class CanvasPoints implements PointRenderer {
  readonly canvas = document.createElement('canvas');
  readonly name = 'canvas';
  private readonly context = this.canvas.getContext('2d')!;
  private cloud: Cloud | null = null;
  private rgba = new Uint32Array();
  private image = new ImageData(1, 1);
  private depths = new Float32Array(1);

  setCloud(cloud: Cloud, rgba: Uint8Array): void {
    this.cloud = cloud;
    this.rgba = new Uint32Array(rgba.buffer, rgba.byteOffset, cloud.count);
  }

  colorsChanged(): void {
    // Drawn from the array itself.
  }

  resize(width: number, height: number): void {
    const s = Math.min(1, Math.sqrt(kMaxPixels / (width * height)));
    this.canvas.width = Math.max(1, Math.round(width * s));
    this.canvas.height = Math.max(1, Math.round(height * s));
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.depths = new Float32Array(this.canvas.width * this.canvas.height);
  }

  draw(camera: Camera, options: DrawOptions): void {
    const { width } = this.canvas;
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    this.depths.fill(Infinity);
    if (this.cloud) {
      const s = width / camera.w;
      const count = Math.min(kMaxPoints, Math.ceil(this.cloud.count * options.share));
      const sparser = Math.sqrt((this.cloud.count * options.share) / count);
      const p = this.cloud.positions;
      const right = rightOf(camera);
      const up = upOf(camera);
      const forward = forwardOf(camera);
      const at = positionOf(camera);
      for (let i = 0; i < count; ++i) {
        const color = this.rgba[i]!;
        if (color >>> 24 === 0) continue;
        const d: [number, number, number] = [p[3 * i]! - at[0], p[3 * i + 1]! - at[1], p[3 * i + 2]! - at[2]];
        const depth = dot(d, forward);
        if (depth <= 1e-6) continue;
        const x = (camera.cx + (camera.fx * dot(d, right)) / depth) * s;
        const y = (camera.cy - (camera.fy * dot(d, up)) / depth) * s;
        const half = Math.min(8, Math.max(0.5, (options.spacing * sparser * camera.fy * s) / depth / 2));
        const shade = Math.round(255 * (1 - Math.min(1, Math.max(0, (depth - options.near) / (options.far - options.near)))));
        this.splat(pixels, { x, y, half, depth }, options.depth ? 0xff000000 | (shade * 0x10101) : color);
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  private splat(pixels: Uint32Array, at: { x: number; y: number; half: number; depth: number }, color: number): void {
    const { width, height } = this.canvas;
    const x0 = Math.max(0, Math.floor(at.x - at.half));
    const y0 = Math.max(0, Math.floor(at.y - at.half));
    const x1 = Math.min(width - 1, Math.floor(at.x + at.half));
    const y1 = Math.min(height - 1, Math.floor(at.y + at.half));
    for (let y = y0; y <= y1; ++y) {
      for (let i = y * width + x0; i <= y * width + x1; ++i) {
        if (at.depth >= this.depths[i]!) continue;
        this.depths[i] = at.depth;
        pixels[i] = color;
      }
    }
  }
}
