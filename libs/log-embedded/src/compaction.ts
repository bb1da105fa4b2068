/** Compaction: of a topic that keeps the latest record of each key, the settled files are rewritten without the others. */
import type { StoredRecord } from '@partitura/log';
import type { FileSystem, OpenFile } from './file-system.ts';
import {
  readBatchHead,
  readRecords,
  recordSize,
  recordsFrameSize,
  sealFrame,
  stampRecords,
  writeRecords,
} from './frame.ts';
import { Segment, verifiedFrames, type FrameInFile, type SegmentInfo } from './segment.ts';

export interface Source {
  readonly path: string;
  readonly info: SegmentInfo;
}

const bytesMin = 1024 * 1024;
/** How long the last word on a key stays when that word is null, so that slow readers hear it: Kafka's default. */
const tombstoneMs = 24 * 60 * 60 * 1000;
const pieceBytes = 1024 * 1024;

/** Whether the files hold enough that may have been replaced. */
export function worthCompacting(sources: readonly Source[], compactedBytes: number): boolean {
  const bytes = sources.reduce((sum, { info }) => sum + info.length, 0);
  return bytes >= Math.max(bytesMin, 2 * compactedBytes);
}

/** Writes the latest record of each key to one new segment. Offsets stay as they are, so they get holes. */
export async function compact(
  fs: FileSystem,
  directory: string,
  sources: readonly Source[],
  stamp: string,
  now: number,
): Promise<Segment> {
  const latest = new Map<string, number>();
  await eachFrame(fs, sources, ({ bytes, at }) => {
    for (const { key, offset } of readRecords(bytes, at)) latest.set(keyText(key), offset);
  });

  const [first] = sources;
  const base = first?.info.base ?? 0;
  const segment = Segment.begin(fs, directory, { base, time: first?.info.firstTime ?? 0 }, `${stamp}c`);
  const file = await fs.open(segment.path, 'create');
  try {
    let length = 0;
    await eachFrame(fs, sources, async ({ bytes, at }) => {
      const { topicId, partition, time } = readBatchHead(bytes, at);
      const survivors = readRecords(bytes, at).filter(
        ({ key, value, offset }) => latest.get(keyText(key)) === offset && (value !== null || time + tombstoneMs > now),
      );
      for (const run of runsOf(survivors)) length += await writeRun(file, length, topicId, partition, time, run);
    });
    await file.sync();
    await fs.syncDirectory(directory);
    const last = sources.at(-1)?.info;
    segment.grow({ length, end: last?.end ?? base, lastTime: last?.lastTime ?? 0 });
    return segment;
  } finally {
    await file.close();
  }
}

async function eachFrame(
  fs: FileSystem,
  sources: readonly Source[],
  take: (frame: FrameInFile) => Promise<void> | void,
): Promise<void> {
  for (const { path, info } of sources) {
    const file = await fs.open(path, 'existing');
    try {
      for await (const frame of verifiedFrames(file, path, 0, info.length, pieceBytes)) await take(frame);
    } finally {
      await file.close();
    }
  }
}

const keyText = (key: Uint8Array | null): string =>
  key === null ? '' : Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

/** Records with consecutive offsets; a frame can hold no others. */
function runsOf(records: readonly StoredRecord[]): StoredRecord[][] {
  const runs: StoredRecord[][] = [];
  let next = -1;
  for (const record of records) {
    const run = runs.at(-1);
    if (run !== undefined && record.offset === next) run.push(record);
    else runs.push([record]);
    next = record.offset + 1;
  }
  return runs;
}

async function writeRun(
  file: OpenFile,
  position: number,
  topicId: number,
  partition: number,
  time: number,
  run: readonly StoredRecord[],
): Promise<number> {
  const [first] = run;
  if (first === undefined) return 0;
  const size = recordsFrameSize(run.reduce((sum, record) => sum + recordSize(record), 0));
  const frame = Buffer.allocUnsafe(size);
  writeRecords(frame, 0, size, topicId, partition, run);
  stampRecords(frame, 0, first.offset, time);
  sealFrame(frame, 0, size);
  await file.write([frame], position);
  return size;
}
