import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { app, isLive, storedTheme } from './app';
import { setTheme } from './actions';
import { listenToKeys } from './keys';
import { Banner, LiveRegion, Toasts } from './panels/notices';
import { EverythingDialog } from './panels/everything_dialog';
import { ExportDialog } from './panels/export_dialog';
import { KeysDialog } from './panels/keys_dialog';
import { ObjectsPanel } from './panels/objects_panel';
import { StageOverlay } from './panels/stage_overlay';
import { StatusBar } from './panels/status_bar';
import { StripPanel } from './panels/strip';
import { TopBar } from './panels/top_bar';
import { TrainingPanel } from './panels/training_panel';
import { WordsDialog } from './panels/words_dialog';
import { Stage } from './stage/stage';
import { beginSync } from './sync';

const dialogs = { export: ExportDialog, keys: KeysDialog, words: WordsDialog, everything: EverythingDialog };

function Page() {
  const host = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const live = app.use(isLive);
  const panels = app.use((value) => value.panels);
  const dialog = app.use((value) => value.dialog);
  const begun = app.use((value) => value.state !== null);
  useEffect(() => {
    const made = new Stage(host.current!);
    listenToKeys(made);
    setStage(made);
  }, []);
  const Dialog = dialog === 'none' ? null : dialogs[dialog];
  return (
    <div class={`page ${live || !begun ? '' : 'away'} ${panels ? '' : 'no-panels'}`}>
      {stage && <TopBar stage={stage} />}
      <Banner />
      <aside class="side" aria-label="Field and objects">
        <TrainingPanel />
        <ObjectsPanel />
      </aside>
      <main class="stage-area">
        <div ref={host} class="stage" tabIndex={0} role="application" aria-label="The scene: click a thing; arrow keys move a cross-hair" />
        <StageOverlay />
      </main>
      <StripPanel />
      <StatusBar />
      {dialog === 'none' && <Toasts />}
      <LiveRegion />
      {Dialog && <Dialog />}
    </div>
  );
}

setTheme(storedTheme());
app.watch((value) => value.state?.title, (title) => (document.title = `${title ?? ''} · sanerf`));
render(<Page />, document.getElementById('app')!);
beginSync();
