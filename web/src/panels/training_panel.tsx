// The radiance field: not begun, in training, paused, there.
import { useState } from 'preact/hooks';
import { openPhoto, train } from '../actions';
import { app, type App } from '../app';
import type { Encoding as EncodingState, Training, Work } from '../protocol';
import { rememberedSeconds } from '../training_times';
import { CommandButton, Curve, duration, GoOnButton, grouped, joined, Progress, timeLeft, ToolButton, trainingWork, useLive } from '../widgets';

const kPresets = [
  { name: 'fast', title: 'Fast', help: 'a first look, soonest there' },
  { name: 'default', title: 'Default', help: 'what our results are made with' },
  { name: 'paper', title: 'Paper', help: 'the paper’s settings, by far the longest' },
];

const inDb = (psnr: number | null, what: string): string => (psnr === null ? '' : `${what} ${psnr.toFixed(1)} dB`);

// work: the task that trains, which is the latest news; none while it is paused.
export function trainingFacts(training: Training, work: Work | undefined): string {
  const step = work?.done ?? training.step;
  const rate = training.seconds > 0 ? training.step / training.seconds : 0;
  return joined(`step ${grouped(step)} of ${grouped(training.iters)}`,
    rate > 0 ? `${rate.toFixed(rate < 10 ? 1 : 0)} a second` : '',
    inDb(training.psnr, 'PSNR'), inDb(training.held_out_psnr, 'held-out'), work ? timeLeft(work) : '');
}

export function trainedFacts({ step, psnr, held_out_psnr: heldOut }: Training): string {
  return joined(`${grouped(step)} steps`, heldOut === null ? inDb(psnr, 'PSNR') : inDb(heldOut, 'held-out'));
}

function Begin() {
  const [preset, setPreset] = useState('default');
  const views = app.use((value) => value.state?.num_views ?? 0);
  const heldOut = app.use((value) => value.state?.num_test_views ?? 0);
  const commands = app.use((value) => value.state?.commands);
  const state = app.get().state!;
  const live = useLive();
  const begin = async (): Promise<void> => {
    // From the photo into the field at the same place: it appears where one is looking.
    if (await train('start', preset)) openPhoto(null);
  };
  return (
    <>
      <p class="muted">{views} photos with known cameras{heldOut > 0 ? `; ${heldOut} are held out, to measure quality` : ''}.
        {' '}Training turns them into a radiance field. You can watch it and click things while it trains.</p>
      <fieldset class="presets">
        <legend>Preset</legend>
        {kPresets.map(({ name, title, help }) => {
          const seconds = rememberedSeconds(name, state);
          return (
            <label key={name} class="choice">
              <input type="radio" name="preset" value={name} checked={preset === name} onChange={() => setPreset(name)} />
              <span><strong>{title}</strong> <span class="muted">
                {help}{seconds === undefined ? '' : `; ${duration(seconds)} last time on this machine`}
              </span></span>
            </label>
          );
        })}
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
  const work = app.use((value) => value.state ? trainingWork(value.state) : undefined);
  const isRunning = phase === 'training';
  return (
    <>
      <Progress done={work?.done ?? training.step} total={training.iters} label="Training" />
      <p class="muted tabular">{trainingFacts(training, work)}</p>
      <Curve curve={training.curve} minRange={4} label={`PSNR, now ${training.psnr?.toFixed(1) ?? 'unknown'} dB`} />
      <div class="row">
        <ToolButton icon={isRunning ? 'pause' : 'play'} label={isRunning ? 'Pause training' : 'Resume training'}
          text={isRunning ? 'Pause' : 'Resume'} keys="Space" disabled={!live}
          onClick={() => void train(isRunning ? 'pause' : 'resume')} />
        <span class="muted">{isRunning ? 'You can click things meanwhile.' : 'Paused; everything is saved.'}</span>
      </div>
    </>
  );
}

export function encodingFacts({ done, total, stopped, seconds_per_view: each }: EncodingState): string {
  if (stopped) return `encoded ${done} of ${total}`; // beside a button that goes on
  return joined(`encoding ${done} of ${total}`, each == null ? '' : `${duration(each)} each`);
}

// One line, so that nothing below it moves when there is nothing more to encode.
function Encoding({ otherwise }: { otherwise: string }) {
  const encoding = app.use((value) => value.state?.encoding ?? null);
  const command = app.use((value) => value.state?.commands.encode);
  if (!encoding || encoding.done >= encoding.total) return <div class="row encoding"><p class="muted">{otherwise}</p></div>;
  return (
    <div class="row encoding">
      <p class="muted tabular" title="SAM reads every photo once; from then on it can be clicked">{encodingFacts(encoding)}</p>
      {encoding.stopped ? <GoOnButton with="encoding" /> : <CommandButton command={command} what="encode" />}
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
