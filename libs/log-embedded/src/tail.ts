import type { StoredRecord } from '@partitura/log';
import { readRecords } from './frame.ts';

/** One batch that is durable in the commit log and not yet settled in a segment. `bytes` holds its frame, and others. */
export interface TailBatch {
  readonly bytes: Buffer;
  readonly start: number;
  readonly size: number;
  readonly base: number;
  readonly count: number;
  readonly time: number;
}

/** The recent batches of one partition, in memory, so that those who read at the end do no IO. */
export class Tail {
  #batches: TailBatch[] = [];
  /** The batch that was decoded last: several readers at the end decode it once. */
  #decodedBase = -1;
  #decoded: StoredRecord[] = [];

  push(batch: TailBatch): void {
    this.#batches.push(batch);
  }

  /** Offset from which on memory has everything; undefined when it has nothing. */
  get base(): number | undefined {
    return this.#batches[0]?.base;
  }

  /** Batches that begin before an offset. */
  before(offset: number): readonly TailBatch[] {
    return this.#batches.slice(0, this.#indexOf(offset));
  }

  /** Forgets the batches that lie before an offset as a whole. */
  dropBefore(offset: number): void {
    let count = this.#indexOf(offset);
    const last = this.#batches[count - 1];
    if (last !== undefined && last.base + last.count > offset) count--;
    if (count <= 0) return;
    this.#batches.splice(0, count);
    // What was decoded holds on to its bytes.
    this.#decoded = [];
    this.#decodedBase = -1;
  }

  /** Records from an offset on, at least one batch, further ones while they stay within `maxBytes`. */
  read(from: number, maxBytes: number): readonly StoredRecord[] {
    let index = this.#indexOf(from + 1) - 1;
    const first = this.#batches[index];
    if (first === undefined) return [];
    let records = this.#decode(first);
    if (from > first.base) records = records.slice(from - first.base);
    let bytes = first.size;
    for (
      let next = this.#batches[++index];
      next !== undefined && bytes + next.size <= maxBytes;
      next = this.#batches[++index]
    ) {
      if (records === this.#decoded) records = records.slice();
      for (const record of this.#decode(next)) records.push(record);
      bytes += next.size;
    }
    return records;
  }

  #decode(batch: TailBatch): StoredRecord[] {
    if (batch.base !== this.#decodedBase) {
      this.#decoded = readRecords(batch.bytes, batch.start);
      this.#decodedBase = batch.base;
    }
    return this.#decoded;
  }

  /** Index of the first batch that begins at or behind an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#batches[middle] as TailBatch).base < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
