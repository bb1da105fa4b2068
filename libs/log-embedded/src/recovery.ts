import { Fault, invariant } from '@partitura/model';
import { join } from 'node:path';
import { topicDirectory, topicsDirectory, type Catalog, type Fact } from './catalog.ts';
import {
  commitDirectory,
  commitFileName,
  commitFileNumber,
  createCommitFile,
  damaged,
  isBegun,
  recoverCommitFile,
  type CommitFile,
} from './commit-file.ts';
import { makeDurableDirectory, type FileSystem } from './file-system.ts';
import { readFact } from './frame.ts';
import type { FrameAt } from './group.ts';
import { readManifest, type Manifest, type ManifestTopic } from './manifest.ts';
import type { Partition } from './partition.ts';
import { Segment } from './segment.ts';

export interface Recovered {
  /** Full files of the commit log that are not settled yet, oldest first. */
  readonly finished: readonly RecoveredFile[];
  /** The one to write to. */
  readonly active: RecoveredFile;
}

export interface RecoveredFile {
  readonly file: CommitFile;
  /** The partitions that it holds batches of, and where they stood at its end. */
  readonly ends: ReadonlyMap<Partition, number>;
}

/** Brings the catalog to what was durable when the last process ended, whatever ended it. */
export async function recover(fs: FileSystem, directory: string, catalog: Catalog): Promise<Recovered> {
  await makeDurableDirectory(fs, commitDirectory(directory));
  const manifest = await readManifest(fs, directory);
  if (manifest !== undefined) await adopt(fs, directory, manifest, catalog);

  const first = manifest?.commitFile ?? 1;
  const numbers = await commitFileNumbers(fs, directory, first);
  if (numbers.length === 0) {
    const wasUsed = manifest !== undefined || (await fs.list(topicsDirectory(directory))).length > 0;
    if (wasUsed) throw damaged(join(commitDirectory(directory), commitFileName(first)), 0, 'it does not exist');
    const file = await createCommitFile(fs, directory, first);
    return { finished: [], active: { file, ends: new Map() } };
  }

  const files: RecoveredFile[] = [];
  for (const number of numbers) {
    const touched = new Set<Partition>();
    const file = await recoverCommitFile(fs, directory, number, number === numbers.at(-1), (bytes, frames) => {
      for (const frame of frames) replay(catalog, bytes, frame, touched);
    });
    files.push({ file, ends: new Map(Array.from(touched, (partition) => [partition, partition.end])) });
  }
  const active = files.pop();
  invariant(active !== undefined, 'at least one file was recovered');
  return { finished: files, active };
}

/**
 * Numbers of the files to replay. Older ones are left over from a settlement and removed, a last one that was never
 * written to from a crash while it was made; a hole is damage.
 */
async function commitFileNumbers(fs: FileSystem, directory: string, first: number): Promise<number[]> {
  const numbers: number[] = [];
  for (const name of await fs.list(commitDirectory(directory))) {
    const number = commitFileNumber(name);
    if (number === undefined) continue;
    const path = join(commitDirectory(directory), name);
    if (number < first) await fs.remove(path);
    else if (number !== first + numbers.length) throw damaged(path, 0, 'the file before it does not exist');
    else numbers.push(number);
  }
  const last = numbers.at(-1);
  if (last !== undefined && !(await isBegun(fs, directory, last))) {
    await fs.remove(join(commitDirectory(directory), commitFileName(last)));
    numbers.pop();
  }
  return numbers;
}

function replay(catalog: Catalog, bytes: Buffer, { start, head }: FrameAt, touched: Set<Partition>): void {
  if (head.kind === 'fact') {
    catalog.apply(readFact(bytes, start, head.size) as Fact);
    return;
  }
  const partition = catalog.partitionById(head.topicId, head.partition);
  if (head.baseOffset !== partition.end) {
    const what = `${partition.topic}/${String(partition.number)} goes on at ${String(head.baseOffset)} instead of ${String(partition.end)}`;
    throw new Fault('UNREADABLE', `the commit log does not fit: ${what}`, { retryable: false });
  }
  const { size, baseOffset, count, time } = head;
  partition.publish({ bytes, start, size, base: baseOffset, count, time });
  partition.tail.dropBefore(partition.start);
  touched.add(partition);
}

async function adopt(fs: FileSystem, directory: string, manifest: Manifest, catalog: Catalog): Promise<void> {
  for (const topic of manifest.topics) {
    catalog.apply({
      fact: 'topic',
      id: topic.id,
      name: topic.name,
      partitions: topic.partitions.length,
      config: topic.config,
    });
    for (const number of topic.partitions.keys()) await adoptPartition(fs, directory, topic, number, catalog);
  }
  for (const [group, positions] of manifest.groups) catalog.apply({ fact: 'commit', group, positions });
}

async function adoptPartition(
  fs: FileSystem,
  directory: string,
  topic: ManifestTopic,
  number: number,
  catalog: Catalog,
): Promise<void> {
  const partition = catalog.partitionById(topic.id, number);
  const stored = topic.partitions[number];
  if (stored === undefined) return;
  partition.start = stored.start;
  partition.settledEnd = partition.end = partition.next = stored.settledEnd;
  partition.compactedBytes = stored.compactedBytes;
  const home = join(topicDirectory(directory, topic.id, topic.name), String(number));
  const known = new Set<string>();
  for (const info of stored.segments) {
    const segment = new Segment(fs, join(home, info.name), { ...info });
    await fitToManifest(fs, segment);
    partition.segments.push(segment);
    known.add(info.name);
  }
  // Left over from a settlement that did not come to its end.
  for (const name of await fs.list(home))
    if (name.endsWith('.log') && !known.has(name)) await fs.remove(join(home, name));
}

/** Bytes behind the length in the manifest come from a settlement that did not come to its end. */
async function fitToManifest(fs: FileSystem, { path, info }: Segment): Promise<void> {
  const file = await fs.open(path, 'existing');
  try {
    const size = await file.size();
    if (size < info.length) throw damaged(path, size, `it should have ${String(info.length)} bytes`);
    if (size > info.length) await file.truncate(info.length);
  } finally {
    await file.close();
  }
}
