// The server's events, for as long as the page is open: when the connection is lost it is tried again until it is there.
import { ApiError, getState } from './api';
import type { Answer, Message, Metric, State, Work } from './protocol';

export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface Listener {
  hello: (data: { protocol: number; server: string }) => void;
  state: (state: State) => void;
  progress: (work: Work) => void;
  metric: (metric: Metric) => void;
  message: (message: Message) => void;
  answer: (answer: Answer) => void;
  connection: (connection: Connection) => void;
}

// Waits between tries, in milliseconds: soon at first, then without haste.
export function retryDelay(attempt: number): number {
  return Math.min(4000, 400 * 1.6 ** attempt);
}

export class EventStream {
  private source: EventSource | null = null;
  private attempt = 0;
  private timer = 0;
  private seeks = false; // it is tried again

  constructor(private readonly listener: Listener) {}

  // Somebody else was not answered: the stream that seems to live may be a dead connection's.
  check(): void {
    if (!this.seeks) void this.probe();
  }

  open(): void {
    this.seeks = false;
    window.clearTimeout(this.timer);
    this.source?.close();
    const source = new EventSource('api/events');
    this.source = source;
    const names = ['hello', 'state', 'progress', 'metric', 'message', 'answer'] as const;
    for (const name of names) {
      source.addEventListener(name, (event) => {
        const call = this.listener[name] as (data: unknown) => void;
        call(JSON.parse((event as MessageEvent<string>).data));
      });
    }
    source.onopen = () => {
      this.attempt = 0;
      this.listener.connection('live');
    };
    // The browser tries again by itself with Last-Event-ID, but not after an HTTP error, which a restarted server gives.
    source.onerror = () => {
      source.close();
      this.again();
      this.listener.connection('lost');
    };
  }

  private again(): void {
    this.seeks = true;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.probe(), retryDelay(this.attempt++));
  }

  private async probe(): Promise<void> {
    this.seeks = true;
    try {
      this.listener.state(await getState());
      this.open();
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      this.listener.connection(refused ? 'refused' : 'lost');
      this.again();
    }
  }
}
