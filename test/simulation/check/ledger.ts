import type { AggregateId, Decided, EventMeta, Mark, Snapshot } from '@partitura/model';
import { must } from './violation.ts';
import type { ToyState } from '../domain/toy-domain.ts';

/** One history of one id, as its entries tell it. */
export interface Life {
  readonly id: AggregateId;
  startIndex: number;
  version: number;
  state: ToyState;
  /** Open, or closed with a base appended since, so that it may go on. */
  live: boolean;
  hashes: string[];
  startHash: string | undefined;
}

export interface Closed {
  readonly id: AggregateId;
  readonly startIndex: number;
  readonly version: number;
  readonly index: number;
  readonly at: number;
}

/** Ids that ended a short while ago. */
export class ClosedWindow {
  readonly #windowMs: number;
  readonly #count: number;
  entries: Closed[] = [];
  floor = 0;

  constructor(windowMs: number, count: number) {
    this.#windowMs = windowMs;
    this.#count = count;
  }

  has(id: AggregateId): boolean {
    return this.entries.some((closed) => closed.id === id);
  }
  remove(id: AggregateId): void {
    this.entries = this.entries.filter((closed) => closed.id !== id);
  }
  add(closed: Closed): void {
    this.remove(closed.id);
    this.entries.push(closed);
    while (this.entries.length > this.#count) this.#shift();
  }
  pass(at: number): void {
    while (this.entries[0] && at >= this.entries[0].at + this.#windowMs) this.#shift();
  }

  #shift(): void {
    const oldest = this.entries.shift();
    if (oldest) this.floor = Math.max(this.floor, oldest.index + 1);
  }
}

/** Commands that were set aside, by aggregate, in order. */
export class Queues {
  readonly #held = new Map<AggregateId, { readonly id: string; readonly kind: 'deferred' | 'parked' }[]>();

  hold(entry: Decided, commandId: string): void {
    const kind = entry.outcome.kind === 'deferred' ? 'deferred' : 'parked';
    const held = this.#held.get(entry.aggregate) ?? [];
    held.push({ id: commandId, kind });
    this.#held.set(entry.aggregate, held);
  }

  /** A held command is decided. In order within its kind, unless it is given up for want of an archive. */
  take(entry: Decided, commandId: string, where: string, isLive: boolean): void {
    const held = this.#held.get(entry.aggregate) ?? [];
    // A repeat may wait in both lines; which one is decided follows from whether there is a life to decide on.
    const firstParked = held.findIndex((one) => one.kind === 'parked');
    const firstDeferred = held.findIndex((one) => one.kind === 'deferred');
    const isNextDeferred = isLive ? firstParked < 0 : held[firstDeferred]?.id === commandId;
    const line = isNextDeferred || entry.outcome.kind === 'parked' ? 'deferred' : 'parked';
    const at = held.findIndex((one) => one.id === commandId && one.kind === line);
    must(at >= 0, () => `${where} decides the waiting command ${commandId}, which does not wait`);
    const kind = held[at]?.kind;
    const givenUp = entry.outcome.kind === 'rejected' && entry.outcome.code === 'ARCHIVE_UNAVAILABLE';
    const first = held.findIndex((one) => one.kind === kind);
    must(givenUp || first === at, () => `${where} decides ${commandId} before ${held[first]?.id}, which came first`);
    held.splice(at, 1);
    if (held.length === 0) this.#held.delete(entry.aggregate);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }
  holds(id: AggregateId): boolean {
    return this.#held.has(id);
  }
  of(id: AggregateId): readonly string[] {
    const held = this.#held.get(id) ?? [];
    return (['deferred', 'parked'] as const).flatMap((kind) =>
      held.filter((one) => one.kind === kind).map((one) => `${kind} ${one.id}`),
    );
  }
  ids(): readonly AggregateId[] {
    return [...this.#held.keys()];
  }
}

/** Highest mark seen of each source. */
export class Marks {
  readonly #highest: Mark[];

  constructor(partitions: number) {
    this.#highest = Array.from({ length: partitions }, (_, partition) => ({ partition, index: -1, ordinal: -1 }));
  }

  isNew(mark: Mark): boolean {
    const highest = this.#highest[mark.partition];
    return (
      highest === undefined ||
      mark.index > highest.index ||
      (mark.index === highest.index && mark.ordinal > highest.ordinal)
    );
  }
  see(mark: Mark): void {
    if (this.isNew(mark)) this.#highest[mark.partition] = mark;
  }
  toString(): string {
    return this.#highest.map(({ index, ordinal }) => `${index}.${ordinal}`).join(' ');
  }
}

/** Complete snapshots: all parts in order, no decision of the aggregate between them. */
export class SnapshotParts {
  readonly #parts = new Map<AggregateId, Snapshot[]>();

  decided(id: AggregateId): void {
    this.#parts.delete(id);
  }

  /** Whether this part completes a snapshot. */
  add(part: Snapshot): boolean {
    const before = part.part === 0 ? [] : (this.#parts.get(part.aggregate) ?? []);
    if (before.length !== part.part) {
      this.#parts.delete(part.aggregate);
      return false;
    }
    before.push(part);
    this.#parts.set(part.aggregate, before);
    if (before.length < part.parts) return false;
    this.#parts.delete(part.aggregate);
    return true;
  }
}

export const metaOf = (entry: Decided, startIndex: number): EventMeta => ({
  aggregate: entry.aggregate,
  startIndex,
  index: entry.index,
  version: entry.version,
  at: entry.at,
});
