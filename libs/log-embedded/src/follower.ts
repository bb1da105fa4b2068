import type { Batch, Clock, FollowRequest, Following } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Partition, Waiting } from './partition.ts';

export interface FollowerOptions {
  readonly from: number;
  readonly onBatch: FollowRequest['onBatch'];
  readonly onEnd: (why: unknown) => void;
  /** Reads what is not durable yet, too. */
  readonly early?: boolean;
  /** Called as the following is over, for whatever reason. */
  readonly onOver: (follower: Follower) => void;
  /** Where to go when the position was trimmed away: the earliest record, or nowhere. */
  readonly whenTrimmed: 'earliest' | 'end';
}

const batchBytes = 1024 * 1024;
const retryMs = 200;

/** Hands the batches of one partition to one reader, one at a time. At the end of the partition it does no IO. */
export class Follower implements Following, Waiting {
  readonly #partition: Partition;
  readonly #clock: Clock;
  readonly #options: FollowerOptions;
  #position: number;
  #running = false;
  #paused = false;
  #over = false;

  constructor(partition: Partition, clock: Clock, options: FollowerOptions) {
    this.#partition = partition;
    this.#clock = clock;
    this.#options = options;
    this.#position = options.from;
    partition.waiting.add(this);
    if (options.early === true) partition.early.add(this);
    // Not before the caller has what `follow` returns.
    queueMicrotask(() => this.wake());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  wake(): void {
    if (this.#running || this.#over || this.#paused) return;
    this.#running = true;
    void this.#run();
  }

  logClosed(): void {
    this.close();
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#partition.waiting.delete(this);
    this.#partition.early.delete(this);
    this.#options.onOver(this);
  }

  async #run(): Promise<void> {
    try {
      while (this.#mayGoOn()) {
        const batch = this.#readRecent() ?? (await this.#readSettled());
        if (batch === undefined || !this.#mayGoOn()) break;
        this.#position = batch.nextOffset;
        const taking = this.#options.onBatch(batch);
        if (taking !== undefined) await taking;
      }
      this.#running = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether there is something to hand over now. */
  #mayGoOn(): boolean {
    if (this.#over || this.#paused) return false;
    const { start, end } = this.#partition;
    if (this.#position < start && this.#options.whenTrimmed === 'earliest') this.#position = start;
    if (this.#options.early !== true || this.#position > this.#partition.next) {
      this.#partition.assertWithin(this.#position);
      return this.#position < end;
    }
    if (this.#position < start) this.#partition.assertWithin(this.#position);
    return this.#position < end || this.#partition.isAhead(this.#position);
  }

  #readRecent(): Batch | undefined {
    const ahead = this.#options.early === true && this.#position >= this.#partition.end;
    return ahead
      ? this.#partition.readAhead(this.#position, batchBytes)
      : this.#partition.readRecent(this.#position, batchBytes);
  }

  /** Undefined: the disk does not answer now; tried again before long. */
  async #readSettled(): Promise<Batch | undefined> {
    try {
      return await this.#partition.readSettled(this.#position, batchBytes);
    } catch (error) {
      if (!(error instanceof Fault) || !error.retryable) throw error;
      this.#clock.after(retryMs, () => this.wake());
      return undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.close();
    this.#options.onEnd(error);
  }
}
