/**
 * Settling: what one file of the commit log holds goes to the settled files of its partitions, the manifest says so,
 * and the file is removed. So the hot path writes everything once and with one fsync, reads of old records find one
 * partition in one file, and trimming removes files. Records that were trimmed meanwhile (most commands and tasks) are
 * never written a second time.
 *
 * A crash at any point repeats the settling: what was written behind the lengths in the manifest does not count.
 */
import type { Catalog } from './catalog.ts';
import type { CommitFile } from './commit-file.ts';
import { compact, worthCompacting } from './compaction.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { writeManifest, type Manifest, type ManifestPartition } from './manifest.ts';
import type { Partition } from './partition.ts';
import { Segment, type Growth } from './segment.ts';
import type { TailBatch } from './tail.ts';

export interface SettlementHost {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly catalog: Catalog;
  readonly segmentBytes: number;
  now(): number;
}

/** What will be true of a partition once the manifest is written. */
interface Settled {
  readonly partition: Partition;
  readonly segments: Segment[];
  settledEnd: number;
  start: number;
  compactedBytes: number;
  /** Sets the names of new segments apart from those of older ones with the same offsets. */
  readonly stamp: string;
  /** What the manifest will say of segments that were written to. */
  readonly grown: Map<Segment, Growth>;
}

/** Settles a finished file of the commit log. `ends` is where the partitions it holds stood when it was finished. */
export async function settle(
  host: SettlementHost,
  file: CommitFile,
  ends: ReadonlyMap<Partition, number>,
): Promise<void> {
  const { fs, directory, catalog } = host;
  const changes = new Map<Partition, Settled>();
  for (const topic of catalog.topics) {
    for (const partition of topic.partitions) {
      const settled = begin(partition, String(file.number));
      const end = ends.get(partition);
      if (end !== undefined) await writeBatches(host, settled, end);
      expire(settled, host.now());
      await compactIfWorth(host, settled);
      changes.set(partition, settled);
    }
  }

  await writeManifest(fs, directory, manifestOf(catalog, file.number + 1, changes));
  const obsolete: string[] = [];
  for (const settled of changes.values()) obsolete.push(...adopt(settled));
  await file.file.close();
  // Removed after the manifest has forgotten them; what a crash leaves is removed when the log is opened.
  for (const path of [...obsolete, file.path]) await fs.remove(path);
}

function begin(partition: Partition, stamp: string): Settled {
  return {
    stamp,
    partition,
    segments: [...partition.segments],
    settledEnd: partition.settledEnd,
    start: partition.start,
    compactedBytes: partition.compactedBytes,
    grown: new Map(),
  };
}

const infoOf = (settled: Settled, segment: Segment): Segment['info'] => ({
  ...segment.info,
  ...settled.grown.get(segment),
});

async function writeBatches(host: SettlementHost, settled: Settled, end: number): Promise<void> {
  const { partition } = settled;
  const batches = partition.tail.before(end);
  settled.settledEnd = end;
  if (batches.length === 0) return;
  await host.fs.makeDirectory(partition.directory);
  for (let done = 0; done < batches.length;) {
    const last = settled.segments.at(-1);
    const active = last !== undefined && takesMore(host, settled, last) ? last : undefined;
    done += await writeSegment(host, settled, active, batches.slice(done));
  }
}

/** Segments of topics with a retention time also end by age, so that they can expire. */
function takesMore(host: SettlementHost, settled: Settled, segment: Segment): boolean {
  const { length, firstTime } = infoOf(settled, segment);
  const { retentionMs } = settled.partition.config;
  return length < host.segmentBytes && (retentionMs < 0 || firstTime + retentionMs > host.now());
}

/** Writes batches until the segment is full; gives how many. */
async function writeSegment(
  host: SettlementHost,
  settled: Settled,
  active: Segment | undefined,
  batches: readonly TailBatch[],
): Promise<number> {
  const [first] = batches;
  if (first === undefined) return 0;
  const segment = active ?? Segment.begin(host.fs, settled.partition.directory, first, settled.stamp);
  const file = await host.fs.open(segment.path, active === undefined ? 'create' : 'existing');
  let { length, end, lastTime } = infoOf(settled, segment);
  let count = 0;
  try {
    for (let piece: TailBatch[] = []; count < batches.length && length < host.segmentBytes; piece = []) {
      let bytes = 0;
      for (; count < batches.length && bytes < pieceBytes && length + bytes < host.segmentBytes; count++) {
        const batch = batches[count] as TailBatch;
        piece.push(batch);
        bytes += batch.size;
        end = batch.base + batch.count;
        lastTime = batch.time;
      }
      await writePiece(file, piece, length);
      length += bytes;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (active === undefined) {
    await host.fs.syncDirectory(settled.partition.directory);
    settled.segments.push(segment);
  }
  settled.grown.set(segment, { length, end, lastTime });
  return count;
}

const pieceBytes = 1024 * 1024;

async function writePiece(file: OpenFile, piece: readonly TailBatch[], position: number): Promise<void> {
  const bytes = Buffer.concat(piece.map(({ bytes, start, size }) => bytes.subarray(start, start + size)));
  await file.write([bytes], position);
}

/** Forgets segments that were trimmed, or whose newest batch is older than the topic keeps. */
function expire(settled: Settled, now: number): void {
  const { retentionMs } = settled.partition.config;
  for (let oldest = settled.segments[0]; oldest !== undefined; oldest = settled.segments[0]) {
    const { end, lastTime } = infoOf(settled, oldest);
    const expired = retentionMs >= 0 && lastTime + retentionMs <= now;
    if (expired) settled.start = Math.max(settled.start, end);
    else if (end > settled.start) break;
    settled.segments.shift();
  }
}

/** Leaves the latest record of each key, in one segment, once there is much to gain. */
async function compactIfWorth(host: SettlementHost, settled: Settled): Promise<void> {
  const { partition, segments } = settled;
  if (partition.config.cleanup !== 'compact') return;
  const sources = segments.map((segment) => ({ path: segment.path, info: infoOf(settled, segment) }));
  if (!worthCompacting(sources, settled.compactedBytes)) return;
  const kept = await compact(host.fs, partition.directory, sources, settled.stamp, host.now());
  settled.compactedBytes = kept.info.length;
  segments.splice(0, segments.length, kept);
}

function manifestOf(catalog: Catalog, commitFile: number, changes: ReadonlyMap<Partition, Settled>): Manifest {
  const partitionOf = (partition: Partition): ManifestPartition => {
    const settled = changes.get(partition) ?? begin(partition, '');
    return {
      start: Math.max(settled.start, partition.start),
      settledEnd: settled.settledEnd,
      compactedBytes: settled.compactedBytes,
      segments: settled.segments.map((segment) => infoOf(settled, segment)),
    };
  };
  return {
    commitFile,
    topics: Array.from(catalog.topics, ({ id, name, config, partitions }) => ({
      id,
      name,
      config,
      partitions: partitions.map(partitionOf),
    })),
    groups: Array.from(catalog.groups, ([group, positions]) => [group, [...positions.values()]]),
  };
}

/** Makes what the manifest says true in memory; gives the paths of files that nobody needs any more. */
function adopt(settled: Settled): string[] {
  const { partition, segments, grown, settledEnd } = settled;
  for (const [segment, growth] of grown) segment.grow(growth);
  const gone = partition.segments.filter((segment) => !segments.includes(segment));
  partition.segments = segments;
  partition.settledEnd = settledEnd;
  partition.compactedBytes = settled.compactedBytes;
  partition.trimTo(settled.start);
  partition.tail.dropBefore(settledEnd);
  return gone.map((segment) => segment.path);
}
