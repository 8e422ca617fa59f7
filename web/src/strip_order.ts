// The order of the strip, and what a view's card says.
import type { StripOrder } from './app';
import type { StripView, View } from './protocol';

// By disagreement: views that agree least with the others first, those without a mask last.
export function ordered(views: StripView[], order: StripOrder): StripView[] {
  const copy = [...views];
  if (order === 'views') return copy.sort((a, b) => a.idx - b.idx);
  const rank = (view: StripView): number => (view.agreement ?? 2) + (view.used || view.agreement !== null ? 0 : 1);
  return copy.sort((a, b) => rank(a) - rank(b) || a.idx - b.idx);
}

export function verdict(view: StripView): string {
  if (view.choice === 'never') return 'dropped by you';
  if (view.used) return view.choice === 'always' ? 'kept by you' : 'used';
  return view.reason !== '' ? view.reason : shortVerdict(view);
}

// What a card has room for: two short lines. The program's outcomes, in as few words; one that is not here speaks for itself.
const kShort: Record<string, string> = {
  not_selected: 'not asked', hidden: 'prompt hidden', too_few: 'too few points', empty: 'empty mask', tiny: 'tiny mask',
  missed: 'misses the prompt',
};

export function shortVerdict(view: StripView): string {
  if (view.choice === 'never') return 'dropped';
  if (view.used) return view.choice === 'always' ? 'kept' : 'used';
  return kShort[view.outcome] ?? view.outcome.replace(/_/g, ' ');
}

// Before there are decisions: the training views as they are.
export function undecided(views: View[]): StripView[] {
  return views.map((view) => ({
    idx: view.idx, used: false, outcome: '', reason: '', score: null, agreement: null, candidate: -1, choice: 'auto',
    points: [],
  }));
}
