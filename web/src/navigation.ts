// The free camera: it turns about a target (orbit) or about itself (fly). Gestures move a goal, and what is shown
// follows it with damping, so that every motion, a jump into a photo too, is one smooth curve.
import { forwardOf, pinhole, poseOf, positionOf, upOf } from './camera';
import type { Camera, Vec3 } from './protocol';
import { add, clamp, cross, distance, dot, mix, normalize, scale, sub } from './vec';

export interface Eye {
  target: Vec3;
  yaw: number; // about up
  pitch: number; // positive looks down
  roll: number; // about the axis
  distance: number; // from the target
  fovY: number;
}

const kMaxPitch = Math.PI / 2 - 0.01;
const kSettle = 0.07; // seconds in which a motion loses 63 % of what is left
const kJumpSettle = 0.14;

export class Navigation {
  private readonly east: Vec3;
  private readonly north: Vec3;
  private goal: Eye;
  private now: Eye;
  private settle = kSettle;
  flying = false;

  constructor(private readonly up: Vec3, private readonly home: { focus: Vec3; radius: number }) {
    const side: Vec3 = Math.abs(up[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
    this.east = normalize(cross(side, up));
    this.north = cross(up, this.east);
    this.goal = { target: home.focus, yaw: 0, pitch: 0.45, roll: 0, distance: home.radius, fovY: 0.8 };
    this.now = { ...this.goal };
  }

  eye(): Eye {
    return this.now;
  }

  private axes(eye: Eye): { right: Vec3; up: Vec3; forward: Vec3 } {
    const flat = add(scale(this.north, Math.cos(eye.yaw)), scale(this.east, Math.sin(eye.yaw)));
    const forward = normalize(sub(scale(flat, Math.cos(eye.pitch)), scale(this.up, Math.sin(eye.pitch))));
    const right0 = normalize(cross(flat, this.up));
    const up0 = cross(right0, forward);
    const c = Math.cos(eye.roll);
    const s = Math.sin(eye.roll);
    return { right: add(scale(right0, c), scale(up0, s)), up: sub(scale(up0, c), scale(right0, s)), forward };
  }

  private position(eye: Eye): Vec3 {
    return sub(eye.target, scale(this.axes(eye).forward, eye.distance));
  }

  camera(w: number, h: number): Camera {
    const { right, up, forward } = this.axes(this.now);
    return pinhole(poseOf(right, up, forward, this.position(this.now)), w, h, this.now.fovY);
  }

  // Radians. Orbit keeps the target where it is, fly the camera.
  turn(yaw: number, pitch: number): void {
    const at = this.position(this.goal);
    this.goal.yaw += yaw;
    this.goal.pitch = clamp(this.goal.pitch + pitch, -kMaxPitch, kMaxPitch);
    this.goal.roll = 0;
    if (this.flying) this.goal.target = add(at, scale(this.axes(this.goal).forward, this.goal.distance));
    this.settle = kSettle;
  }

  // In fractions of the picture's height at the target.
  pan(x: number, y: number): void {
    const size = 2 * Math.tan(this.goal.fovY / 2) * this.goal.distance;
    const { right, up } = this.axes(this.goal);
    this.goal.target = add(this.goal.target, add(scale(right, -x * size), scale(up, y * size)));
    this.settle = kSettle;
  }

  zoom(factor: number): void {
    if (this.flying) {
      this.fly(0, 0, this.goal.distance * (1 - factor));
      return;
    }
    const { radius } = this.home;
    this.goal.distance = clamp(this.goal.distance * factor, radius * 0.02, radius * 12);
    this.settle = kSettle;
  }

  // Moves camera and target, in scene units along right, up and the view's direction.
  fly(right: number, up: number, forward: number): void {
    const axes = this.axes(this.goal);
    const step = add(add(scale(axes.right, right), scale(this.up, up)), scale(axes.forward, forward));
    this.goal.target = add(this.goal.target, step);
    this.settle = kSettle;
  }

  // To where a point fills about half of the height.
  focus(point: Vec3, size: number): void {
    this.goal = {
      ...this.goal, target: point, roll: 0,
      distance: clamp((1.2 * size) / Math.tan(this.goal.fovY / 2), this.home.radius * 0.05, this.home.radius * 6),
    };
    this.settle = kJumpSettle;
  }

  // Where a camera stands. fovY: such that its picture fills the same part of the screen as the photo will.
  jump(camera: Camera, fovY: number, instantly: boolean): void {
    const forward = forwardOf(camera);
    const reach = Math.max(this.home.radius * 0.1, dot(sub(this.home.focus, positionOf(camera)), forward));
    const pitch = Math.asin(clamp(-dot(forward, this.up), -1, 1));
    // Looking straight up or down, the direction is where the picture's upper side points.
    const flat = Math.abs(pitch) < kMaxPitch ? forward : scale(upOf(camera), Math.sign(pitch));
    const yaw = Math.atan2(dot(flat, this.east), dot(flat, this.north));
    const eye: Eye = {
      target: add(positionOf(camera), scale(forward, reach)), yaw: nearestTurn(yaw, this.now.yaw),
      pitch, roll: 0, distance: reach, fovY,
    };
    const level = this.axes(eye);
    eye.roll = Math.atan2(-dot(upOf(camera), level.right), dot(upOf(camera), level.up));
    this.goal = eye;
    this.settle = kJumpSettle;
    if (instantly) this.now = { ...eye };
  }

  // One step of time. True while it moves.
  advance(seconds: number): boolean {
    if (this.atRest()) {
      this.now = { ...this.goal };
      return false;
    }
    const t = 1 - Math.exp(-seconds / this.settle);
    const from = this.now;
    const to = this.goal;
    const blend = (a: number, b: number): number => a + (b - a) * t;
    this.now = {
      target: mix(from.target, to.target, t), yaw: blend(from.yaw, to.yaw), pitch: blend(from.pitch, to.pitch),
      roll: blend(from.roll, to.roll), fovY: blend(from.fovY, to.fovY),
      distance: Math.exp(blend(Math.log(from.distance), Math.log(to.distance))),
    };
    return true;
  }

  atRest(): boolean {
    const from = this.now;
    const to = this.goal;
    const turned = Math.max(Math.abs(from.yaw - to.yaw), Math.abs(from.pitch - to.pitch),
      Math.abs(from.roll - to.roll), Math.abs(from.fovY - to.fovY));
    const moved = distance(from.target, to.target) / to.distance;
    return turned < 4e-4 && moved < 4e-4 && Math.abs(Math.log(from.distance / to.distance)) < 4e-4;
  }

  stop(): void {
    this.now = { ...this.goal };
  }
}

// The same angle as `angle`, within half a turn of `near`.
export function nearestTurn(angle: number, near: number): number {
  const turn = 2 * Math.PI;
  return angle + turn * Math.round((near - angle) / turn);
}

