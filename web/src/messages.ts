// What the program says, shown for a while and read aloud by screen readers.
import { ApiError, isAway } from './api';
import { app } from './app';
import type { Message } from './protocol';

let nextId = 1;

export function say(message: Message): void {
  const { toasts } = app.get();
  if (toasts.some((toast) => toast.text === message.text && toast.why === message.why)) return;
  const id = nextId++;
  app.set({ toasts: [...toasts.slice(-3), { ...message, id }] });
  if (message.kind !== 'error') window.setTimeout(() => dismiss(id), message.kind === 'info' ? 4500 : 9000);
}

export function note(text: string): void {
  say({ kind: 'info', text, why: '', hint: '' });
}

export function dismiss(id: number): void {
  app.set({ toasts: app.get().toasts.filter((toast) => toast.id !== id) });
}

export function sayError(error: unknown): void {
  if (isAway(error)) return; // the connection's banner says it
  if (error instanceof ApiError) {
    const isForNow = error.status === 409 || error.status === 503;
    say({ kind: isForNow ? 'warning' : 'error', text: error.what, why: error.why, hint: error.hint });
  } else {
    say({ kind: 'error', text: String(error), why: '', hint: 'Reload the page' });
  }
}
