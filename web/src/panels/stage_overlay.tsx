// What lies over the stage: the photo's bar, hints, the badge beside the cursor.
import { openPhoto, stepPhoto } from '../actions';
import { app, effectiveLayer, hasAnswer, isLive, type App } from '../app';
import { ToolButton } from '../widgets';
import { Candidates } from './candidates';

function PhotoBar() {
  const view = app.use((value) => (value.photo === null ? undefined : value.views[value.photo]));
  const share = app.use((value) => value.photoShare);
  const truth = app.use((value) => value.truth);
  const phase = app.use((value) => value.state?.phase);
  const selected = app.use((value) => value.selected);
  const count = app.use((value) => value.views.length);
  if (count === 0) return null;
  return (
    <div class="photo-bar" role="group" aria-label="Photos">
      <ToolButton icon="previous" label="Previous photo" keys="[" class="quiet" onClick={() => stepPhoto(-1)} />
      <ToolButton icon="next" label="Next photo" keys="]" class="quiet" onClick={() => stepPhoto(1)} />
      {view ? (
        <>
          <span class="photo-name" title={view.name}>{view.name}</span>
          <span class="muted tabular">{view.idx + 1} / {count}</span>
          {view.split === 'test' && (
            <span class="badge held-out" title="Neither trained on nor segmented from: it takes no clicks">held-out</span>
          )}
          {phase !== 'photos' && (
            <label class="field slider" title="How much of the photo lies over the radiance field’s picture">
              <span class="caption">Photo</span>
              <input type="range" min={0} max={100} value={Math.round(100 * share)} aria-label="Opacity of the photo"
                onInput={(event) => app.set({ photoShare: Number(event.currentTarget.value) / 100 })} />
            </label>
          )}
          {view.truth && (
            <ToolButton icon="check" label="The outline of ground truth, of the selected object" keys="G" class="quiet"
              text={selected === 0 ? 'Ground truth: select an object' : 'Ground truth'} pressed={truth && selected !== 0}
              disabled={selected === 0} onClick={() => app.set({ truth: !truth })} />
          )}
          <ToolButton icon="close" label="Leave the photo, look around" keys="Esc" class="quiet"
            onClick={() => openPhoto(null)} />
        </>
      ) : (
        <span class="photo-name muted">Free view</span>
      )}
    </div>
  );
}

// One sentence on what to do next; nothing once it is clear.
export function hintOf(value: App): string {
  const { state } = value;
  if (!state || !isLive(value)) return '';
  if (state.phase === 'photos') {
    return value.photo === null ? 'There is no 3D picture yet: start the training, or open a photo with ]'
      : 'These are the photos. Start the training to turn them into 3D.';
  }
  if (state.waiting !== '' && state.objects.length === 0) return state.waiting;
  if (value.tool === 'box') return value.photo === null ? 'Boxes are drawn in a photo: open one with ]' : 'Drag a box around the thing';
  if (state.objects.length === 0) return 'Click a thing to get it in 3D. Drag to look around.';
  const layer = effectiveLayer(value);
  if (layer === 'sam' || layer === 'rgb' || layer === 'depth' || layer === 'opacity') return '';
  return hasAnswer(value) ? '' : 'This layer appears with the first answer';
}

function Hint() {
  const hint = app.use((value) => (value.hover?.view === value.photo ? '' : hintOf(value))); // the candidates have its place
  return hint === '' ? null : <p class="hint">{hint}</p>;
}

function Badge() {
  const badge = app.use((value) => value.badge);
  if (!badge) return null;
  const [x, y] = badge.at;
  return <div class="cursor-badge" style={{ transform: `translate(${x + 14}px, ${y + 14}px)` }}>{badge.text}</div>;
}

export function StageOverlay() {
  return (
    <div class="stage-overlay">
      <PhotoBar />
      <Hint />
      <Badge />
      <Candidates />
    </div>
  );
}
