// The radiance field: not begun, in training, paused, there.
import { useState } from 'preact/hooks';
import { openPhoto, train } from '../actions';
import { app, type App } from '../app';
import type { Training } from '../protocol';
import { CommandButton, Curve, duration, Progress, ToolButton, useLive } from '../widgets';

const kPresets = [
  { name: 'fast', title: 'Fast', help: 'a first look in a minute or two' },
  { name: 'default', title: 'Default', help: 'what the results are made with' },
  { name: 'paper', title: 'Paper', help: 'the paper’s settings, the longest' },
];

const perSecond = (rate: number): string => rate.toFixed(rate < 10 ? 1 : 0);

export function trainingFacts(training: Training): string {
  const parts = [`step ${training.step.toLocaleString('en-US')} of ${training.iters.toLocaleString('en-US')}`];
  if (training.seconds > 0 && training.step > 0) parts.push(`${perSecond(training.step / training.seconds)} a second`);
  if (training.psnr !== null) parts.push(`${training.psnr.toFixed(1)} dB`);
  if (training.held_out_psnr !== null) parts.push(`held-out ${training.held_out_psnr.toFixed(1)} dB`);
  if (training.eta !== null && training.eta > 0) parts.push(`${duration(training.eta)} left`);
  return parts.join(' · ');
}

export function trainedFacts({ step, psnr, held_out_psnr: heldOut }: Training): string {
  const parts = [`${step.toLocaleString('en-US')} steps`];
  if (heldOut !== null) parts.push(`held-out ${heldOut.toFixed(1)} dB`);
  else if (psnr !== null) parts.push(`${psnr.toFixed(1)} dB`);
  return parts.join(' · ');
}

function Begin() {
  const [preset, setPreset] = useState('default');
  const views = app.use((value) => value.state?.num_views ?? 0);
  const heldOut = app.use((value) => value.state?.num_test_views ?? 0);
  const commands = app.use((value) => value.state?.commands);
  const live = useLive();
  const begin = async (): Promise<void> => {
    // From the photo into the field at the same place: it appears where one is looking.
    if (await train('start', preset)) openPhoto(null);
  };
  return (
    <>
      <p class="muted">{views} photos with known cameras{heldOut > 0 ? `, ${heldOut} of them held out to score with` : ''}.
        {' '}Training makes a 3D field of them, which you can watch and use while it grows.</p>
      <fieldset class="presets">
        <legend>Preset</legend>
        {kPresets.map(({ name, title, help }) => (
          <label key={name} class="choice">
            <input type="radio" name="preset" value={name} checked={preset === name} onChange={() => setPreset(name)} />
            <span><strong>{title}</strong> <span class="muted">{help}</span></span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <ToolButton icon="play" label="Start training" text="Start training" class="primary wide-button" disabled={!live}
          onClick={() => void begin()} />
        <CommandButton command={commands?.[`train:${preset}`]} what="train" />
      </div>
    </>
  );
}

function Underway({ training, phase }: { training: Training; phase: 'training' | 'paused' }) {
  const live = useLive();
  const isRunning = phase === 'training';
  return (
    <>
      <Progress done={training.step} total={training.iters} label="Training" />
      <p class="muted">{trainingFacts(training)}</p>
      <Curve curve={training.curve} minRange={4} label={`PSNR, now ${training.psnr?.toFixed(1) ?? 'unknown'} dB`} />
      <div class="row">
        <ToolButton icon={isRunning ? 'pause' : 'play'} label={isRunning ? 'Pause training' : 'Resume training'}
          text={isRunning ? 'Pause' : 'Resume'} keys="Space" disabled={!live}
          onClick={() => void train(isRunning ? 'pause' : 'resume')} />
        <span class="muted">{isRunning ? 'You may click things meanwhile.' : 'Paused; everything is saved.'}</span>
      </div>
    </>
  );
}

// One line, so that nothing below it moves when there is nothing more to encode.
function Encoding({ otherwise }: { otherwise: string }) {
  const encoding = app.use((value) => value.state?.encoding ?? null);
  const command = app.use((value) => value.state?.commands.encode);
  const isRunning = encoding !== null && encoding.done < encoding.total;
  return (
    <div class="row encoding">
      <p class="muted" title={isRunning ? 'Views; each can be clicked when it is encoded' : undefined}>
        {isRunning ? `encoding ${encoding.done} of ${encoding.total}` : otherwise}
        {isRunning && encoding.seconds_per_view != null && ` · ${duration(encoding.seconds_per_view)} each`}
      </p>
      {isRunning && <CommandButton command={command} what="encode" />}
    </div>
  );
}

const phaseOf = (value: App) => value.state?.phase;

export function TrainingPanel() {
  const phase = app.use(phaseOf);
  const training = app.use((value) => value.state?.training ?? null);
  const command = app.use((value) => value.state?.commands.train);
  if (!phase) return null;
  return (
    <section class="panel" aria-labelledby="field-title">
      <div class="row heading">
        <h2 id="field-title">{phase === 'photos' ? 'From photos to 3D' : 'Radiance field'}</h2>
        {phase !== 'photos' && <CommandButton command={command} what="train" />}
      </div>
      {phase === 'photos' && <Begin />}
      {training && (phase === 'training' || phase === 'paused') && <Underway training={training} phase={phase} />}
      <Encoding otherwise={training && phase === 'trained' ? trainedFacts(training) : ''} />
    </section>
  );
}
