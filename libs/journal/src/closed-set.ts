import type { AggregateId } from '@partitura/model';
import type { Repeats } from './repeats.ts';

/** What is remembered of an aggregate that has ended, so that late commands are answered without its history. */
export interface Closing {
  readonly id: AggregateId;
  /** With the id it names the history. */
  readonly startIndex: number;
  /** Last version of the history. */
  readonly version: number;
  /** Index and time of the entry that closed it. */
  readonly index: number;
  readonly at: number;
  /** The decider's word for its answers. */
  readonly tag: string;
  readonly repeats: Repeats;
}

/**
 * Closed aggregates, oldest closing first, within a window of time and count that is measured by entries alone, so
 * that every fold of the same history holds the same set.
 */
export class ClosedSet {
  readonly #windowMs: number;
  readonly #count: number;
  readonly #byId = new Map<AggregateId, Closing>();
  /** `at` of the entry from which on the oldest closing is out of the window. */
  #oldestExpires = Infinity;
  /** From this index on the set holds every closing. */
  #floor: number;

  constructor(windowMs: number, count: number, floor = 0) {
    this.#windowMs = windowMs;
    this.#count = count;
    this.#floor = floor;
  }

  get floor(): number {
    return this.#floor;
  }
  get size(): number {
    return this.#byId.size;
  }
  get(id: AggregateId): Closing | undefined {
    return this.#byId.get(id);
  }
  /** Oldest closing first. */
  all(): Closing[] {
    return [...this.#byId.values()];
  }

  /** Adds the newest closing. */
  add(closing: Closing, evicted?: (id: AggregateId) => void): void {
    this.#byId.delete(closing.id);
    this.#byId.set(closing.id, closing);
    if (this.#byId.size === 1 || this.#oldestExpires === Infinity) this.#lookAtOldest();
    while (this.#byId.size > this.#count) this.#evictOldest(evicted);
  }

  /** The id lives again, as the same history or a new one. */
  delete(id: AggregateId): void {
    if (this.#byId.delete(id)) this.#lookAtOldest();
  }

  /** An entry of time `at` was admitted (or is about to be decided): what is out of the window goes. */
  passTime(at: number, evicted?: (id: AggregateId) => void): void {
    while (at >= this.#oldestExpires) this.#evictOldest(evicted);
  }

  #evictOldest(evicted?: (id: AggregateId) => void): void {
    const oldest = this.#byId.values().next().value;
    if (oldest === undefined) return;
    this.#byId.delete(oldest.id);
    if (oldest.index >= this.#floor) this.#floor = oldest.index + 1;
    this.#lookAtOldest();
    evicted?.(oldest.id);
  }

  #lookAtOldest(): void {
    const oldest = this.#byId.values().next().value;
    this.#oldestExpires = oldest === undefined ? Infinity : oldest.at + this.#windowMs;
  }
}
