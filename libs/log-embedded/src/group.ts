/**
 * A group is what one fsync makes durable: the frames of everything that waited, one behind the other.
 *
 *     0  u32  magic
 *     4  u32  length of the frames
 *     8  u32  CRC32C over salt of the file, position, length and the checksums of the frames
 *    12  u32  0
 *    16  ...  frames
 *
 * A group is written only after the one before it is durable. So behind a group that is torn there can be no whole one:
 * where there is, something that was acknowledged has been damaged. Frames alone could not tell the two apart, since
 * the pages of one group may reach the disk in any order. Salt and position keep a copy of a group, as user data might
 * hold one, from passing for a group.
 */
import { crc32c } from './crc32c.ts';
import { readFrame, type FrameHead } from './frame.ts';

export const groupHead = 16;
const magic = 0x50_47_52_31;

/** The checksum that grows over the frames of a group. */
export class GroupChecksum {
  readonly #scratch = Buffer.alloc(16);
  #crc = 0;

  begin(salt: number, position: number, length: number): void {
    this.#scratch.writeUInt32LE(salt, 0);
    this.#scratch.writeDoubleLE(position, 4);
    this.#scratch.writeUInt32LE(length, 12);
    this.#crc = crc32c(this.#scratch, 0, 16);
  }

  add(frameCrc: number): void {
    this.#scratch.writeUInt32LE(frameCrc, 0);
    this.#crc = crc32c(this.#scratch, 0, 4, this.#crc);
  }

  get value(): number {
    return this.#crc;
  }
}

export function writeGroupHead(into: Buffer, start: number, length: number, crc: number): void {
  into.writeUInt32LE(magic, start);
  into.writeUInt32LE(length, start + 4);
  into.writeUInt32LE(crc, start + 8);
  into.writeUInt32LE(0, start + 12);
}

export interface FrameAt {
  readonly start: number;
  readonly head: FrameHead;
}

/** The frames of the group at this place of a commit file, everything verified; undefined where there is no whole group. */
export function readGroup(file: Buffer, start: number, salt: number): readonly FrameAt[] | undefined {
  if (start + groupHead > file.length || file.readUInt32LE(start) !== magic) return undefined;
  const length = file.readUInt32LE(start + 4);
  const end = start + groupHead + length;
  if (end > file.length || file.readUInt32LE(start + 12) !== 0) return undefined;

  const checksum = new GroupChecksum();
  checksum.begin(salt, start, length);
  const frames: FrameAt[] = [];
  for (let at = start + groupHead; at < end;) {
    const head = readFrame(file, at);
    if (head === undefined || at + head.size > end) return undefined;
    frames.push({ start: at, head });
    checksum.add(head.crc);
    at += head.size;
  }
  return checksum.value === file.readUInt32LE(start + 8) ? frames : undefined;
}

/** Position of the first whole group at or behind a place; undefined where there is none. */
export function findGroup(file: Buffer, from: number, salt: number): number | undefined {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(magic, 0);
  for (let at = file.indexOf(mark, from); at >= 0; at = file.indexOf(mark, at + 1)) {
    if (readGroup(file, at, salt) !== undefined) return at;
  }
  return undefined;
}
