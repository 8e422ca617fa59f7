// One place for what the page knows. Whoever shows a part of it listens to that part.
import { useEffect, useState } from 'preact/hooks';

export class Store<T extends object> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(patch: Partial<T>): void {
    const keys = Object.keys(patch) as (keyof T)[];
    if (keys.every((key) => Object.is(this.value[key], patch[key]))) return;
    this.value = { ...this.value, ...patch };
    for (const listener of [...this.listeners]) listener();
  }

  // Calls back when what `select` gives is another; not at once.
  watch<P>(select: (value: T) => P, call: (part: P) => void): () => void {
    let last = select(this.value);
    const listener = (): void => {
      const next = select(this.value);
      if (Object.is(next, last)) return;
      last = next;
      call(next);
    };
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // For panels.
  use<P>(select: (value: T) => P): P {
    const [part, setPart] = useState(() => select(this.value));
    useEffect(() => {
      setPart(() => select(this.value));
      return this.watch(select, (next) => setPart(() => next));
    }, []);
    return part;
  }
}
