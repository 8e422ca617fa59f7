// The point cloud by WebGL: what the browser draws itself while the camera moves.
import {
  BufferAttribute, BufferGeometry, Matrix4, PerspectiveCamera, Points, Scene, ShaderMaterial, WebGLRenderer,
} from 'three';
import type { Camera } from '../protocol';
import type { Cloud } from './cloud';

// What draws points, by WebGL or without.
export interface PointRenderer {
  readonly canvas: HTMLCanvasElement;
  readonly name: string;
  setCloud(cloud: Cloud, rgba: Uint8Array): void;
  colorsChanged(): void;
  resize(width: number, height: number, pixelRatio: number): void;
  draw(camera: Camera, options: DrawOptions): void;
}

export interface DrawOptions {
  count: number; // of the points, the first ones
  depth: boolean; // shade by depth
  near: number;
  far: number;
  spacing: number; // between points, file frame
}

const kVertex = `
attribute vec4 tint;
uniform float pixelsPerUnit;
uniform float spacing;
varying vec4 vTint;
varying float vDepth;
void main() {
  vec4 eye = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * eye;
  vDepth = -eye.z;
  gl_PointSize = clamp(spacing * pixelsPerUnit / max(vDepth, 1e-6), 1.5, 64.0);
  vTint = tint;
}`;

const kFragment = `
uniform float near;
uniform float far;
uniform bool byDepth;
varying vec4 vTint;
varying float vDepth;
void main() {
  vec2 d = gl_PointCoord - 0.5;
  if (vTint.a < 0.5 || dot(d, d) > 0.25) discard;
  float t = 1.0 - clamp((vDepth - near) / (far - near), 0.0, 1.0);
  gl_FragColor = vec4(byDepth ? vec3(t) : vTint.rgb, 1.0);
}`;

export class GlPoints implements PointRenderer {
  readonly canvas: HTMLCanvasElement;
  readonly name: string;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera();
  private readonly material: ShaderMaterial;
  private points: Points<BufferGeometry, ShaderMaterial> | null = null;
  private pixelRatio = 1;

  // Throws when there is no WebGL.
  constructor() {
    this.canvas = document.createElement('canvas');
    this.renderer = new WebGLRenderer({ canvas: this.canvas, antialias: false, alpha: true,
      powerPreference: 'high-performance' });
    const gl = this.renderer.getContext();
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    this.name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'WebGL';
    this.renderer.setClearAlpha(0);
    this.camera.matrixAutoUpdate = false;
    this.material = new ShaderMaterial({
      vertexShader: kVertex, fragmentShader: kFragment,
      uniforms: { pixelsPerUnit: { value: 1 }, spacing: { value: 0.01 }, near: { value: 0 }, far: { value: 1 },
        byDepth: { value: false } },
    });
  }

  // A driver without a graphics chip: fewer points.
  get isSoftware(): boolean {
    return /swiftshader|llvmpipe|software|softpipe|basic render/i.test(this.name);
  }

  setCloud(cloud: Cloud, rgba: Uint8Array): void {
    if (this.points) {
      this.scene.remove(this.points);
      this.points.geometry.dispose();
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(cloud.positions, 3));
    geometry.setAttribute('tint', new BufferAttribute(rgba, 4, true));
    this.points = new Points(geometry, this.material);
    this.points.frustumCulled = false;
    this.points.position.set(...cloud.origin); // three.js multiplies matrices in double precision
    this.scene.add(this.points);
  }

  colorsChanged(): void {
    const tint = this.points?.geometry.getAttribute('tint');
    if (tint) tint.needsUpdate = true;
  }

  resize(width: number, height: number, pixelRatio: number): void {
    this.pixelRatio = pixelRatio;
    this.renderer.setPixelRatio(pixelRatio);
    this.renderer.setSize(width, height, false);
  }

  draw(camera: Camera, options: DrawOptions): void {
    const p = camera.pose as [number, number, number, number, number, number, number, number, number, number, number,
      number];
    this.camera.matrixWorld.copy(new Matrix4().set(...p, 0, 0, 0, 1));
    this.camera.matrixWorldInverse.copy(this.camera.matrixWorld).invert();
    this.camera.matrixWorldAutoUpdate = false;
    this.camera.fov = (2 * Math.atan(camera.h / 2 / camera.fy) * 180) / Math.PI;
    this.camera.aspect = camera.w / camera.h;
    this.camera.near = Math.max(1e-4, options.near * 0.05);
    this.camera.far = options.far * 4;
    this.camera.updateProjectionMatrix();
    const uniforms = this.material.uniforms as Record<string, { value: number | boolean }>;
    uniforms.pixelsPerUnit!.value = camera.fy * this.pixelRatio;
    uniforms.spacing!.value = options.spacing;
    uniforms.near!.value = options.near;
    uniforms.far!.value = options.far;
    uniforms.byDepth!.value = options.depth;
    this.points?.geometry.setDrawRange(0, options.count);
    this.renderer.render(this.scene, this.camera);
  }
}
