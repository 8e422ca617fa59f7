// Small parts that panels share.
import { useEffect, useState } from 'preact/hooks';
import { copyCommand, goOn } from './actions';
import { app, isLive } from './app';
import { Icon, type IconName } from './icons';
import type { State, Work, Xy } from './protocol';

interface ToolButtonProps {
  icon: IconName;
  label: string; // read aloud, and shown when the cursor rests
  keys?: string;
  text?: string; // shown beside the icon
  pressed?: boolean;
  disabled?: boolean;
  tabIndex?: number;
  class?: string;
  onClick: (event: MouseEvent) => void;
}

export function ToolButton({ icon, label, keys, text, pressed, disabled, tabIndex, onClick, class: extra }: ToolButtonProps) {
  const title = keys === undefined ? label : `${label} (${keys})`;
  return (
    <button type="button" class={`tool ${extra ?? ''}`} title={title} aria-label={text === undefined ? label : undefined}
      aria-pressed={pressed} disabled={disabled} tabIndex={tabIndex} onClick={onClick}>
      <Icon name={icon} />
      {text !== undefined && <span>{text}</span>}
    </button>
  );
}

// Every button's command, for a terminal.
export function CommandButton({ command, what }: { command: string | undefined; what: string }) {
  if (command === undefined || command === '') return null;
  return (
    <button type="button" class="tool quiet" title={`Copy as command line: ${command}`}
      aria-label={`Copy as command line: ${what}`} onClick={() => void copyCommand(command)}>
      <Icon name="command" />
    </button>
  );
}

// For what stands still, because it was canceled or has failed.
export function GoOnButton({ with: what, text = 'Go on' }: { with: string; text?: string }) {
  const live = useLive();
  return (
    <button type="button" class="tool go-on" title="Take up what was canceled or has failed" aria-label={`${text} with ${what}`}
      disabled={!live} onClick={() => void goOn()}>
      <Icon name="play" />
      <span>{text}</span>
    </button>
  );
}

const kPause = 250; // milliseconds without another change, before a command is asked for

// What a form says, as a command line: the program knows it. asked: changes with the form; null while it is not complete.
export function useCommand(asked: string | null, ask: () => Promise<string>): string | undefined {
  const [command, setCommand] = useState<string>();
  useEffect(() => {
    setCommand(undefined);
    if (asked === null) return undefined;
    let wanted = true;
    const timer = window.setTimeout(() => {
      ask().then((text) => wanted && setCommand(text), () => undefined); // without a command there is no button
    }, kPause);
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [asked]);
  return command;
}

export function Progress({ done, total, label }: { done: number; total: number; label: string }) {
  const known = total > 0;
  return (
    <div class="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={known ? total : undefined}
      aria-valuenow={known ? Math.max(0, Math.min(done, total)) : undefined}>
      <div class={known ? 'progress-bar' : 'progress-bar unknown'}
        style={{ width: known ? `${Math.min(100, (100 * done) / total)}%` : '35%' }} />
    </div>
  );
}

export function useLive(): boolean {
  return app.use(isLive);
}

// Corner points of a curve in a box of w x h, y upwards; the values' range is at least `minRange`.
export function curvePoints(curve: Xy[], w: number, h: number, minRange: number): Xy[] {
  if (curve.length === 0) return [];
  const xs = curve.map(([x]) => x);
  const ys = curve.map(([, y]) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.max(...ys);
  const low = Math.min(Math.min(...ys), top - minRange);
  return curve.map(([x, y]) => [x1 > x0 ? ((x - x0) / (x1 - x0)) * w : w, h - ((y - low) / (top - low || 1)) * h]);
}

interface CurveProps {
  curve: Xy[];
  minRange: number;
  label: string;
}

export function Curve({ curve, minRange, label }: CurveProps) {
  const points = curvePoints(curve, 200, 40, minRange);
  const last = points[points.length - 1];
  if (!last) return null;
  return (
    <svg class="curve" viewBox="-3 -4 206 48" preserveAspectRatio="none" role="img" aria-label={label}>
      <polyline points={points.map((point) => point.map((x) => x.toFixed(1)).join(',')).join(' ')} />
      <circle cx={last[0]} cy={last[1]} r="2.5" />
    </svg>
  );
}

// SAM predicts how good its mask is, and now and then says more than 1.
export function percent(x: number | null): string {
  if (x === null) return '–';
  const value = 100 * Math.min(x, 1);
  return `${value.toFixed(value > 99.5 && value < 99.95 ? 1 : 0)}\u00a0%`;
}

// The dot ends a line, and begins none.
export const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join('\u00a0· ');

export const grouped = (count: number): string => count.toLocaleString('en-US');

export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 90) return `${whole} s`;
  const minutes = whole < 3600 ? Math.floor(whole / 60) : Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// The task that trains the radiance field, while it does.
export const trainingWork = (state: State): Work | undefined => state.work.find((work) => work.title === 'train');

// Of work that goes on; '' when it is not known or hardly anything.
export const timeLeft = (work: { eta: number | null }): string =>
  work.eta !== null && work.eta > 1 ? `${duration(work.eta)} left` : '';

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 1000 && unit < 2) {
    value /= 1000;
    ++unit;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
