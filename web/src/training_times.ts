// How long the trainings took that this page has seen end, on which machine: what the next one of this kind may take.
import type { State } from './protocol';

const kKey = 'sanerf-training-seconds';

function known(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(kKey) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

const nameOf = (preset: string, { machine }: State): string => `${preset} on ${machine.device}`;

export function rememberTraining(state: State): void {
  const { training } = state;
  if (!training || training.preset === '' || training.seconds <= 0) return;
  try {
    localStorage.setItem(kKey, JSON.stringify({ ...known(), [nameOf(training.preset, state)]: training.seconds }));
  } catch {
    // Not remembered.
  }
}

// Of the last training with this preset on this machine.
export const rememberedSeconds = (preset: string, state: State): number | undefined => known()[nameOf(preset, state)];
