// What the program is doing, and how it is doing.
import { cancelWork } from '../actions';
import { app } from '../app';
import type { Connection } from '../events';
import type { Work } from '../protocol';
import { bytes, CommandButton, duration, Progress, ToolButton, useLive } from '../widgets';

const kConnection: Record<Connection, string> = {
  connecting: 'connecting', live: 'connected', lost: 'disconnected', refused: 'not let in',
};

function WorkItem({ work }: { work: Work }) {
  const live = useLive();
  const count = work.total > 0 ? `${work.done} of ${work.total} ${work.unit}` : duration(work.seconds);
  return (
    <li class="work" title={work.text}>
      <span>{work.title}</span>
      <Progress done={work.done} total={work.total} label={work.title} />
      <span class="muted tabular">{count}{work.eta !== null && work.eta > 1 ? ` · ${duration(work.eta)} left` : ''}</span>
      <ToolButton icon="close" class="quiet tiny" label={`Cancel: ${work.title}`} disabled={!live}
        onClick={() => void cancelWork(work.id)} />
    </li>
  );
}

export function StatusBar() {
  const connection = app.use((value) => value.connection);
  const state = app.use((value) => value.state);
  const times = app.use((value) => value.times);
  const loss = app.use((value) => value.loss);
  const field = state?.training;
  const moving = times.fps === null ? '' : `${times.fps} fps · ${Math.round(times.points / 1000)}k points`;
  const still = times.first === null ? ''
    : `picture ${duration(times.first / 1000)}${times.all === null ? ' …' : ` / ${duration(times.all / 1000)}`}`;
  return (
    <footer class="status">
      <span class={`connection ${connection}`}>{kConnection[connection]}</span>
      {state?.machine && <span class="muted wide">{state.machine.device} · {bytes(state.machine.memory)}</span>}
      {field && (
        <span class="muted tabular">
          step {field.step}{loss !== null && state.phase === 'training' ? ` · loss ${loss.toFixed(4)}` : ''}
          {field.psnr !== null ? ` · ${field.psnr.toFixed(1)} dB` : ''}
        </span>
      )}
      <ul class="works">{state?.work.slice(0, 3).map((work) => <WorkItem key={work.id} work={work} />)}</ul>
      <span class="muted tabular end wide" title={times.renderer}>{[moving, still].filter((part) => part !== '').join(' · ')}</span>
      {state && <span class="muted wide">sanerf {state.program}</span>}
      <CommandButton command={state?.commands.view} what="this window" />
    </footer>
  );
}
