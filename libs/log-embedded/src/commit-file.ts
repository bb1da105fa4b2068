import { Fault } from '@partitura/model';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { findGroup, readGroup, type FrameAt } from './group.ts';

/**
 * A file of the commit log: `PTRACMT1`, number (f64), salt (u32), CRC32C of these, then groups. Written in order, read
 * only when the log is opened.
 */
export interface CommitFile {
  readonly number: number;
  readonly path: string;
  readonly salt: number;
  /** Its writes are durable when they resolve. */
  readonly file: OpenFile;
  /** Where the next group goes. */
  end: number;
}

export const isEmpty = (file: CommitFile): boolean => file.end === headBytes;

const title = Buffer.from('PTRACMT1');
const headBytes = 24;

export const commitDirectory = (directory: string): string => join(directory, 'commit');
export const commitFileName = (number: number): string => `${String(number).padStart(12, '0')}.log`;
export function commitFileNumber(name: string): number | undefined {
  return /^\d{12}\.log$/.test(name) ? Number(name.slice(0, 12)) : undefined;
}

export async function createCommitFile(fs: FileSystem, directory: string, number: number): Promise<CommitFile> {
  const path = join(commitDirectory(directory), commitFileName(number));
  const file = await fs.open(path, 'create', { durable: true });
  try {
    const salt = randomBytes(4).readUInt32LE(0);
    const head = Buffer.alloc(headBytes);
    head.set(title, 0);
    head.writeDoubleLE(number, 8);
    head.writeUInt32LE(salt, 16);
    head.writeUInt32LE(crc32c(head, 0, 20), 20);
    await file.write([head], 0);
    await fs.syncDirectory(commitDirectory(directory));
    return { number, path, salt, file, end: headBytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    // As long as it is there the file before counts as finished, and it is not.
    await fs.remove(path);
    throw error;
  }
}

/** Whether a file was ever written to: its head is made durable before the first group. */
export async function isBegun(fs: FileSystem, directory: string, number: number): Promise<boolean> {
  const file = await fs.open(join(commitDirectory(directory), commitFileName(number)), 'existing');
  try {
    if ((await file.size()) > headBytes) return true;
    const head = Buffer.alloc(headBytes);
    await file.read(head, 0);
    return hasHead(head, number);
  } finally {
    await file.close();
  }
}

/**
 * Reads a file of the commit log and gives every group to `onGroup`, in order. Only the last file may end in the middle
 * of a group: that group was never acknowledged and is cut off. Anything else that does not fit is damage, and refused.
 */
export async function recoverCommitFile(
  fs: FileSystem,
  directory: string,
  number: number,
  isLast: boolean,
  onGroup: (bytes: Buffer, frames: readonly FrameAt[]) => void,
): Promise<CommitFile> {
  const path = join(commitDirectory(directory), commitFileName(number));
  const file = await fs.open(path, 'existing', { durable: true });
  try {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    const got = await file.read(bytes, 0);
    if (got !== bytes.length) throw damaged(path, got, 'it became shorter while it was read');
    if (!hasHead(bytes, number)) throw damaged(path, 0, 'its head is not that of a commit file');

    const salt = bytes.readUInt32LE(16);
    let end = headBytes;
    while (end < bytes.length) {
      const frames = readGroup(bytes, end, salt);
      if (frames === undefined) break;
      onGroup(bytes, frames);
      end = groupEnd(bytes, end);
    }
    if (end < bytes.length) {
      if (!isLast) throw damaged(path, end, 'later files of the commit log exist');
      const next = findGroup(bytes, end + 1, salt);
      if (next !== undefined) throw damaged(path, end, `an intact group follows at byte ${String(next)}`);
      await file.truncate(end);
    }
    // A process that was killed leaves bytes that only the system holds. Later writes sync nothing but themselves.
    await file.sync();
    return { number, path, salt, file, end };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

const groupEnd = (bytes: Buffer, start: number): number => start + 16 + bytes.readUInt32LE(start + 4);

function hasHead(bytes: Buffer, number: number): boolean {
  return (
    bytes.length >= headBytes &&
    bytes.subarray(0, 8).equals(title) &&
    bytes.readDoubleLE(8) === number &&
    bytes.readUInt32LE(20) === crc32c(bytes, 0, 20)
  );
}

/** What was acknowledged cannot be read any more: nothing is guessed, nothing is cut. */
export function damaged(path: string, at: number, why: string): Fault {
  return new Fault(
    'UNREADABLE',
    `${path} is damaged at byte ${String(at)}: ${why}. The log is not opened; restore it from a copy.`,
    {
      retryable: false,
    },
  );
}
