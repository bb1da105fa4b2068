import type { StoredRecord } from '@partitura/log';
import { Fault } from '@partitura/model';
import { join } from 'node:path';
import { batchHeadBytes, frameHead, frameSizeAt, readBatchHead, readFrame, readRecords } from './frame.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

/** What the manifest says of one settled file of a partition. Only `length` bytes of the file count. */
export interface SegmentInfo {
  /** File name within the directory of the partition. */
  readonly name: string;
  /** First offset, and the offset behind the last: both may be those of records that were compacted away. */
  readonly base: number;
  end: number;
  length: number;
  /** Times of the first and the last batch, epoch ms. */
  readonly firstTime: number;
  lastTime: number;
}

/** What writing to a segment changes. */
export type Growth = Pick<SegmentInfo, 'end' | 'length' | 'lastTime'>;

/** Bytes between two entries of the index. */
const indexStride = 64 * 1024;

/** A settled file: frames of one partition with rising offsets. Opened for each read; reads here are large and rare. */
export class Segment {
  readonly info: SegmentInfo;
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #index = new SparseIndex();
  /** Extends the index as far as a read needs it, one at a time. */
  #indexing: Promise<void> = Promise.resolve();

  constructor(fs: FileSystem, path: string, info: SegmentInfo) {
    this.#fs = fs;
    this.path = path;
    this.info = info;
  }

  /** An empty one whose first batch is given. `stamp` tells its name from those of other files with the same offsets. */
  static begin(fs: FileSystem, directory: string, first: { base: number; time: number }, stamp: string): Segment {
    const name = `${String(first.base).padStart(16, '0')}-${stamp}.log`;
    const { base, time } = first;
    return new Segment(fs, join(directory, name), {
      name,
      base,
      end: base,
      length: 0,
      firstTime: time,
      lastTime: time,
    });
  }

  /** Takes over what was added behind the old length. */
  grow(growth: Growth): void {
    Object.assign(this.info, growth);
  }

  /**
   * Records from an offset on, about `maxBytes` of them and at least one batch; `next` is where to read on. None when
   * everything from there on was compacted away.
   */
  async read(
    from: number,
    maxBytes: number,
  ): Promise<{ readonly records: readonly StoredRecord[]; readonly next: number }> {
    const length = this.info.length;
    const end = this.info.end;
    const file = await this.#fs.open(this.path, 'existing');
    try {
      const start = from <= this.info.base ? 0 : await this.#positionOf(file, from, length);
      const records: StoredRecord[] = [];
      let next = from;
      let taken = 0;
      for await (const { bytes, at, size } of verifiedFrames(file, this.path, start, length, maxBytes + indexStride)) {
        const head = readBatchHead(bytes, at);
        const behind = head.baseOffset + head.count;
        if (behind <= from) continue;
        if (taken > 0 && taken + size > maxBytes) return { records, next };
        const found = readRecords(bytes, at);
        records.push(...(head.baseOffset < from ? found.slice(from - head.baseOffset) : found));
        taken += size;
        next = behind;
      }
      return { records, next: end };
    } finally {
      await file.close();
    }
  }

  /** Position of a frame at or before the one that holds the offset. */
  async #positionOf(file: OpenFile, offset: number, length: number): Promise<number> {
    const extended = this.#indexing.then(() => this.#index.extend(file, this.path, length));
    this.#indexing = extended.catch(() => undefined);
    await extended;
    return this.#index.positionOf(offset);
  }
}

/** Offsets and positions of some frames, rising. */
class SparseIndex {
  readonly #offsets: number[] = [];
  readonly #positions: number[] = [];
  /** Everything before is indexed. */
  #end = 0;

  /** Hops from frame to frame up to `length`; what is read later is verified then. */
  async extend(file: OpenFile, path: string, length: number): Promise<void> {
    if (this.#end >= length) return;
    const window = Buffer.allocUnsafeSlow(Math.min(1024 * 1024, length - this.#end));
    let windowStart = 0;
    let windowEnd = 0;
    while (this.#end < length) {
      const at = this.#end;
      if (at + batchHeadBytes > windowEnd) {
        windowStart = at;
        windowEnd = at + (await file.read(window.subarray(0, Math.min(window.length, length - at)), at));
      }
      const size = frameSizeAt(window, at - windowStart);
      if (size === undefined || at + batchHeadBytes > windowEnd) throw unreadable(path, at);
      if (at - (this.#positions.at(-1) ?? -indexStride) >= indexStride) {
        this.#offsets.push(readBatchHead(window, at - windowStart).baseOffset);
        this.#positions.push(at);
      }
      this.#end += size;
    }
  }

  positionOf(offset: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#positions[low - 1] ?? 0;
  }
}

export interface FrameInFile {
  /** Holds the frame; not used again for another. */
  readonly bytes: Buffer;
  readonly at: number;
  readonly size: number;
}

/** All frames of a file between two positions, each verified, read in pieces of about `pieceBytes`. */
export async function* verifiedFrames(
  file: OpenFile,
  path: string,
  start: number,
  length: number,
  pieceBytes: number,
): AsyncGenerator<FrameInFile> {
  let position = start;
  let wanted = pieceBytes;
  while (position < length) {
    const piece = Buffer.allocUnsafeSlow(Math.min(Math.max(wanted, frameHead), length - position));
    const got = await file.read(piece, position);
    if (got < piece.length) throw unreadable(path, position + got);
    let at = 0;
    for (let size = frameSizeAt(piece, 0); ; size = frameSizeAt(piece, at)) {
      if (size === undefined || at + size > piece.length) {
        // The last frame of the piece goes on behind it, or nothing here is a frame.
        if (at + frameHead <= piece.length && size === undefined) throw unreadable(path, position + at);
        wanted = Math.max(pieceBytes, size ?? 0);
        break;
      }
      if (readFrame(piece, at)?.kind !== 'records') throw unreadable(path, position + at);
      yield { bytes: piece, at, size };
      at += size;
      if (at === piece.length) break;
    }
    if (at === 0 && position + wanted > length) throw unreadable(path, position);
    position += at;
  }
}

function unreadable(path: string, at: number): Fault {
  return new Fault('UNREADABLE', `${path} is damaged at byte ${String(at)}; restore it from a copy`, {
    retryable: false,
  });
}
