// What the program is doing, and how it is doing.
import { cancelWork } from '../actions';
import { app } from '../app';
import type { Connection } from '../events';
import type { State, Work } from '../protocol';
import { bytes, CommandButton, duration, grouped, joined, Progress, timeLeft, ToolButton, trainingWork, useLive } from '../widgets';

const kConnection: Record<Connection, string> = {
  connecting: 'connecting', live: 'connected', lost: 'disconnected', refused: 'not let in',
};

function WorkItem({ work }: { work: Work }) {
  const live = useLive();
  const count = work.total > 0 ? `${grouped(work.done)} of ${grouped(work.total)}` : '';
  return (
    <li class="work" title={joined(work.title, count && `${count} ${work.unit}`, work.text)}>
      <span>{work.title}</span>
      <Progress done={work.done} total={work.total} label={work.title} />
      <span class="muted tabular">{joined(count, timeLeft(work))}</span>
      <ToolButton icon="close" class="quiet tiny" label={`Cancel: ${work.title}`} disabled={!live}
        onClick={() => void cancelWork(work.id)} />
    </li>
  );
}

// Of the radiance field. While it is trained, its step is with that work.
export function fieldFacts(state: State, loss: number | null): string {
  const { training, phase } = state;
  if (!training) return '';
  return joined(trainingWork(state) ? '' : `step ${grouped(training.step)}`,
    loss !== null && phase === 'training' ? `loss ${loss.toFixed(4)}` : '',
    training.psnr === null ? '' : `PSNR ${training.psnr.toFixed(1)} dB`);
}

function Drawing() {
  const { fps, points, renderer, first, all } = app.use((value) => value.times);
  const picture = first === null ? '' : `picture ${duration(first / 1000)}${all === null ? ' …' : ` / ${duration(all / 1000)}`}`;
  return (
    <span class="muted tabular wide" title={joined('The field’s picture: first, complete',
      points > 0 ? `moving: ${grouped(points)} points` : '', `drawn by ${renderer}`)}>
      {joined(fps === null ? '' : `${fps} fps`, picture)}
    </span>
  );
}

export function StatusBar() {
  const connection = app.use((value) => value.connection);
  const state = app.use((value) => value.state);
  const loss = app.use((value) => value.loss);
  return (
    <footer class="status">
      <span class={`connection ${connection}`}>{kConnection[connection]}</span>
      {state && (
        <span class="muted tabular wide" title={`Memory now; at most it was ${bytes(state.machine.memory)}`}>
          {state.machine.device} · memory {bytes(state.machine.memory_now)}
        </span>
      )}
      {state && <span class="muted tabular">{fieldFacts(state, loss)}</span>}
      <ul class="works">{state?.work.map((work) => <WorkItem key={work.id} work={work} />)}</ul>
      <Drawing />
      <CommandButton command={state?.commands.view} what="this window" />
    </footer>
  );
}
