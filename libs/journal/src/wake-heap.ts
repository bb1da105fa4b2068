import type { Aggregate } from './aggregate.ts';

/**
 * Aggregates by the time at which to look at them again: a binary heap. An aggregate has one place that counts, the one
 * at its `wakeAt`; places that no longer count are dropped when they come up.
 */
export class WakeHeap {
  readonly #times: number[] = [];
  readonly #aggregates: Aggregate[] = [];

  /** Earliest time in the heap; Infinity when empty. */
  get next(): number {
    return this.#times[0] ?? Infinity;
  }
  get size(): number {
    return this.#times.length;
  }

  /** Looks at the aggregate at `time`, unless it will be looked at before anyway. */
  add(aggregate: Aggregate, time: number): void {
    if (time >= aggregate.wakeAt) return;
    aggregate.wakeAt = time;
    this.#times.push(time);
    this.#aggregates.push(aggregate);
    this.#up(this.#times.length - 1);
  }

  /** Takes the aggregate with the earliest time, if that is not after `now`. */
  take(now: number): Aggregate | undefined {
    while (this.next <= now) {
      const time = this.next;
      const aggregate = this.#pop();
      if (aggregate.wakeAt !== time) continue;
      aggregate.wakeAt = Infinity;
      return aggregate;
    }
    return undefined;
  }

  #pop(): Aggregate {
    const first = this.#aggregates[0] as Aggregate;
    const time = this.#times.pop() as number;
    const aggregate = this.#aggregates.pop() as Aggregate;
    if (this.#times.length > 0) {
      this.#times[0] = time;
      this.#aggregates[0] = aggregate;
      this.#down();
    }
    return first;
  }

  #up(from: number): void {
    const times = this.#times;
    const time = times[from] as number;
    const aggregate = this.#aggregates[from] as Aggregate;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    times[at] = time;
    this.#aggregates[at] = aggregate;
  }

  #down(): void {
    const times = this.#times;
    const { length } = times;
    const time = times[0] as number;
    const aggregate = this.#aggregates[0] as Aggregate;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && (times[child + 1] as number) < (times[child] as number)) child += 1;
      if ((times[child] as number) >= time) break;
      this.#move(child, at);
      at = child;
    }
    times[at] = time;
    this.#aggregates[at] = aggregate;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#aggregates[to] = this.#aggregates[from] as Aggregate;
  }
}
