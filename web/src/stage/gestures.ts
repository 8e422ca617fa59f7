// Mouse, pen and fingers as gestures. A press that hardly moves is a tap, else a drag; two fingers pinch.
import type { Xy } from '../protocol';

export interface Press {
  at: Xy; // in the element
  secondary: boolean; // right button
  middle: boolean;
  alt: boolean;
  shift: boolean;
  touch: boolean;
}

export interface GestureTarget {
  slack(press: Press): number; // pixels that it may move and still be a tap
  tap(press: Press): void;
  dragStart(press: Press): void;
  drag(at: Xy, delta: Xy): void;
  dragEnd(at: Xy | null): void; // null: taken back
  pinch(center: Xy, factor: number, delta: Xy): void;
  wheel(at: Xy, delta: number): void;
  hover(at: Xy | null): void;
}

export class Gestures {
  private readonly pointers = new Map<number, Xy>();
  private press: Press | null = null;
  private slack = 0; // of this press
  private dragging = false;
  private pinching = false;

  constructor(private readonly element: HTMLElement, private readonly target: GestureTarget) {
    element.addEventListener('pointerdown', (event) => this.down(event));
    element.addEventListener('pointermove', (event) => this.move(event));
    element.addEventListener('pointerup', (event) => this.up(event));
    element.addEventListener('pointercancel', (event) => this.lost(event));
    element.addEventListener('pointerleave', (event) => {
      if (event.pointerType !== 'touch' && !this.press) this.target.hover(null);
    });
    element.addEventListener('contextmenu', (event) => event.preventDefault());
    element.addEventListener('wheel', (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      this.target.wheel(this.at(event), Math.max(-240, Math.min(240, event.deltaY * lines)));
    }, { passive: false });
  }

  private at(event: MouseEvent): Xy {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private down(event: PointerEvent): void {
    this.element.setPointerCapture(event.pointerId);
    const at = this.at(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      if (this.dragging) this.target.dragEnd(null);
      this.press = null;
      this.dragging = false;
      this.pinching = true;
      return;
    }
    if (this.pinching) return;
    this.press = { at, secondary: event.button === 2, middle: event.button === 1, alt: event.altKey,
      shift: event.shiftKey, touch: event.pointerType === 'touch' };
    this.slack = this.target.slack(this.press);
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') this.target.hover(at);
      return;
    }
    if (this.pinching) {
      this.movePinch(event.pointerId, at);
      return;
    }
    if (!this.press) return;
    if (!this.dragging) {
      if (Math.hypot(at[0] - this.press.at[0], at[1] - this.press.at[1]) < this.slack) return;
      this.dragging = true;
      this.target.dragStart(this.press);
      this.pointers.set(event.pointerId, this.press.at);
    }
    const from = this.pointers.get(event.pointerId)!;
    this.pointers.set(event.pointerId, at);
    this.target.drag(at, [at[0] - from[0], at[1] - from[1]]);
  }

  private movePinch(id: number, at: Xy): void {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    const from = this.pointers.get(id)!;
    this.pointers.set(id, at);
    if (!other) return;
    const before = Math.hypot(from[0] - other[0], from[1] - other[1]);
    const after = Math.hypot(at[0] - other[0], at[1] - other[1]);
    const delta: Xy = [(at[0] - from[0]) / 2, (at[1] - from[1]) / 2];
    this.target.pinch([(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], after / Math.max(before, 1), delta);
  }

  private up(event: PointerEvent): void {
    const at = this.at(event);
    this.pointers.delete(event.pointerId);
    if (this.pinching) {
      if (this.pointers.size === 0) this.pinching = false;
      return;
    }
    const { press, dragging } = this;
    this.press = null;
    this.dragging = false;
    if (dragging) this.target.dragEnd(at);
    else if (press) this.target.tap(press);
  }

  private lost(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    if (this.dragging) this.target.dragEnd(null);
    this.press = null;
    this.dragging = false;
    if (this.pointers.size === 0) this.pinching = false;
  }
}
