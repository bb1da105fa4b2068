import type { Batch, StoredRecord, TopicConfig } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Segment } from './segment.ts';
import { Tail, type TailBatch } from './tail.ts';

/** Somebody who waits for what comes next, or for the end of everything. */
export interface Waiting {
  /** There is more, or the start has moved. */
  wake(): void;
  /** The log was closed. */
  logClosed(): void;
}

export interface Topic {
  readonly id: number;
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: readonly Partition[];
}

/** One partition: settled files, then the tail in memory. Everything up to `end` is durable and may be read. */
export class Partition {
  readonly topicId: number;
  readonly topic: string;
  readonly number: number;
  readonly config: TopicConfig;
  /** Directory of its settled files. */
  readonly directory: string;

  start = 0;
  end = 0;
  /** Offset of the next record that is appended; ahead of `end` while records are on their way to the disk. */
  next = 0;
  /** Everything before is in segments, or gone. */
  settledEnd = 0;
  segments: Segment[] = [];
  /** Bytes that were left when the segments were compacted last. */
  compactedBytes = 0;
  readonly tail = new Tail();
  /** What is on its way to the disk, from where on somebody reads early. */
  readonly #ahead = new Tail();
  readonly waiting = new Set<Waiting>();
  /** Those of them who read what is not durable yet. */
  readonly early = new Set<Waiting>();
  #waking = false;

  constructor(
    topic: { readonly id: number; readonly name: string; readonly config: TopicConfig },
    number: number,
    directory: string,
  ) {
    this.topicId = topic.id;
    this.topic = topic.name;
    this.config = topic.config;
    this.number = number;
    this.directory = directory;
  }

  /** A batch became durable. Readers are woken by the caller, once for all batches of a group. */
  publish(batch: TailBatch): void {
    this.tail.push(batch);
    this.end = batch.base + batch.count;
    if (this.next < this.end) this.next = this.end;
    this.#ahead.dropBefore(this.end);
  }

  /** A batch was appended and is not durable yet; whether somebody gets to see it already. */
  announce(batch: TailBatch): boolean {
    // Without gaps: who begins to read early finds all that is on its way, or nothing.
    if (this.early.size === 0 && this.#ahead.base === undefined) return false;
    this.#ahead.push(batch);
    if (this.#waking) return true;
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      for (const waiting of this.early) waiting.wake();
    });
    return true;
  }

  /** Whether the record at this offset is on its way to the disk and may be read already. */
  isAhead(offset: number): boolean {
    const { base } = this.#ahead;
    return base !== undefined && offset >= base && offset < this.next;
  }

  readAhead(from: number, maxBytes: number): Batch {
    const records = this.#ahead.read(from, maxBytes);
    return this.#batch(records, (records.at(-1)?.offset ?? from - 1) + 1);
  }

  trimTo(before: number): void {
    if (before <= this.start) return;
    this.start = before;
    this.tail.dropBefore(before);
  }

  /** Whether a reader may stand at this offset. */
  assertWithin(from: number): void {
    if (from >= this.start && from <= this.end) return;
    throw new Fault(
      'OFFSET_OUT_OF_RANGE',
      `${this.topic}/${String(this.number)} holds offsets ${String(this.start)} to ${String(this.end)}, not ${String(from)}`,
      { retryable: false },
    );
  }

  /** What memory has from an offset on; undefined when the records are in settled files. */
  readRecent(from: number, maxBytes: number): Batch | undefined {
    if (from === this.end) return this.#batch([], from);
    const base = this.tail.base;
    if (base === undefined || from < base) return undefined;
    const records = this.tail.read(from, maxBytes);
    return this.#batch(records, (records.at(-1)?.offset ?? from - 1) + 1);
  }

  /** From settled files. The batch may be empty where records were compacted away. */
  async readSettled(from: number, maxBytes: number): Promise<Batch> {
    for (;;) {
      const segment = this.segments.find((candidate) => candidate.info.end > from);
      if (segment === undefined) {
        // Settled files end here although memory begins later: only a compaction or a trim leaves such a hole.
        const next = this.tail.base ?? this.end;
        return this.#batch([], Math.max(from, next));
      }
      try {
        const { records, next } = await segment.read(from, maxBytes);
        this.assertWithin(from);
        return this.#batch(records, next);
      } catch (error) {
        this.assertWithin(from);
        // Compaction put another file in its place while we read.
        if (!this.segments.includes(segment)) continue;
        if (error instanceof Fault) throw error;
        throw new Fault('UNAVAILABLE', `cannot read ${segment.path}`, { retryable: true, cause: error });
      }
    }
  }

  #batch(records: readonly StoredRecord[], nextOffset: number): Batch {
    return {
      topic: this.topic,
      partition: this.number,
      records,
      nextOffset,
      highWatermark: this.end,
      logStart: this.start,
      lastStable: this.end,
    };
  }
}
