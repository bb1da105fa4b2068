/** One entry of a history as the journal holds it. */
export interface ArchivedEntry {
  /** In the journal partition. */
  readonly offset: number;
  /** The record's value, framed as in the journal. */
  readonly value: Uint8Array;
}

const headBytes = 12;

/** Consecutive entries of one workflow, on their way to one row of `archive.history`. */
export class HistoryChunk {
  readonly workflowId: string;
  readonly firstIndex: number;
  readonly starts: boolean;
  lastIndex: number;
  #entries: ArchivedEntry[] = [];
  #bytes = 0;

  constructor(workflowId: string, firstIndex: number, starts: boolean) {
    this.workflowId = workflowId;
    this.firstIndex = firstIndex;
    this.lastIndex = firstIndex;
    this.starts = starts;
  }

  add(index: number, offset: number, value: Uint8Array): void {
    this.lastIndex = index;
    this.#entries.push({ offset, value });
    this.#bytes += headBytes + value.length;
  }

  /** Per entry: offset (8 bytes), size (4 bytes), record; big-endian. */
  encode(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (const { offset, value } of this.#entries) {
      bytes.writeUInt32BE(Math.floor(offset / 0x1_0000_0000), at);
      bytes.writeUInt32BE(offset >>> 0, at + 4);
      bytes.writeUInt32BE(value.length, at + 8);
      bytes.set(value, at + headBytes);
      at += headBytes + value.length;
    }
    return bytes;
  }
}

export function decodeChunk(bytes: Uint8Array): readonly ArchivedEntry[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ArchivedEntry[] = [];
  for (let at = 0; at < view.length;) {
    const size = view.readUInt32BE(at + 8);
    entries.push({
      offset: view.readUInt32BE(at) * 0x1_0000_0000 + view.readUInt32BE(at + 4),
      value: view.subarray(at + headBytes, at + headBytes + size),
    });
    at += headBytes + size;
  }
  return entries;
}
