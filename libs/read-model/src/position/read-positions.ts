import { statement, type Database, type Listening } from '@partitura/postgres';
import { readOffsets } from './positions.ts';

/** Runs `task` once after about `delayMs`; the returned function cancels. */
export interface Timers {
  after(delayMs: number, task: () => void): () => void;
}

/** Lets reads wait until the read model has reached a place in the journal. */
export interface ReadPositions {
  /**
   * Resolves with true as soon as everything below `position` of the journal partition is in the read model, with
   * false when that took longer than `timeoutMs`. Waiting asks the projector to hurry.
   */
  waitFor(partition: number, position: number, timeoutMs: number): Promise<boolean>;
}

/** What a projector tells and hears. */
export interface AppliedPositions {
  /** The partition is projected in this process from now on, and stands at this position. */
  project(partition: number, position: number): void;
  /** A transaction took the partition there. */
  applied(partition: number, position: number): void;
  /** The partition is projected elsewhere, or nowhere. */
  release(partition: number): void;
  /** Somebody waits for the partition to reach the position. Returns how to stop hearing of it. */
  onWanted(listener: (partition: number, position: number) => void): () => void;
  /** Whether another process waits for the partition, so that its next transaction should say when it is done. */
  wantedElsewhere(partition: number): boolean;
}

/** Channels between processes: who waits (`<partition>:<position>`), and what was applied (same form). */
const wantedChannel = 'partitura_wanted';
const appliedChannel = 'partitura_applied';

const tellWanted = statement('position_wanted', `SELECT pg_notify('${wantedChannel}', $1)`);
export const tellApplied = statement('position_applied', `SELECT pg_notify('${appliedChannel}', $1)`);

interface Waiter {
  readonly position: number;
  readonly settle: (reached: boolean) => void;
}

const lookEveryMs = 25;

/**
 * The positions as one process knows them. Where the projector runs in the same process they are exact and a wait
 * costs no IO; otherwise the first waiter looks into the database, tells the projector's process that somebody waits,
 * and hears by notification (or by looking again) when it got there. All waiters share the looks.
 */
export class PositionBoard implements ReadPositions, AppliedPositions {
  readonly #database: Database;
  readonly #timers: Timers;
  readonly #known = new Map<number, number>();
  readonly #here = new Set<number>();
  readonly #waiters = new Map<number, Set<Waiter>>();
  readonly #wanted = new Set<(partition: number, position: number) => void>();
  readonly #wantedElsewhere = new Map<number, number>();
  #listenings: Promise<readonly Listening[]> | undefined;
  #looking: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #cancelLook: (() => void) | undefined;
  #closed = false;

  constructor(database: Database, timers: Timers) {
    this.#database = database;
    this.#timers = timers;
  }

  waitFor(partition: number, position: number, timeoutMs: number): Promise<boolean> {
    if ((this.#known.get(partition) ?? 0) >= position) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(partition) ?? new Set();
      this.#waiters.set(partition, waiters);
      const waiter: Waiter = {
        position,
        settle: (reached) => {
          cancel();
          waiters.delete(waiter);
          resolve(reached);
        },
      };
      const cancel = this.#timers.after(timeoutMs, () => waiter.settle(false));
      waiters.add(waiter);
      if (this.#here.has(partition)) this.#want(partition, position);
      else this.#look();
    });
  }

  /** Last known offsets below which everything is applied, by partition. */
  get known(): ReadonlyMap<number, number> {
    return this.#known;
  }

  /** Looks, unless somebody looks already, and resolves with what is known then. Rejects as the database does. */
  async refresh(): Promise<ReadonlyMap<number, number>> {
    await (this.#refreshing ??= this.#readKnown().finally(() => {
      this.#refreshing = undefined;
    }));
    return this.#known;
  }

  project(partition: number, position: number): void {
    this.#here.add(partition);
    this.#listen();
    this.applied(partition, position);
    for (const waiter of this.#waiters.get(partition) ?? []) this.#want(partition, waiter.position);
  }

  applied(partition: number, position: number): void {
    this.#known.set(partition, position);
    if ((this.#wantedElsewhere.get(partition) ?? Infinity) <= position) this.#wantedElsewhere.delete(partition);
    const waiters = this.#waiters.get(partition);
    if (waiters === undefined) return;
    for (const waiter of waiters) if (waiter.position <= position) waiter.settle(true);
    if (waiters.size === 0) this.#waiters.delete(partition);
  }

  release(partition: number): void {
    this.#here.delete(partition);
    this.#wantedElsewhere.delete(partition);
    if ((this.#waiters.get(partition)?.size ?? 0) > 0) this.#look();
  }

  onWanted(listener: (partition: number, position: number) => void): () => void {
    this.#wanted.add(listener);
    return () => this.#wanted.delete(listener);
  }

  wantedElsewhere(partition: number): boolean {
    return this.#wantedElsewhere.has(partition);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLook?.();
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.settle(false);
    for (const listening of (await this.#listenings?.catch(() => [])) ?? []) await listening.close();
  }

  #want(partition: number, position: number): void {
    for (const listener of this.#wanted) listener(partition, position);
  }

  /** Looks now, unless a look is under way or planned; whoever came during a look is seen by the next. */
  #look(): void {
    if (this.#closed || this.#looking !== undefined) return;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    this.#listen();
    this.#looking = this.#lookOnce()
      // A database that cannot be asked is one that cannot be read either: the waiters' time runs out.
      .catch(() => undefined)
      .then(() => {
        this.#looking = undefined;
        if (this.#elsewhere().length > 0 && !this.#closed)
          this.#cancelLook = this.#timers.after(lookEveryMs, () => this.#look());
      });
  }

  async #readKnown(): Promise<void> {
    for (const [partition, position] of await readOffsets(this.#database)) {
      if (!this.#here.has(partition)) this.applied(partition, position);
    }
  }

  async #lookOnce(): Promise<void> {
    await this.#readKnown();
    const wanted = this.#elsewhere().map(([partition, position]) => `${partition}:${position}`);
    if (wanted.length > 0) await this.#database.rows(tellWanted, [wanted.join(',')]);
  }

  /** The nearest position that is waited for, of each partition that is projected in another process. */
  #elsewhere(): (readonly [partition: number, position: number])[] {
    return [...this.#waiters]
      .filter(([partition, waiters]) => waiters.size > 0 && !this.#here.has(partition))
      .map(([partition, waiters]) => [partition, Math.min(...[...waiters].map(({ position }) => position))] as const);
  }

  /** Notifications only make it quicker, so listening is begun without waiting for it and tried again at the next use. */
  #listen(): void {
    this.#listenings ??= Promise.all([
      this.#database.listen(wantedChannel, (payload) => {
        for (const [partition, position] of parsePositions(payload)) {
          if (!this.#here.has(partition) || (this.#known.get(partition) ?? 0) >= position) continue;
          this.#wantedElsewhere.set(partition, position);
          this.#want(partition, position);
        }
      }),
      this.#database.listen(appliedChannel, (payload) => {
        for (const [partition, position] of parsePositions(payload)) {
          if (!this.#here.has(partition)) this.applied(partition, position);
        }
      }),
    ]);
    this.#listenings.catch(() => {
      this.#listenings = undefined;
    });
  }
}

/** `3:17,5:90`; anything else counts as nothing. */
export function parsePositions(payload: string): (readonly [partition: number, position: number])[] {
  return [...payload.matchAll(/(\d{1,9}):(\d{1,15})/g)].map(([, partition, position]) => [
    Number(partition),
    Number(position),
  ]);
}
