import { Fault } from '@partitura/model';
import type { Batch, Isolation, StoredRecord, TopicPartition } from '@partitura/log';
import type { Nature } from './nature.ts';
import type { PartitionLog, ReadResult } from './partition-log.ts';
import type { Process } from './process.ts';

const fetchBytes = 1024 * 1024;

/** One read, with what goes with it. */
export function batchAt(
  nature: Nature,
  at: TopicPartition,
  log: PartitionLog,
  from: number,
  isolation: Isolation,
  maxBytes = fetchBytes,
): Batch {
  const short = nature.strikes('short read', nature.faults.shortRead);
  const read: ReadResult = log.read(from, isolation, maxBytes, short ? 1 : Infinity);
  return {
    topic: at.topic,
    partition: at.partition,
    records: read.records satisfies readonly StoredRecord[],
    nextOffset: read.nextOffset,
    highWatermark: log.end,
    logStart: log.start,
    lastStable: log.lastStable,
  };
}

export interface FollowingOptions extends TopicPartition {
  readonly from: number;
  readonly isolation: Isolation;
  readonly onBatch: (batch: Batch) => Promise<void> | void;
  readonly onEnd: (why: unknown) => void;
}

/** Reads a partition on and on; one batch at a time is in the hands of the process. */
export class SimulatedFollowing {
  readonly #nature: Nature;
  readonly #process: Process;
  readonly #log: PartitionLog;
  readonly #options: FollowingOptions;
  #position: number;
  #closed = false;
  #paused = false;
  #idle = false;
  #stopWaiting: () => void = () => undefined;

  constructor(nature: Nature, process: Process, log: PartitionLog, options: FollowingOptions) {
    this.#nature = nature;
    this.#process = process;
    this.#log = log;
    this.#options = options;
    this.#position = options.from;
    this.#poll();
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#stopWaiting();
  }

  pause(): void {
    this.#paused = true;
  }
  resume(): void {
    this.#paused = false;
    if (this.#idle) this.#poll();
  }

  #poll(): void {
    this.#idle = this.#paused;
    if (this.#paused) return;
    this.#nature.agenda.plan(this.#nature.way(), () => this.#read());
  }

  #read(): void {
    if (this.#closed || !this.#process.alive) return;
    if (this.#process.cutFromLog) {
      this.#nature.agenda.plan(this.#nature.faults.timeoutMs, () => this.#read());
      return;
    }
    let batch: Batch;
    try {
      batch = batchAt(this.#nature, this.#options, this.#log, this.#position, this.#options.isolation);
    } catch (why) {
      this.#deliver(() => this.#end(why));
      return;
    }
    if (batch.nextOffset === this.#position) this.#stopWaiting = this.#log.onChange(() => this.#poll());
    else this.#deliver(() => this.#hand(batch));
  }

  #deliver(what: () => void): void {
    this.#nature.agenda.plan(this.#nature.way(), () => this.#process.hear(what));
  }

  #hand(batch: Batch): void {
    if (this.#closed) return;
    if (this.#paused) {
      this.#idle = true;
      return;
    }
    this.#position = batch.nextOffset;
    Promise.resolve()
      .then(() => this.#options.onBatch(batch))
      .then(
        () => this.#closed || this.#poll(),
        (why: unknown) => this.#end(why),
      );
  }

  #end(why: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onEnd(why);
  }
}

/** The fault for a topic or partition that nobody created. */
export function unknownTopic(topic: string, partition: number): Fault {
  return new Fault('UNKNOWN_TOPIC', `there is no partition ${partition} of ${topic}`, { retryable: false });
}
