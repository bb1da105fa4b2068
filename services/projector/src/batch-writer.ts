import type { Clock } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Database, Queries } from '@partitura/postgres';
import {
  openPosition,
  Superseded,
  tellApplied,
  writeChanges,
  type ChangeStep,
  type PositionBoard,
} from '@partitura/read-model';
import type { Alarm } from './journal-source.ts';
import type { PartitionProjection } from './partition-projection.ts';

export interface WriterOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly board: PositionBoard;
  /** How long changes may wait for company while nobody waits for them. */
  readonly lingerMs: number;
  /** Bytes of records that are enough company. */
  readonly batchBytes: number;
  readonly onAlarm: (alarm: Alarm) => void;
  readonly onWritten: (steps: readonly ChangeStep[], tookMs: number) => void;
}

/**
 * While readers keep waiting, the database works at most this share of the time (1 in 5) for them: a reader that comes
 * alone is served at once, many share a transaction.
 */
const restPerWork = 4;
const restMsMax = 100;
const retryMs = 100;
const retryMaxMs = 5_000;
/** A wait is forgotten after this long, whether or not its position ever comes. */
const wantedMs = 1_000;

interface Wanted {
  readonly position: number;
  readonly until: number;
}

/**
 * Writes what the partitions of this process have folded: one transaction at a time, all partitions together. A task
 * begins and ends within some ten milliseconds, so waiting a little turns an insert and its updates into one insert of the final
 * row; as soon as a reader waits, it goes at once. While a transaction runs, the next one accumulates.
 */
export class BatchWriter {
  readonly #options: WriterOptions;
  readonly #projections = new Map<number, PartitionProjection>();
  readonly #wanted = new Map<number, Wanted>();
  readonly #stopHearing: () => void;
  #cancelLinger: (() => void) | undefined;
  #lingersUntil = Infinity;
  /** A reader does not get another transaction before that. */
  #restsUntil = 0;
  #cancelPause: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  /** Rows existed that should not: the next attempt leaves them as they are. */
  #tolerant = false;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#stopHearing = options.board.onWanted((partition, position) => this.#want(partition, position));
  }

  /** Why writing fails at present, if it does. */
  failingSince: number | undefined;

  add(projection: PartitionProjection): void {
    this.#projections.set(projection.partition, projection);
  }

  remove(partition: number): void {
    this.#projections.delete(partition);
    this.#wanted.delete(partition);
  }

  /** Some partition has something to take. */
  pending(): void {
    if (this.#running !== undefined || this.#closed) return;
    if (this.#pendingBytes() >= this.#options.batchBytes) {
      this.#start();
      return;
    }
    const now = this.#options.clock.monotonic();
    const due = this.#isUrgent() ? Math.max(now, this.#restsUntil) : now + this.#options.lingerMs;
    if (due <= now) this.#start();
    else this.#startAt(due, now);
  }

  /** Writes what is folded, then nothing any more. */
  async close(): Promise<void> {
    this.#stopHearing();
    this.#closed = true;
    this.#cancelPause?.();
    await this.#running;
    if (this.#failures === 0) await this.#writeOnce().catch(() => undefined);
    this.#cancelLinger?.();
  }

  #want(partition: number, position: number): void {
    if (!this.#projections.has(partition)) return;
    const position_ = Math.max(position, this.#wanted.get(partition)?.position ?? 0);
    this.#wanted.set(partition, { position: position_, until: this.#options.clock.monotonic() + wantedMs });
    this.pending();
  }

  #isUrgent(): boolean {
    const now = this.#options.clock.monotonic();
    for (const [partition, { until }] of this.#wanted) {
      if (until < now) this.#wanted.delete(partition);
      else if (this.#projections.get(partition)?.hasPending === true) return true;
    }
    return false;
  }

  #pendingBytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#projections.values()) sum += pendingBytes;
    return sum;
  }

  #hasPending(): boolean {
    for (const { hasPending } of this.#projections.values()) if (hasPending) return true;
    return false;
  }

  #startAt(due: number, now: number): void {
    if (due >= this.#lingersUntil) return;
    this.#cancelLinger?.();
    this.#lingersUntil = due;
    this.#cancelLinger = this.#options.clock.after(due - now, () => this.#start());
  }

  #start(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    this.#lingersUntil = Infinity;
    if (this.#running !== undefined || this.#closed) return;
    this.#running = this.#writeOnce().finally(() => {
      this.#running = undefined;
      if (this.#hasPending()) this.pending();
    });
  }

  async #writeOnce(): Promise<void> {
    let steps = [...this.#projections.values()]
      .map((projection) => projection.take())
      .filter((step) => step !== undefined);
    while (steps.length > 0) {
      try {
        const begun = this.#options.clock.monotonic();
        await this.#write(steps);
        const ended = this.#options.clock.monotonic();
        this.#restsUntil = ended + Math.min(restPerWork * (ended - begun), restMsMax);
        this.#written(steps, ended - begun);
        return;
      } catch (cause) {
        if (cause instanceof Superseded) steps = await this.#resolve(steps, cause);
        else await this.#pause(cause, steps);
        if (this.#closed) return;
        steps = steps.filter(({ partition }) => this.#projections.has(partition));
      }
    }
  }

  async #write(steps: readonly ChangeStep[]): Promise<void> {
    const { database, board } = this.#options;
    const told = steps.filter(({ partition }) => board.wantedElsewhere(partition));
    const tell = async (queries: Queries): Promise<void> => {
      if (told.length === 0) return;
      await queries.rows(tellApplied, [told.map(({ partition, to }) => `${partition}:${to.offset}`).join(',')]);
    };
    await writeChanges(database, steps, { within: tell, tolerant: this.#tolerant });
  }

  #written(steps: readonly ChangeStep[], tookMs: number): void {
    this.#failures = 0;
    this.#tolerant = false;
    this.failingSince = undefined;
    for (const { partition, to } of steps) {
      if (!this.#projections.has(partition)) continue;
      this.#options.board.applied(partition, to.offset);
      if ((this.#wanted.get(partition)?.position ?? Infinity) <= to.offset) this.#wanted.delete(partition);
    }
    this.#options.onWritten(steps, tookMs);
  }

  /**
   * Positions were not where the steps begin: our own commit, whose answer was lost, or another projector. A position
   * that is exactly where the step ends means that the step is applied, by whomever. Returns what is still to be written.
   */
  async #resolve(steps: readonly ChangeStep[], { partitions }: Superseded): Promise<ChangeStep[]> {
    const rest: ChangeStep[] = [];
    for (const step of steps) {
      if (!partitions.includes(step.partition)) {
        rest.push(step);
        continue;
      }
      const { offset, admission } = await openPosition(this.#options.database, step.partition);
      const { to } = step;
      const done =
        offset === to.offset && admission.epoch === to.admission.epoch && admission.next === to.admission.next;
      if (done) this.#written([step], 0);
      else this.#projections.get(step.partition)?.reopen();
    }
    return rest;
  }

  async #pause(cause: unknown, steps: readonly ChangeStep[]): Promise<void> {
    const { clock, onAlarm } = this.#options;
    this.#failures += 1;
    this.failingSince ??= clock.now();
    this.#tolerant = cause instanceof Fault && cause.code === 'DATABASE_CONSTRAINT';
    const message = 'the read model cannot be written; trying again';
    onAlarm({ partition: steps[0]?.partition ?? -1, code: 'DATABASE_FAILING', message, cause });
    const patience = cause instanceof Fault && cause.retryable ? retryMaxMs : 6 * retryMaxMs;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(Math.min(retryMs * 2 ** (this.#failures - 1), patience), resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
