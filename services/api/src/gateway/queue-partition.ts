import type { TaskRecord } from '@partitura/model';
import { DoneRanges, type Batch, type CommittedPosition, type Following, type Log } from '@partitura/log';
import { taskCodec } from '@partitura/wire';

/** A record that may be handed out. */
export interface Ready {
  readonly task: TaskRecord;
  readonly offset: number;
  readonly bytes: number;
  readonly from: QueuePartition;
  /** From this moment on (epoch ms) somebody may have handed it out before: ask the decider first. */
  readonly doubtfulFrom: number;
}

export interface QueueLoad {
  /** Records that nobody has got yet. */
  readonly waiting: number;
  /** Handed out or reserved, not finished yet. */
  readonly unacknowledged: number;
}

export const bounds = {
  /** Records and bytes of one partition that are kept ready; beyond, reading waits. */
  records: 500,
  bytes: 8 * 1024 * 1024,
  /** How far reading may run ahead of the lowest unfinished record. */
  ahead: 10_000,
  metadataBytes: 3_500,
  /** Older records are asked about before they are handed out: their workflow may be over meanwhile. */
  doubtfulAfterMs: 5_000,
} as const;

export interface QueuePartitionOptions {
  readonly log: Log;
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  readonly onReady: (ready: readonly Ready[]) => void;
  /** Everything that was there when we took over is ready, or as much of it as is kept ready. Once. */
  readonly onCaughtUp: () => void;
  readonly onDone: () => void;
  readonly onEnd: (why: unknown) => void;
  readonly onUnreadable: (offset: number, why: unknown) => void;
}

/** One partition of a task topic, read by the one instance that owns it. */
export class QueuePartition {
  readonly partition: number;
  readonly #options: QueuePartitionOptions;
  #done: DoneRanges;
  #following: Following | undefined;
  #closed = false;
  /** Records below this offset were there before we took over. */
  #doubtBelow = 0;
  #read = 0;
  #records = 0;
  #taken = 0;
  #bytes = 0;
  #resume: (() => void) | undefined;
  #caughtUp = false;
  #committed = -1;
  #committedMetadata = '';

  private constructor(options: QueuePartitionOptions, done: DoneRanges) {
    this.#options = options;
    this.partition = options.partition;
    this.#done = done;
  }

  static async open(options: QueuePartitionOptions): Promise<QueuePartition> {
    const { log, topic, partition, group } = options;
    const [{ start, end }, [committed]] = await Promise.all([
      log.offsets(topic, partition),
      log.committed(group, [{ topic, partition }]),
    ]);
    const from = Math.max(start, committed?.offset ?? 0);
    const opened = new QueuePartition(
      options,
      new DoneRanges(from, from === committed?.offset ? committed.metadata : ''),
    );
    opened.#doubtBelow = end;
    opened.#read = opened.#done.committed;
    opened.#tellCaughtUp();
    opened.#following = log.follow({
      topic,
      partition,
      from: opened.#read,
      // A hand-over is sent when the decision to do so is durable.
      early: true,
      onBatch: (batch) => opened.#take(batch),
      onEnd: options.onEnd,
    });
    return opened;
  }

  /** Lowest unfinished offset. */
  get committed(): number {
    return this.#done.committed;
  }

  /** Given the partition's end. */
  load(end: number): QueueLoad {
    const unfinished = Math.max(0, end - this.#done.committed - this.#done.above);
    const unacknowledged = Math.min(this.#taken, unfinished);
    return { waiting: unfinished - unacknowledged, unacknowledged };
  }

  /** The record left the buffer. */
  taken(ready: Ready): void {
    this.#records--;
    this.#taken++;
    this.#bytes -= ready.bytes;
    this.#resumeIfRoom();
  }

  /** The record is back in the buffer. */
  returned(ready: Ready): void {
    this.#records++;
    this.#taken--;
    this.#bytes += ready.bytes;
  }

  /** The record is the decider's business now, or nobody's. */
  finish(offset: number): void {
    this.#done.add(offset);
    this.#taken--;
    this.#resumeIfRoom();
    this.#options.onDone();
  }

  /** What to commit, if it is news. */
  position(): CommittedPosition | undefined {
    const metadata = this.#done.metadata(bounds.metadataBytes);
    if (this.#done.committed === this.#committed && metadata === this.#committedMetadata) return undefined;
    this.#committed = this.#done.committed;
    this.#committedMetadata = metadata;
    return { topic: this.#options.topic, partition: this.partition, offset: this.#done.committed, metadata };
  }

  /** The last commit did not arrive: its news is news again. */
  forgetCommit(): void {
    this.#committed = -1;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#following?.close();
    this.#resume?.();
  }

  #take(batch: Batch): Promise<void> | void {
    const ready: Ready[] = [];
    for (const { offset, value, timestamp } of batch.records) {
      // What lies between records (transaction markers, compacted records) will never be finished by anybody.
      if (offset > this.#read) this.#done.add(this.#read, offset);
      this.#read = offset + 1;
      if (this.#done.has(offset)) continue;
      const task = value === null ? undefined : this.#decode(offset, value);
      if (task === undefined) {
        this.#done.add(offset);
        continue;
      }
      const doubtfulFrom = offset < this.#doubtBelow ? 0 : timestamp + bounds.doubtfulAfterMs;
      ready.push({ task, offset, bytes: value?.length ?? 0, from: this, doubtfulFrom });
    }
    if (batch.nextOffset > this.#read) this.#done.add(this.#read, batch.nextOffset);
    this.#read = batch.nextOffset;
    for (const { bytes } of ready) this.#bytes += bytes;
    this.#records += ready.length;
    if (ready.length > 0) this.#options.onReady(ready);
    this.#tellCaughtUp();
    if (this.#hasRoom()) return;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #decode(offset: number, value: Uint8Array): TaskRecord | undefined {
    try {
      return taskCodec.decode(value);
    } catch (error) {
      this.#options.onUnreadable(offset, error);
      return undefined;
    }
  }

  #tellCaughtUp(): void {
    if (this.#caughtUp || (this.#read < this.#doubtBelow && this.#hasRoom())) return;
    this.#caughtUp = true;
    this.#options.onCaughtUp();
  }

  #hasRoom(): boolean {
    return (
      this.#records < bounds.records && this.#bytes < bounds.bytes && this.#read - this.#done.committed < bounds.ahead
    );
  }

  #resumeIfRoom(): void {
    if (this.#resume === undefined || !this.#hasRoom()) return;
    const resume = this.#resume;
    this.#resume = undefined;
    resume();
  }
}
