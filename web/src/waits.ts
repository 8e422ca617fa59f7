// What must be done before things can be found; '' when they can be.
import type { State } from './protocol';
import { duration, joined, timeLeft, trainingWork } from './widgets';

export function findWaitsFor(state: State, what: 'words' | 'everything'): string {
  if (state.phase !== 'trained') {
    const work = trainingWork(state);
    return joined('when the radiance field is trained', work ? timeLeft(work) : '');
  }
  if (what === 'words' || !state.encoding) return '';
  const { done, total, stopped, seconds_per_view: each } = state.encoding;
  if (done >= total) return '';
  return joined(`when all photos are encoded: ${done} of ${total}`,
    stopped ? 'stopped' : each == null ? '' : `${duration((total - done) * each)} left`);
}
