import type { Clock, LogRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Fact } from './catalog.ts';
import type { CommitFile } from './commit-file.ts';
import { factFrameSize, sealFrame, stampRecords, writeFact, writeRecords } from './frame.ts';
import { GroupChecksum, groupHead, writeGroupHead } from './group.ts';
import type { Partition } from './partition.ts';

/** Told once: the fault, or where the records are and when they were appended. */
export type Done = (fault: Fault | undefined, baseOffset: number, time: number) => void;

export interface CommitterHost {
  readonly clock: Clock;
  /** The file to write to now, perhaps a new one. */
  fileFor(size: number): Promise<CommitFile> | CommitFile;
  /** A fact became durable. */
  apply(fact: Fact): void;
  /** Batches of these partitions became durable in the file last asked for. */
  published(partitions: ReadonlySet<Partition>): void;
  /** Neither the disk nor we know any more what is durable: the process must end. */
  fatal(message: string, cause: unknown): void;
}

interface Frame {
  readonly bytes: Buffer;
  readonly start: number;
  readonly size: number;
  readonly partition: Partition | undefined;
  readonly count: number;
  readonly fact: Fact | undefined;
  readonly done: Done;
  /** Known once the group is on its way. */
  base: number;
}

interface Range {
  readonly bytes: Buffer;
  readonly start: number;
  end: number;
}

/** What waits for the next write and fsync. The first range begins with room for the head of the group. */
interface Group {
  readonly frames: Frame[];
  readonly ranges: Range[];
  size: number;
}

const arenaBytes = 256 * 1024;

/**
 * Group commit: everything that waits goes to the disk with one write and one fsync, whatever partitions it is for, and
 * what arrives meanwhile is the next group. No timer: a group is as large as the load makes it.
 *
 * Records are encoded once, into arenas that the group is written from and that the tails of the partitions keep.
 */
export class Committer {
  readonly #host: CommitterHost;
  readonly #checksum = new GroupChecksum();
  #arena = Buffer.allocUnsafeSlow(arenaBytes);
  #arenaUsed = 0;
  #group: Group = emptyGroup();
  #running = false;
  #idle: (() => void)[] = [];
  #dead: Fault | undefined;

  constructor(host: CommitterHost) {
    this.#host = host;
  }

  append(partition: Partition, records: readonly LogRecord[], size: number, done: Done): void {
    if (this.#refuse(done)) return;
    const { bytes, start } = this.#room(size);
    writeRecords(bytes, start, size, partition.topicId, partition.number, records);
    this.#push({ bytes, start, size, partition, count: records.length, fact: undefined, done, base: 0 });
  }

  record(fact: Fact, done: Done): void {
    if (this.#refuse(done)) return;
    const json = Buffer.from(JSON.stringify(fact));
    const size = factFrameSize(json);
    const { bytes, start } = this.#room(size);
    writeFact(bytes, start, json);
    this.#push({ bytes, start, size, partition: undefined, count: 0, fact, done, base: 0 });
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #refuse(done: Done): boolean {
    if (this.#dead !== undefined) done(this.#dead, 0, 0);
    return this.#dead !== undefined;
  }

  /** Room for a frame, and for the head of the group when it is the first. */
  #room(size: number): { readonly bytes: Buffer; readonly start: number } {
    const group = this.#group;
    const head = group.frames.length === 0 ? groupHead : 0;
    const needed = head + size;
    if (this.#arenaUsed + needed > this.#arena.length) {
      this.#arena = Buffer.allocUnsafeSlow(Math.max(arenaBytes, needed));
      this.#arenaUsed = 0;
    }
    const bytes = this.#arena;
    const from = this.#arenaUsed;
    this.#arenaUsed += needed;
    group.size += needed;
    const last = group.ranges.at(-1);
    if (last?.bytes === bytes && last.end === from) last.end += needed;
    else group.ranges.push({ bytes, start: from, end: from + needed });
    return { bytes, start: from + head };
  }

  #push(frame: Frame): void {
    this.#group.frames.push(frame);
    if (this.#running) return;
    this.#running = true;
    // Everything that this turn of the event loop still appends belongs to the same group.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#group.frames.length > 0) {
      const group = this.#group;
      this.#group = emptyGroup();
      await this.#commit(group);
      // Those who were acknowledged just now append again before the next group is taken.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #commit(group: Group): Promise<void> {
    let file: CommitFile;
    try {
      file = await this.#host.fileFor(group.size);
    } catch (error) {
      refuseAll(group, unavailable('cannot begin a file of the commit log', error));
      return;
    }
    if (this.#dead !== undefined) {
      refuseAll(group, this.#dead);
      return;
    }

    const time = this.#host.clock.now();
    this.#seal(group, file, time);
    try {
      await file.file.write(
        group.ranges.map(({ bytes, start, end }) => bytes.subarray(start, end)),
        file.end,
      );
    } catch (error) {
      return this.#cutBack(group, file, error);
    }
    try {
      await file.file.sync();
    } catch (error) {
      this.#die(group, `cannot make ${file.path} durable`, error);
      return;
    }
    file.end += group.size;
    this.#publish(group, time);
  }

  /** Offsets, times and checksums: only now is it certain what comes before. */
  #seal(group: Group, file: CommitFile, time: number): void {
    const length = group.size - groupHead;
    this.#checksum.begin(file.salt, file.end, length);
    for (const frame of group.frames) {
      const { partition, bytes, start } = frame;
      if (partition !== undefined) {
        frame.base = partition.next;
        partition.next += frame.count;
        stampRecords(bytes, start, frame.base, time);
      }
      this.#checksum.add(sealFrame(bytes, start, frame.size));
    }
    const [first] = group.ranges;
    if (first !== undefined) writeGroupHead(first.bytes, first.start, length, this.#checksum.value);
  }

  #publish(group: Group, time: number): void {
    const written = new Set<Partition>();
    for (const { bytes, start, size, partition, base, count, fact } of group.frames) {
      if (partition !== undefined) {
        partition.publish({ bytes, start, size, base, count, time });
        written.add(partition);
      } else if (fact !== undefined) this.#host.apply(fact);
    }
    this.#host.published(written);
    for (const frame of group.frames) frame.done(undefined, frame.base, time);
    // Behind the acknowledgements, so that a reader's work does not hold them up.
    queueMicrotask(() => {
      for (const partition of written) for (const waiting of partition.waiting) waiting.wake();
    });
  }

  /** A write that failed left nothing, part or all of the group behind the end. None of it may ever count. */
  async #cutBack(group: Group, file: CommitFile, cause: unknown): Promise<void> {
    try {
      await file.file.truncate(file.end);
      await file.file.sync();
    } catch (error) {
      this.#die(group, `cannot cut ${file.path} back after a failed write`, error);
      return;
    }
    for (const { partition } of group.frames) if (partition !== undefined) partition.next = partition.end;
    refuseAll(group, unavailable(`cannot write ${file.path}`, cause));
  }

  #die(group: Group, message: string, cause: unknown): void {
    this.kill(message, cause);
    refuseAll(group, new Fault('OUTCOME_UNKNOWN', message, { retryable: false, cause }));
  }

  /** Refuses everything from now on, and has the process ended. */
  kill(message: string, cause: unknown): void {
    if (this.#dead !== undefined) return;
    this.#dead = new Fault('UNAVAILABLE', `${message}; the log accepts nothing any more`, { retryable: false, cause });
    this.#host.fatal(message, cause);
  }
}

const emptyGroup = (): Group => ({ frames: [], ranges: [], size: 0 });

function refuseAll(group: Group, fault: Fault): void {
  for (const frame of group.frames) frame.done(fault, 0, 0);
}

function unavailable(message: string, cause: unknown): Fault {
  return new Fault('UNAVAILABLE', message, { retryable: true, cause });
}
