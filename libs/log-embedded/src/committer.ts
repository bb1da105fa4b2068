import type { Clock, LogRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Fact } from './catalog.ts';
import type { CommitFile } from './commit-file.ts';
import { NotDurable } from './file-system.ts';
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
  /** Position of the first record; moves back when appends before it are refused. */
  base: number;
  readonly time: number;
  /** Handed to early readers: it cannot be refused any more. */
  readonly ahead: boolean;
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
  /** Somebody waits for it; other groups may wait a little for more. */
  urgent: boolean;
}

const arenaBytes = 256 * 1024;
/** How long what nobody waits for waits for company. */
const lingerMs = 2;
const retryMs = 100;

/**
 * Group commit: everything that waits goes to the disk with one write and one fsync, whatever partitions it is for, and
 * what arrives meanwhile is the next group. A group is as large as the load makes it; only one of nothing but appends
 * that may linger waits for a moment.
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
  #stopLinger: (() => void) | undefined;
  #idle: (() => void)[] = [];
  /** A group that cannot be refused any more is tried again: until it is written nothing else is taken. */
  #stuck: Fault | undefined;
  #draining = false;
  #dead: Fault | undefined;

  constructor(host: CommitterHost) {
    this.#host = host;
  }

  /** What may linger, and is read early, becomes durable with what is urgent, or a little later. */
  append(partition: Partition, records: readonly LogRecord[], size: number, done: Done, mayLinger = false): void {
    if (this.#refuse(done)) return;
    const { bytes, start } = this.#room(size);
    const count = records.length;
    const base = partition.next;
    const time = this.#host.clock.now();
    partition.next += count;
    writeRecords(bytes, start, size, partition.topicId, partition.number, records);
    stampRecords(bytes, start, base, time);
    const ahead = partition.announce({ bytes, start, size, base, count, time });
    this.#push({ bytes, start, size, partition, count, fact: undefined, done, base, time, ahead }, mayLinger && ahead);
  }

  record(fact: Fact, done: Done): void {
    if (this.#refuse(done)) return;
    const json = Buffer.from(JSON.stringify(fact));
    const size = factFrameSize(json);
    const { bytes, start } = this.#room(size);
    writeFact(bytes, start, json);
    const time = this.#host.clock.now();
    this.#push({ bytes, start, size, partition: undefined, count: 0, fact, done, base: 0, time, ahead: false }, false);
  }

  /** Resolves when nothing waits any more. What cannot be written now is given up: nobody reads any more. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#group.frames.length > 0) this.#begin();
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #refuse(done: Done): boolean {
    const fault = this.#dead ?? this.#stuck;
    if (fault !== undefined) done(fault, 0, 0);
    return fault !== undefined;
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

  #push(frame: Frame, mayLinger: boolean): void {
    this.#group.frames.push(frame);
    if (!mayLinger) this.#group.urgent = true;
    if (this.#running) return;
    if (!mayLinger) this.#begin();
    else this.#stopLinger ??= this.#host.clock.after(lingerMs, () => this.#begin());
  }

  #begin(): void {
    this.#stopLinger?.();
    this.#stopLinger = undefined;
    this.#group.urgent = true;
    if (this.#running) return;
    this.#running = true;
    // Everything that this turn of the event loop still appends belongs to the same group.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#group.frames.length > 0 && (this.#group.urgent || this.#draining)) {
      const group = this.#group;
      this.#group = emptyGroup();
      await this.#commit(group);
      // Those who were acknowledged just now append again before the next group is taken.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    if (this.#group.frames.length > 0) this.#stopLinger ??= this.#host.clock.after(lingerMs, () => this.#begin());
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #commit(group: Group): Promise<void> {
    for (;;) {
      const failed = await this.#write(group);
      this.#stuck = undefined;
      if (failed === undefined) return;
      if (this.#draining || !(wasReadAhead(group) || wasReadAhead(this.#group))) {
        this.#withdraw(group, failed);
        return;
      }
      this.#stuck = failed;
      await new Promise<void>((resolve) => void this.#host.clock.after(retryMs, resolve));
    }
  }

  /** Undefined: the group is durable, or the log is dead. Else nothing of it was left. */
  async #write(group: Group): Promise<Fault | undefined> {
    let file: CommitFile;
    try {
      file = await this.#host.fileFor(group.size);
    } catch (error) {
      return unavailable('cannot begin a file of the commit log', error);
    }
    if (this.#dead !== undefined) {
      refuseAll(group, this.#dead);
      return undefined;
    }

    this.#seal(group, file);
    try {
      await file.file.write(
        group.ranges.map(({ bytes, start, end }) => bytes.subarray(start, end)),
        file.end,
      );
    } catch (error) {
      if (!(error instanceof NotDurable)) return this.#cutBack(group, file, error);
      this.#die(group, `cannot make ${file.path} durable`, error);
      return undefined;
    }
    file.end += group.size;
    this.#publish(group);
    return undefined;
  }

  /** Checksums: only now is it certain what comes before. */
  #seal(group: Group, file: CommitFile): void {
    const length = group.size - groupHead;
    this.#checksum.begin(file.salt, file.end, length);
    for (const { bytes, start, size } of group.frames) this.#checksum.add(sealFrame(bytes, start, size));
    const [first] = group.ranges;
    if (first !== undefined) writeGroupHead(first.bytes, first.start, length, this.#checksum.value);
  }

  #publish(group: Group): void {
    const written = new Set<Partition>();
    for (const { bytes, start, size, partition, base, count, fact, time } of group.frames) {
      if (partition !== undefined) {
        partition.publish({ bytes, start, size, base, count, time });
        written.add(partition);
      } else if (fact !== undefined) this.#host.apply(fact);
    }
    this.#host.published(written);
    for (const { done, base, time } of group.frames) done(undefined, base, time);
    // Behind the acknowledgements, so that a reader's work does not hold them up.
    queueMicrotask(() => {
      for (const partition of written) for (const waiting of partition.waiting) waiting.wake();
    });
  }

  /** A write that failed left nothing, part or all of the group behind the end. None of it may ever count. */
  async #cutBack(group: Group, file: CommitFile, cause: unknown): Promise<Fault | undefined> {
    try {
      await file.file.truncate(file.end);
      await file.file.sync();
    } catch (error) {
      this.#die(group, `cannot cut ${file.path} back after a failed write`, error);
      return undefined;
    }
    return unavailable(`cannot write ${file.path}`, cause);
  }

  /** Refuses a group; those behind it move up to the offsets that it had. */
  #withdraw(group: Group, fault: Fault): void {
    for (const { frames } of [group, this.#group])
      for (const { partition } of frames) if (partition !== undefined) partition.next = partition.end;
    for (const frame of this.#group.frames) {
      const { partition, bytes, start, count, time } = frame;
      if (partition === undefined) continue;
      frame.base = partition.next;
      partition.next += count;
      stampRecords(bytes, start, frame.base, time);
    }
    refuseAll(group, fault);
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

const emptyGroup = (): Group => ({ frames: [], ranges: [], size: 0, urgent: false });
const wasReadAhead = ({ frames }: Group): boolean => frames.some(({ ahead }) => ahead);

function refuseAll(group: Group, fault: Fault): void {
  for (const frame of group.frames) frame.done(fault, 0, 0);
}

function unavailable(message: string, cause: unknown): Fault {
  return new Fault('UNAVAILABLE', message, { retryable: true, cause });
}
