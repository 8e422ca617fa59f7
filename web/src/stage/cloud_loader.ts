// Fetches the point cloud when there is one to fetch, its labels when there is another answer, and colors it.
import { ApiError, getStream } from '../api';
import { app, effectiveLayer, type App } from '../app';
import { sayError } from '../messages';
import type { Phase, State } from '../protocol';
import { paint, parseCloud, spacingOf, tintOf, type Cloud } from './cloud';
import type { PointRenderer } from './points_gl';

const kRenew = 12000; // milliseconds between two clouds of a field that trains, at least
const kPatience = 2000; // between tries

// Whoever looks at the points sees the first answer and the last in them. What is in between comes each second, and to
// ask the field at every point takes time that the answer needs.
export function wantsLabels({ answer, objects }: State, isCovered: boolean, isFirst: boolean): boolean {
  if (answer.kind === 'none') return false;
  if (objects.every((object) => object.status !== 'working')) return true;
  return !isCovered && (answer.kind === 'first' || isFirst);
}

export class CloudLoader {
  cloud: Cloud | null = null;
  spacing = 1; // between neighboring points
  private rgba = new Uint8Array();
  private loaded = ''; // what the cloud was made of
  private step = 0; // of the training, when it was asked for
  private labeled = -1;
  private painted = '';
  private loading = false;
  private loadedAt = -Infinity;

  constructor(private readonly points: PointRenderer, private readonly onChange: () => void) {}

  get isThere(): boolean {
    return this.cloud !== null;
  }

  get count(): number {
    return this.cloud?.count ?? 0;
  }

  // `isBusy`: a picture is waited for, and goes before.
  update(value: App, isBusy: boolean, isCovered: boolean): void {
    const { state } = value;
    if (!state || value.connection !== 'live' || document.hidden) return;
    const source = `${state.server} ${state.phase === 'trained' ? 'trained' : 'training'}`;
    const step = state.training?.step ?? 0;
    const age = performance.now() - this.loadedAt;
    const due = source === this.loaded ? !isCovered && age > kRenew && this.isOutdated(state.phase, step) : age > kPatience;
    if (state.phase !== 'photos' && !this.loading && due) void this.load(source, step);
    if (this.cloud && !this.loading && !isBusy && this.labeled !== state.answer.revision &&
        wantsLabels(state, isCovered, this.cloud.labels === null)) {
      void this.loadLabels(state.answer.revision);
    }
    this.repaint(value);
  }

  // A field that trains is another one when it has made as many steps again.
  private isOutdated(phase: Phase, step: number): boolean {
    if (phase === 'trained') return false;
    return step < this.step || step >= 2 * this.step || (phase === 'paused' && step > this.step);
  }

  private async load(source: string, step: number): Promise<void> {
    this.loading = true;
    this.loadedAt = performance.now();
    this.step = step;
    try {
      const cloud = parseCloud(await (await getStream('cloud', {})).arrayBuffer());
      this.loaded = source;
      this.cloud = cloud;
      this.spacing = spacingOf(cloud);
      this.rgba = new Uint8Array(4 * cloud.count);
      this.labeled = -1;
      this.painted = '';
      this.repaint(app.get());
      this.points.setCloud(cloud, this.rgba);
      this.onChange();
    } catch (error) {
      // Not yet, or no connection: another state brings another try. What failed is not asked for again and again.
      const later = error instanceof ApiError && [0, 401, 404, 409].includes(error.status);
      if (!later) {
        this.loaded = source;
        sayError(error);
      }
    } finally {
      this.loading = false;
    }
  }

  private async loadLabels(answer: number): Promise<void> {
    this.labeled = answer;
    const { cloud } = this;
    if (!cloud) return;
    try {
      const labels = new Uint8Array(await (await getStream('cloud/labels', { cloud: cloud.id, answer })).arrayBuffer());
      if (cloud !== this.cloud || labels.length !== cloud.count) return;
      cloud.labels = labels;
      this.painted = '';
      this.repaint(app.get());
    } catch (error) {
      // The next answer brings others; points that the server has forgotten are asked for again.
      if (cloud === this.cloud && error instanceof ApiError && error.status === 409) this.loaded = '';
    }
  }

  private repaint(value: App): void {
    if (!this.cloud || !value.state) return;
    const layer = effectiveLayer(value);
    const tint = tintOf(value.state, layer === 'sam' ? 'overlay' : layer, value.selected);
    const key = JSON.stringify([tint.layer, tint.selectedLabel, [...tint.colorOfLabel], this.labeled]);
    if (key === this.painted) return;
    this.painted = key;
    paint(this.cloud, tint, this.rgba);
    this.points.colorsChanged();
    this.onChange();
  }
}
