import type { Clock } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Catalog } from './catalog.ts';
import { compact, worthCompacting } from './compaction.ts';
import { makeDurableDirectory, type FileSystem } from './file-system.ts';
import type { ManifestPartition } from './manifest.ts';
import type { Partition } from './partition.ts';
import { Segment, type Growth, type SegmentInfo } from './segment.ts';
import type { TailBatch } from './tail.ts';

export interface SettlementHost {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** A settled file takes no more above this. */
  readonly segmentBytes: number;
  /** Something failed that will be tried again. */
  readonly onTrouble: (message: string, cause: unknown) => void;
}

const pieceBytes = 1024 * 1024;

/**
 * What settling does to one partition. Readers see nothing of it before `adopt`, which comes after the manifest; until
 * then the records are in memory, and a settlement that fails is simply forgotten.
 */
export class PartitionSettlement {
  readonly #host: SettlementHost;
  readonly #partition: Partition;
  /** Sets the names of new files apart from those of older ones with the same offsets. */
  readonly #stamp: string;
  #segments: Segment[];
  /** What the manifest will say of the files that were written to. */
  readonly #grown = new Map<Segment, Growth>();
  #settledEnd: number;
  #start: number;
  #compactedBytes: number;

  constructor(host: SettlementHost, partition: Partition, commitFile: number) {
    this.#host = host;
    this.#partition = partition;
    this.#stamp = String(commitFile);
    this.#segments = [...partition.segments];
    this.#settledEnd = partition.settledEnd;
    this.#start = partition.start;
    this.#compactedBytes = partition.compactedBytes;
  }

  /** Writes what memory holds up to an offset, as far as it was not trimmed meanwhile. */
  async write(end: number): Promise<void> {
    if (end <= this.#settledEnd) return;
    this.#settledEnd = end;
    const batches = this.#partition.tail.before(end);
    if (batches.length === 0) return;
    if (this.#segments.length === 0) await makeDurableDirectory(this.#host.fs, this.#partition.directory);
    for (let done = 0; done < batches.length;) done += await this.#writeSegment(batches.slice(done));
  }

  /** Forgets files that were trimmed, or whose newest batch is older than the topic keeps. */
  expire(): void {
    for (let oldest = this.#segments[0]; oldest !== undefined; oldest = this.#segments[0]) {
      const { end, lastTime } = this.#infoOf(oldest);
      if (this.#isOver(lastTime)) this.#start = Math.max(this.#start, end);
      else if (end > this.#start) break;
      this.#segments.shift();
    }
  }

  /** Leaves the latest record of each key, in one file, once there is much to gain. */
  async compact(): Promise<void> {
    const { config, directory } = this.#partition;
    if (config.cleanup !== 'compact') return;
    const sources = this.#segments.map((segment) => ({ path: segment.path, info: this.#infoOf(segment) }));
    if (!worthCompacting(sources, this.#compactedBytes)) return;
    try {
      const kept = await compact(this.#host.fs, directory, sources, this.#stamp, this.#host.clock.now());
      this.#compactedBytes = kept.info.length;
      this.#segments = [kept];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // Damage in one topic is for its readers to meet; the others go on.
      this.#host.onTrouble(`${directory} stays as it is`, error);
    }
  }

  manifest(): ManifestPartition {
    return {
      start: Math.max(this.#start, this.#partition.start),
      settledEnd: this.#settledEnd,
      compactedBytes: this.#compactedBytes,
      segments: this.#segments.map((segment) => this.#infoOf(segment)),
    };
  }

  /** Makes what the manifest says true in memory; gives the paths of files that nobody needs any more. */
  adopt(): string[] {
    const partition = this.#partition;
    const gone = [...new Set([...partition.segments, ...this.#grown.keys()])].filter(
      (segment) => !this.#segments.includes(segment),
    );
    for (const [segment, growth] of this.#grown) segment.grow(growth);
    partition.segments = this.#segments;
    partition.settledEnd = this.#settledEnd;
    partition.compactedBytes = this.#compactedBytes;
    partition.trimTo(this.#start);
    partition.tail.dropBefore(this.#settledEnd);
    return gone.map((segment) => segment.path);
  }

  #infoOf(segment: Segment): SegmentInfo {
    return { ...segment.info, ...this.#grown.get(segment) };
  }

  #isOver(time: number): boolean {
    const { cleanup, retentionMs } = this.#partition.config;
    return cleanup === 'delete' && retentionMs >= 0 && time + retentionMs <= this.#host.clock.now();
  }

  /** Files of topics with a retention time end by age too, so that they can expire. */
  #takesMore(segment: Segment): boolean {
    const { length, firstTime } = this.#infoOf(segment);
    return length < this.#host.segmentBytes && !this.#isOver(firstTime);
  }

  /** Writes batches to the last file, or to a new one, until it is full; gives how many. */
  async #writeSegment(batches: readonly TailBatch[]): Promise<number> {
    const { fs, segmentBytes } = this.#host;
    const { directory } = this.#partition;
    const last = this.#segments.at(-1);
    const active = last !== undefined && this.#takesMore(last) ? last : undefined;
    const segment = active ?? Segment.begin(fs, directory, batches[0] as TailBatch, this.#stamp);
    const file = await fs.open(segment.path, active === undefined ? 'create' : 'existing');
    let { length, end, lastTime } = this.#infoOf(segment);
    let count = 0;
    try {
      while (count < batches.length && length < segmentBytes) {
        const piece = pieceOf(batches, count, Math.min(pieceBytes, segmentBytes - length));
        await file.write([Buffer.concat(piece.map(bytesOf))], length);
        for (const batch of piece) {
          length += batch.size;
          end = batch.base + batch.count;
          lastTime = batch.time;
        }
        count += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (active === undefined) {
      await fs.syncDirectory(directory);
      this.#segments.push(segment);
    }
    this.#grown.set(segment, { length, end, lastTime });
    return count;
  }
}

/** Batches from an index on, at least one, as many as begin within `bytes`. */
function pieceOf(batches: readonly TailBatch[], from: number, bytes: number): readonly TailBatch[] {
  let to = from;
  for (let sum = 0; to < batches.length && sum < bytes; to++) sum += (batches[to] as TailBatch).size;
  return batches.slice(from, to);
}

const bytesOf = ({ bytes, start, size }: TailBatch): Buffer => bytes.subarray(start, start + size);
