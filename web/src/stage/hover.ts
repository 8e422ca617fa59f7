// SAM's mask for where the cursor is: one request at a time, the latest place wins.
import { ApiError, clientName, getHover } from '../api';
import { app, isLive } from '../app';
import type { Hover, Xy } from '../protocol';
import { duration } from '../widgets';

let seq = 0;

export class HoverPreview {
  private wanted: { view: number; xy: Xy; stage: Xy } | null = null;
  private running: AbortController | null = null;
  private retry = 0;

  // Null: the cursor has left.
  point(place: { view: number; xy: Xy; stage: Xy } | null): void {
    this.wanted = place;
    window.clearTimeout(this.retry);
    if (!place) {
      this.running?.abort();
      const { hover } = app.get();
      app.set({ badge: null, ...(hover && !hover.clicked ? { hover: null } : {}) });
      return;
    }
    if (!this.running && !justClicked(place)) void this.next();
  }

  private async next(): Promise<void> {
    const place = this.wanted;
    const { state, selected, label } = app.get();
    if (!place || !state || !isLive(app.get())) return;
    const control = new AbortController();
    this.running = control;
    const asked = hoverAt(place, selected, label, control.signal);
    const mine = seq;
    try {
      const masks = await asked;
      if (this.wanted && app.get().photo === place.view && !justClicked(place)) {
        app.set({ badge: null, hover: { ...place, label, masks, chosen: keptChoice(place), clicked: false, prompt: 0 } });
      }
    } catch (error) {
      if (this.wanted === place && seq === mine) this.notReady(error, place.stage); // else a click has taken its turn
    }
    this.running = null;
    if (this.wanted && this.wanted !== place && !justClicked(this.wanted)) void this.next();
  }

  private notReady(error: unknown, at: Xy): void {
    if (!(error instanceof ApiError) || error.status !== 409) {
      app.set({ badge: null });
      return;
    }
    app.set({ badge: { at, text: waitingText(error, app.get().state?.encoding?.seconds_per_view ?? null) }, hover: null });
    this.retry = window.setTimeout(() => void this.next(), 700); // the view is encoded next
  }
}

// What the cursor waits for: the view is encoded next.
export function waitingText(error: ApiError, secondsPerView: number | null): string {
  if (!error.encoding) return error.what;
  return secondsPerView === null ? 'encoding this view' : `encoding this view, ${duration(secondsPerView)}`;
}

// A candidate that was chosen by its key stays chosen while the cursor moves about the same place.
function keptChoice(place: { view: number; xy: Xy }): number | null {
  const { hover, views } = app.get();
  if (!hover || hover.clicked || hover.view !== place.view) return null;
  const { width, height } = views[place.view]!;
  const moved = Math.hypot(hover.xy[0] - place.xy[0], hover.xy[1] - place.xy[1]);
  return moved < 0.04 * Math.max(width, height) ? hover.chosen : null;
}

// Where a click was just made its candidates stay, until the cursor goes elsewhere.
function justClicked(place: { view: number; xy: Xy }): boolean {
  const { hover, views } = app.get();
  if (!hover?.clicked || hover.view !== place.view) return false;
  const { width, height } = views[place.view]!;
  return Math.hypot(hover.xy[0] - place.xy[0], hover.xy[1] - place.xy[1]) < 0.02 * Math.max(width, height);
}

export function hoverAt(place: { view: number; xy: Xy }, object: number, label: number,
  signal: AbortSignal): Promise<Hover> {
  const view = app.get().views[place.view]!;
  const query = { view: place.view, xy: place.xy.map((x) => x.toFixed(2)).join(','), object, label,
    size: Math.min(640, Math.max(view.width, view.height)), client: clientName, seq: ++seq };
  return getHover(query, signal);
}
