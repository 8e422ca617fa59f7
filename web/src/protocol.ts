// What server and page tell each other: docs/viewer.md as types. Points and poses are in the file frame, pixels those of
// the full-size photo; an integer pixel is that pixel's center.

export const kProtocol = 1;

export type Vec3 = [number, number, number];
export type Xy = [number, number];
export type Xyxy = [number, number, number, number];

export interface Camera {
  w: number;
  h: number;
  fx: number;
  fy: number;
  cx: number;
  cy: number;
  k: number[]; // k1 k2 k3 k4 p1 p2
  fisheye: boolean;
  // Of a lens that k and fisheye cannot say; then these count alone. Terms: k1 … k6 p1 p2 s1 … s4.
  lens?: { model: string; terms: number[] };
  pose: number[]; // world_from_cam, 3x4 row by row, OpenGL axes
}

export interface View {
  idx: number;
  name: string;
  split: 'train' | 'test';
  width: number;
  height: number;
  truth: boolean;
  camera: Camera;
}

export interface ClickPrompt {
  id: number;
  kind: 'click';
  view: number;
  xy: Xy;
  label: number;
  candidate?: number; // of SAM's, when one was chosen
  p: Vec3 | null;
}
export interface PointPrompt {
  id: number;
  kind: 'point';
  p: Vec3;
  label: number;
}
export interface BoxPrompt {
  id: number;
  kind: 'box';
  view: number;
  xyxy: Xyxy;
}
export type Prompt = ClickPrompt | PointPrompt | BoxPrompt;

export interface SceneObject {
  id: number;
  name: string;
  color: string;
  visible: boolean;
  solo: boolean;
  instance: number;
  label: number | null;
  status: 'empty' | 'working' | 'answered' | 'unfinished' | 'stale';
  prompts: Prompt[];
  views_used: number;
  views_total: number;
  agreement: number | null;
  dropped: number[];
  kept: number[];
  problem?: string; // why nothing can be made of the prompts
  iou: number | null;
}

export interface Answer {
  revision: number;
  kind: 'none' | 'first' | 'vote' | 'field';
  views: number;
  steps: number;
  agreement: Xy[]; // seconds, value
  seconds: number;
}

export interface Training {
  step: number;
  iters: number;
  preset: string;
  psnr: number | null;
  held_out_psnr: number | null;
  seconds: number;
  curve: Xy[]; // step, PSNR
}

export interface Encoding {
  done: number;
  total: number;
  model?: string;
  seconds_per_view?: number | null;
  stopped?: true; // before all views were there
}

export interface Work {
  id: number;
  title: string;
  done: number;
  total: number;
  unit: string;
  seconds: number;
  eta: number | null;
  text: string;
}

export type OptionValue = number | string | boolean;

export interface ExportOption {
  name: string;
  type: string; // int, float, bool, choice, text
  default: OptionValue;
  help?: string;
  min?: number;
  max?: number;
  choices?: string[];
}

export interface ExportFormat {
  format: string;
  title: string;
  help: string;
  per_object: boolean;
  options: ExportOption[];
}

export interface Result {
  id: number;
  format: string;
  name: string;
  bytes: number;
  state: 'running' | 'ready' | 'failed';
  work: number | null; // which of the state's, while it is made
  error: string;
}

export type Phase = 'photos' | 'training' | 'paused' | 'trained';

export interface State {
  protocol: number;
  program: string;
  server: string;
  revision: number;
  title: string;
  run: string;
  scene: string;
  phase: Phase;
  frame: { up: Vec3; focus: Vec3; radius: number };
  num_views: number;
  num_test_views: number;
  training: Training | null;
  encoding: Encoding | null;
  waiting: string;
  objects: SceneObject[];
  answer: Answer;
  history: { undo: string | null; redo: string | null };
  work: Work[];
  exports: ExportFormat[];
  results: Result[];
  commands: Record<string, string>; // by what they do; before a training also train:PRESET
  machine: { device: string; memory: number; memory_now: number };
}

export interface StripPoint {
  xy: Xy;
  label: number;
  state: 'visible' | 'hidden' | 'outside' | 'behind';
}

export type ViewChoice = 'auto' | 'never' | 'always';

export interface StripView {
  idx: number;
  used: boolean;
  outcome: string;
  reason: string;
  score: number | null;
  agreement: number | null;
  candidate: number; // -1: none
  choice: ViewChoice;
  points: StripPoint[];
}

export interface Strip {
  answer: number;
  views: StripView[];
}

export interface Candidate {
  candidate: number;
  score: number;
  png: string;
}

export interface Hover {
  seconds: number;
  candidates: Candidate[];
  best: number; // position in `candidates`
}

export type Layer =
  | 'rgb' | 'depth' | 'opacity' | 'mask' | 'overlay' | 'cutout' | 'without' | 'disagreement';

export type Edit =
  | { op: 'add_object'; name?: string }
  | { op: 'rename_object'; object: number; name: string }
  | { op: 'remove_object'; object: number }
  | { op: 'add_click'; object: number; view: number; xy: Xy; label: number; candidate?: number }
  | { op: 'add_click'; object: number; camera: Camera; xy: Xy; label: number }
  | { op: 'add_box'; object: number; view: number; xyxy: Xyxy }
  | { op: 'move_prompt'; prompt: number; xy?: Xy; p?: Vec3; xyxy?: Xyxy; candidate?: number }
  | { op: 'move_prompt'; prompt: number; camera: Camera; xy: Xy }
  | { op: 'remove_prompt'; prompt: number }
  | { op: 'use_view'; object: number; view: number; use: ViewChoice }
  | { op: 'undo' }
  | { op: 'redo' }
  | { op: 'show'; object: number; visible: boolean; solo: boolean };

export interface EditResult {
  revision: number;
  object: number; // 0: none in particular
  prompt: number;
}

export interface FindAnswer {
  revision: number;
  command: string;
}

export interface ExportAnswer {
  id?: number; // of the result; none when only the command was asked for
  command: string;
}

export interface ServerError {
  what: string;
  why: string;
  hint: string;
}

export interface Message {
  kind: 'info' | 'warning' | 'error';
  text: string;
  why: string;
  hint: string;
}

export interface Metric {
  task: number;
  step: number;
  values: Record<string, number | null>;
}
