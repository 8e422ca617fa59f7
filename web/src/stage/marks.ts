// What is drawn over every picture: cameras, prompts, the box that is being drawn, the keyboard's cross-hair.
import { centerOf, frustumCorners, positionOf, project } from '../camera';
import { inkOn } from '../colors';
import type { Camera, Prompt, SceneObject, View, Xy } from '../protocol';

export interface Mark {
  prompt: Prompt;
  object: SceneObject;
  at: Xy; // on the stage; of a box its upper left corner
  to: Xy | null; // of a box its lower right corner
}

export interface MarkScene {
  marks: Mark[];
  selected: number; // prompt
  cameras: { view: View; corners: (Xy | null)[]; apex: Xy | null }[];
  rubber: [Xy, Xy] | null;
  cross: Xy | null;
  accent: string;
}

const kRadius = 8;
const kGrip = 12;

// Prompts where a view's photo shows them, or where a free camera sees them in space.
export function marksOf(objects: SceneObject[], view: number | null, toStage: (px: Xy) => Xy, free: Camera): Mark[] {
  const marks: Mark[] = [];
  for (const object of objects) {
    for (const prompt of object.prompts) {
      if (prompt.kind === 'box') {
        if (prompt.view !== view) continue;
        const [x0, y0, x1, y1] = prompt.xyxy;
        marks.push({ prompt, object, at: toStage(centerOf([x0, y0])), to: toStage(centerOf([x1, y1])) });
      } else if (prompt.kind === 'click' && prompt.view === view) {
        marks.push({ prompt, object, at: toStage(centerOf(prompt.xy)), to: null });
      } else if (prompt.p && (view === null || prompt.kind === 'point')) {
        const seen = project(free, prompt.p);
        if (seen) marks.push({ prompt, object, at: toStage(seen.px), to: null });
      }
    }
  }
  return marks;
}

export interface Hit {
  mark: Mark;
  corner: number; // of a box: 0 upper left, 1 upper right, 2 lower right, 3 lower left; -1 else
}

export function boxCorners(mark: Mark): Xy[] {
  const to = mark.to ?? mark.at;
  return [mark.at, [to[0], mark.at[1]], to, [mark.at[0], to[1]]];
}

// The mark under the cursor, of several the nearest.
export function hitMark(marks: Mark[], at: Xy, touch: boolean): Hit | null {
  let best: Hit | null = null;
  let nearest = kGrip * (touch ? 1.8 : 1);
  for (const mark of marks) {
    const spots = mark.to ? boxCorners(mark) : [mark.at];
    spots.forEach((spot, i) => {
      const d = Math.hypot(spot[0] - at[0], spot[1] - at[1]);
      if (d < nearest) {
        nearest = d;
        best = { mark, corner: mark.to ? i : -1 };
      }
    });
  }
  return best;
}

// A click and a box belong to their photo; a point is moved in any picture.
export const isMovable = (mark: Mark, view: number | null): boolean => view !== null || mark.prompt.kind === 'point';

export function camerasOf(views: View[], free: Camera, size: number): MarkScene['cameras'] {
  return views.map((view) => ({
    view,
    corners: frustumCorners(view.camera, size).map((corner) => project(free, corner)?.px ?? null),
    apex: project(free, positionOf(view.camera))?.px ?? null,
  }));
}

export function hitCamera(cameras: MarkScene['cameras'], at: Xy): View | null {
  let best: View | null = null;
  let nearest = 11;
  for (const { view, apex, corners } of cameras) {
    for (const spot of [apex, ...corners]) {
      const d = spot ? Math.hypot(spot[0] - at[0], spot[1] - at[1]) : Infinity;
      if (d < nearest) {
        nearest = d;
        best = view;
      }
    }
  }
  return best;
}

function drawCameras(context: CanvasRenderingContext2D, scene: MarkScene, hovered: View | null): void {
  for (const { view, corners, apex } of scene.cameras) {
    if (!apex || corners.some((corner) => corner === null)) continue;
    const isHovered = view === hovered;
    const path = new Path2D();
    corners.forEach((corner, i) => {
      const next = corners[(i + 1) % corners.length]!;
      path.moveTo(...apex);
      path.lineTo(...corner!);
      path.lineTo(...next);
    });
    context.lineWidth = isHovered ? 5 : 3;
    context.strokeStyle = 'rgba(0, 0, 0, 0.45)';
    context.stroke(path);
    context.lineWidth = isHovered ? 2.5 : 1.2;
    context.strokeStyle = isHovered ? scene.accent : view.split === 'test' ? '#7fc8ff' : 'rgba(255, 255, 255, 0.8)';
    context.stroke(path);
  }
}

function drawPoint(context: CanvasRenderingContext2D, mark: Mark, isSelected: boolean): void {
  const [x, y] = mark.at;
  const include = mark.prompt.kind === 'box' || mark.prompt.label === 1;
  const fill = include ? mark.object.color : '#14181f';
  context.beginPath();
  context.arc(x, y, kRadius + (isSelected ? 2 : 0), 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = isSelected ? 3.5 : 2;
  context.strokeStyle = '#ffffff';
  context.stroke();
  if (!include) {
    context.beginPath();
    context.arc(x, y, kRadius - 2.5, 0, 2 * Math.PI);
    context.lineWidth = 1.5;
    context.strokeStyle = mark.object.color;
    context.stroke();
  }
  context.beginPath();
  context.moveTo(x - 4, y);
  context.lineTo(x + 4, y);
  if (include) {
    context.moveTo(x, y - 4);
    context.lineTo(x, y + 4);
  }
  context.lineWidth = 2;
  context.strokeStyle = include ? inkOn(fill) : '#ffffff';
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, from: Xy, to: Xy, color: string, grips: boolean): void {
  const box: [number, number, number, number] = [from[0], from[1], to[0] - from[0], to[1] - from[1]];
  context.lineWidth = 4;
  context.strokeStyle = 'rgba(0, 0, 0, 0.5)';
  context.strokeRect(...box);
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.strokeRect(...box);
  if (!grips) return;
  for (const [x, y] of [from, [to[0], from[1]], to, [from[0], to[1]]] as Xy[]) {
    context.fillStyle = '#ffffff';
    context.fillRect(x - 4, y - 4, 8, 8);
    context.strokeRect(x - 4, y - 4, 8, 8);
  }
}

export function drawMarks(context: CanvasRenderingContext2D, scene: MarkScene, hovered: View | null): void {
  drawCameras(context, scene, hovered);
  for (const mark of scene.marks) {
    const isSelected = mark.prompt.id === scene.selected;
    if (mark.to) drawBox(context, mark.at, mark.to, mark.object.color, isSelected);
    else drawPoint(context, mark, isSelected);
  }
  if (scene.rubber) drawBox(context, scene.rubber[0], scene.rubber[1], scene.accent, false);
  if (scene.cross) {
    const [x, y] = scene.cross;
    const path = new Path2D(`M${x - 16} ${y}h12m8 0h12M${x} ${y - 16}v12m0 8v12`);
    context.lineWidth = 4;
    context.strokeStyle = 'rgba(0, 0, 0, 0.6)';
    context.stroke(path);
    context.lineWidth = 2;
    context.strokeStyle = '#ffffff';
    context.stroke(path);
  }
}
