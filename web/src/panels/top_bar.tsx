// Tools, layers, history: what one reaches for again and again.
import { redo, setLayer, setTheme, setTool, undo } from '../actions';
import { app, effectiveLayer, selectedObject, type LayerChoice } from '../app';
import { kLayers, type LayerInfo } from '../layers';
import type { Stage } from '../stage/stage';
import { ToolButton, useLive } from '../widgets';

function Layers() {
  const layer = app.use((value) => value.layer);
  const shown = app.use(effectiveLayer);
  const photo = app.use((value) => value.photo);
  const hasObject = app.use((value) => (value.state?.objects.length ?? 0) > 0);
  const untrained = app.use((value) => value.state?.phase === 'photos');
  const possible = (info: LayerInfo): boolean =>
    (info.needs !== 'photo' || photo !== null) && (info.needs !== 'object' || hasObject) &&
    (!untrained || info.id === 'auto' || info.id === 'rgb' || info.id === 'sam');
  return (
    <label class="field" title={kLayers.find((info) => info.id === shown)?.help}>
      <span class="caption">Show</span>
      <select id="layer" value={layer} onChange={(event) => setLayer(event.currentTarget.value as LayerChoice)}>
        {kLayers.map((info) => (
          <option key={info.id} value={info.id} disabled={!possible(info)}>
            {info.title}{info.key === undefined ? '' : ` (${info.key})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Polarity() {
  const label = app.use((value) => value.label);
  const color = app.use((value) => selectedObject(value)?.color);
  return (
    <div class="segmented" role="radiogroup" aria-label="What a click does (X)">
      {([1, 0] as const).map((value) => (
        <button key={value} type="button" role="radio" aria-checked={label === value}
          class={`tool ${value === 1 ? 'include' : 'exclude'}`} onClick={() => app.set({ label: value })}
          title={value === 1 ? 'A click includes (X swaps; right click or Alt excludes)' : 'A click excludes (X swaps)'}>
          <span class="sign" style={value === 1 && color !== undefined ? { background: color } : undefined} aria-hidden="true">
            {value === 1 ? '+' : '−'}
          </span>
          <span class="wide">{value === 1 ? 'Include' : 'Exclude'}</span>
        </button>
      ))}
    </div>
  );
}

function History() {
  const history = app.use((value) => value.state?.history);
  const live = useLive();
  const past = history?.undo ?? null;
  const future = history?.redo ?? null;
  return (
    <div class="group">
      <ToolButton icon="undo" label={past === null ? 'Nothing to undo' : `Undo: ${past}`} keys="Ctrl+Z"
        disabled={!live || past === null} onClick={() => void undo()} />
      <ToolButton icon="redo" label={future === null ? 'Nothing to redo' : `Redo: ${future}`} keys="Ctrl+Shift+Z"
        disabled={!live || future === null} onClick={() => void redo()} />
    </div>
  );
}

export function TopBar({ stage }: { stage: Stage }) {
  const title = app.use((value) => value.state?.title);
  const tool = app.use((value) => value.tool);
  const photo = app.use((value) => value.photo);
  const untrained = app.use((value) => value.state?.phase === 'photos');
  const flying = app.use((value) => value.flying);
  const cameras = app.use((value) => value.cameras);
  const theme = app.use((value) => value.theme);
  const panels = app.use((value) => value.panels);
  const live = useLive();
  const box = (): void => {
    if (photo === null) stage.openNearestPhoto();
    setTool('box');
  };
  return (
    <header class="top">
      <h1 title={title}>{title ?? 'sanerf'}</h1>
      <div class="group" role="group" aria-label="Tools">
        <ToolButton icon="point" label="Point at a thing" keys="P" text="Point" pressed={tool === 'point'}
          onClick={() => setTool('point')} />
        <ToolButton icon="box" label="Drag a box around a thing, in a photo" keys="B" text="Box" pressed={tool === 'box'}
          onClick={box} />
        <ToolButton icon="words" label="Find things by words" keys="T" text="Words" disabled={!live}
          onClick={() => app.set({ dialog: 'words' })} />
        <ToolButton icon="everything" label="Find everything in the scene" text="Everything" disabled={!live}
          onClick={() => app.set({ dialog: 'everything' })} />
      </div>
      <Polarity />
      <History />
      <Layers />
      <div class="group" role="group" aria-label="Camera">
        <ToolButton icon="focus" label="Focus the object" keys="F" onClick={() => stage.focus()} />
        <ToolButton icon="home" label="Reset the camera" keys="Shift+F" onClick={() => stage.resetCamera()} />
        <ToolButton icon="fly" label={flying ? 'Fly: dragging looks around' : 'Fly instead of orbiting'} keys="V"
          pressed={flying} onClick={() => app.set({ flying: !flying })} />
        <ToolButton icon="cameras" label="Show where the photos were taken" keys="C" pressed={cameras}
          onClick={() => app.set({ cameras: !cameras })} />
      </div>
      <div class="group end">
        <ToolButton icon="download" keys="Ctrl+E" text="Export" disabled={untrained} class="primary"
          label={untrained ? 'Export: there is nothing before the training' : 'Masks, cut-outs and more as files'} onClick={() => app.set({ dialog: 'export' })} />
        <ToolButton icon="panels" label="Show the panels" keys="Tab or \" pressed={panels}
          onClick={() => app.set({ panels: !panels })} />
        <ToolButton icon={theme === 'dark' ? 'sun' : 'moon'} label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
          onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')} />
        <ToolButton icon="help" label="Keys and help" keys="?" onClick={() => app.set({ dialog: 'keys' })} />
      </div>
    </header>
  );
}
