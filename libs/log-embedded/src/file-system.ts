import * as fs from 'node:fs';
import { dirname } from 'node:path';

/** What the log needs of a file system; a test puts one that fails in between. Rejects with the system's own errors. */
export interface FileSystem {
  /** Makes a directory and those above it that are missing; gives the first that was missing. */
  makeDirectory(path: string): Promise<string | undefined>;
  /** Names of the entries, sorted; none where the directory does not exist. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes creations, renames and removals in the directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Opens for reading and writing; `create` makes an empty file, also where one was. */
  open(path: string, mode: 'existing' | 'create', options?: OpenOptions): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that does not exist is no error. */
  remove(path: string): Promise<void>;
  /** Gives a file a second name; EEXIST where the name is taken. */
  link(existing: string, name: string): Promise<void>;
}

export interface OpenOptions {
  /** A write is durable when it resolves. One that rejects with {@link NotDurable} is like a failed fsync. */
  readonly durable: boolean;
}

/** Bytes were written, and nobody knows whether they are durable. */
export class NotDurable extends Error {}

export interface OpenFile {
  /** Writes all bytes, one buffer behind the other; on rejection any part may have been written. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills `into` from a position on; resolves to the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(length: number): Promise<void>;
  /** Makes data and size durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The real one. With `fsync: false` nothing is made durable: for tests and throw-away data. */
export function nodeFileSystem({ fsync }: { readonly fsync: boolean }): FileSystem {
  return {
    makeDirectory: (path) => fs.promises.mkdir(path, { recursive: true, mode: 0o700 }),
    list: async (directory) => {
      try {
        return (await fs.promises.readdir(directory)).sort();
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return [];
        throw error;
      }
    },
    syncDirectory: async (path) => {
      if (fsync) await syncDirectory(path);
    },
    open: async (path, mode, options) => {
      const syncs = !fsync || options?.durable !== true ? 'never' : oneCallSyncs ? 'itself' : 'after';
      return new NodeFile(await open(path, flagsOf(mode, syncs === 'itself')), fsync, syncs);
    },
    rename: (from, to) => fs.promises.rename(from, to),
    remove: (path) => fs.promises.rm(path, { force: true }),
    link: (existing, name) => fs.promises.link(existing, name),
  };
}

/** Makes a directory whose name survives a crash: every new entry on the way is synced in the directory above it. */
export async function makeDurableDirectory(fs: FileSystem, path: string): Promise<void> {
  const first = await fs.makeDirectory(path);
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    await fs.syncDirectory(dirname(made));
    if (made === first) return;
  }
}

export function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && (error as NodeJS.ErrnoException).code === code;
}

/**
 * Linux writes and syncs in one call, which is one visit to another thread instead of two: a third less work. Elsewhere
 * the flag is missing, or promises less than an fsync.
 */
const oneCallSyncs = process.platform === 'linux';

function flagsOf(mode: 'existing' | 'create', syncing: boolean): number {
  const { O_RDWR, O_CREAT, O_TRUNC, O_DSYNC } = fs.constants;
  return O_RDWR | (mode === 'create' ? O_CREAT | O_TRUNC : 0) | (syncing ? O_DSYNC : 0);
}

/** Errors of a write that was refused before anything was lost. */
const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Descriptors and callbacks instead of file handles: about half the work per call, and the commit path makes one per group. */
class NodeFile implements OpenFile {
  readonly #descriptor: number;
  readonly #fsync: boolean;
  /** Whether writes make durable what they wrote: not, in the same call, or with another. */
  readonly #syncs: 'never' | 'itself' | 'after';

  constructor(descriptor: number, fsync: boolean, syncs: 'never' | 'itself' | 'after') {
    this.#descriptor = descriptor;
    this.#fsync = fsync;
    this.#syncs = syncs;
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    let rest = buffers;
    let at = position;
    while (rest.length > 0) {
      const written = await this.#writeSome(rest, at);
      at += written;
      rest = behind(rest, written);
    }
    if (this.#syncs === 'after') await this.sync().catch(notDurable);
  }

  #writeSome(buffers: readonly Uint8Array[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: NodeJS.ErrnoException | null, written: number): void => {
        if (error === null) resolve(written);
        else if (this.#syncs === 'itself' && !noRoom.has(error.code))
          reject(new NotDurable(error.message, { cause: error }));
        else reject(error);
      };
      const [first] = buffers;
      if (buffers.length === 1 && first) fs.write(this.#descriptor, first, 0, first.length, position, done);
      else fs.writev(this.#descriptor, buffers as Uint8Array[], position, done);
    });
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const got = await this.#readSome(into, filled, position + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  }

  #readSome(into: Uint8Array, from: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, into, from, into.length - from, position, (error, got) =>
        error === null ? resolve(got) : reject(error),
      );
    });
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, (error, stat) => (error === null ? resolve(stat.size) : reject(error)));
    });
  }

  truncate(length: number): Promise<void> {
    return settled((done) => fs.ftruncate(this.#descriptor, length, done));
  }

  sync(): Promise<void> {
    return this.#fsync ? settled((done) => fs.fdatasync(this.#descriptor, done)) : Promise.resolve();
  }

  close(): Promise<void> {
    return settled((done) => fs.close(this.#descriptor, done));
  }
}

function notDurable(cause: Error): never {
  throw new NotDurable(cause.message, { cause });
}

function behind(buffers: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let left = written;
  for (const [i, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(i + 1)];
    left -= buffer.length;
  }
  return [];
}

function open(path: string, flags: string | number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}

/** Windows keeps directory entries durable by itself and opens no directories. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const descriptor = await open(path, 'r');
  try {
    await settled((done) => fs.fsync(descriptor, done));
  } finally {
    await settled((done) => fs.close(descriptor, done));
  }
}

function settled(call: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
