// The point cloud without WebGL: a small software rasterizer with a depth buffer.
import { forwardOf, positionOf, rightOf, upOf } from '../camera';
import type { Camera } from '../protocol';
import type { Cloud } from './cloud';
import type { DrawOptions, PointRenderer } from './points_gl';

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

  resize(width: number, height: number, pixelRatio: number): void {
    this.canvas.width = Math.max(1, Math.round(width * pixelRatio));
    this.canvas.height = Math.max(1, Math.round(height * pixelRatio));
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
      const p = this.cloud.positions;
      const [rx, ry, rz] = rightOf(camera);
      const [ux, uy, uz] = upOf(camera);
      const [fx, fy, fz] = forwardOf(camera);
      const [px, py, pz] = positionOf(camera);
      const [ox, oy, oz] = this.cloud.origin;
      const [ax, ay, az] = [px - ox, py - oy, pz - oz];
      for (let i = 0; i < options.count; ++i) { // no object is made for a point: that would cost more than drawing it
        const color = this.rgba[i]!;
        if (color >>> 24 === 0) continue;
        const dx = p[3 * i]! - ax;
        const dy = p[3 * i + 1]! - ay;
        const dz = p[3 * i + 2]! - az;
        const depth = dx * fx + dy * fy + dz * fz;
        if (depth <= 1e-6) continue;
        const x = (camera.cx + (camera.fx * (dx * rx + dy * ry + dz * rz)) / depth) * s;
        const y = (camera.cy - (camera.fy * (dx * ux + dy * uy + dz * uz)) / depth) * s;
        const half = Math.min(8, Math.max(0.5, (options.spacing * camera.fy * s) / depth / 2));
        const shade = Math.round(255 * (1 - Math.min(1, Math.max(0, (depth - options.near) / (options.far - options.near)))));
        this.splat(pixels, x, y, half, depth, options.depth ? 0xff000000 | (shade * 0x10101) : color);
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  private splat(pixels: Uint32Array, x: number, y: number, half: number, depth: number, color: number): void {
    const { width, height } = this.image;
    const x0 = Math.max(0, Math.floor(x - half));
    const y0 = Math.max(0, Math.floor(y - half));
    const x1 = Math.min(width - 1, Math.floor(x + half));
    const y1 = Math.min(height - 1, Math.floor(y + half));
    for (let row = y0; row <= y1; ++row) {
      for (let i = row * width + x0; i <= row * width + x1; ++i) {
        if (depth >= this.depths[i]!) continue;
        this.depths[i] = depth;
        pixels[i] = color;
      }
    }
  }
}
