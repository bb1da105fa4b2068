/**
 * A disk in memory that forgets as real ones do: what was not synced may survive a crash in any mixture. Of writes any
 * sectors, of new lengths any, of the entries of a directory any first part of their changes.
 */
import { dirname } from 'node:path';
import { NotDurable, type FileSystem, type OpenFile, type OpenOptions } from './file-system.ts';

const sector = 512;

export type Operation =
  'open' | 'write' | 'read' | 'truncate' | 'sync' | 'rename' | 'remove' | 'link' | 'syncDirectory';

/** Numbers below 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
}

class Inode {
  data: Buffer = Buffer.alloc(0);
  synced: Buffer = Buffer.alloc(0);
  pending: (Write | { readonly length: number })[] = [];

  write(position: number, bytes: Buffer): Write {
    const write = { position, bytes };
    this.pending.push(write);
    this.data = written(this.data, position, bytes);
    return write;
  }

  /** Makes one write durable and nothing else. */
  syncWrite(write: Write): void {
    this.synced = written(this.synced, write.position, write.bytes);
    this.pending = this.pending.filter((change) => change !== write);
  }

  truncate(length: number): void {
    this.pending.push({ length });
    this.data = Buffer.from(this.data.subarray(0, length));
  }

  sync(): void {
    this.synced = this.data;
    this.pending = [];
  }

  /** What a crash leaves. */
  survivor(random: () => number): Inode {
    let data = this.synced;
    const keeping = random();
    for (const change of this.pending) {
      if ('length' in change) {
        if (random() < keeping) data = Buffer.from(data.subarray(0, change.length));
        continue;
      }
      for (let at = 0; at < change.bytes.length;) {
        const end = Math.min(change.bytes.length, at + sector - ((change.position + at) % sector));
        if (random() < keeping) data = written(data, change.position + at, change.bytes.subarray(at, end));
        at = end;
      }
      // The new length may be durable although the bytes are not.
      const grown = change.position + change.bytes.length;
      if (random() < keeping && data.length < grown) data = written(data, grown, Buffer.alloc(0));
    }
    const inode = new Inode();
    inode.data = inode.synced = Buffer.from(data);
    return inode;
  }
}

function written(data: Buffer, position: number, bytes: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(data.length, position + bytes.length));
  result.set(data);
  result.set(bytes, position);
  return result;
}

type Entries = Map<string, Inode | 'directory'>;

let disksMade = 0;

export class MemoryDisk implements FileSystem {
  /** Of every disk another, so that a log which never ended holds no lock of its successor. */
  readonly directory = `/disk-${String(disksMade++)}`;
  readonly #entries: Entries = new Map();
  /** What a crash leaves at least of names. */
  readonly #durable: Entries = new Map();
  /** Changes of names that are not durable yet, by directory. */
  #pending: { readonly directory: string; readonly apply: (entries: Entries) => void }[] = [];
  #operations = 0;
  #dead = false;
  #dieAt = Number.POSITIVE_INFINITY;

  /** Asked before each operation; an error fails it. A write may have written some of its bytes then. */
  fail: (operation: Operation, path: string) => Error | undefined = () => undefined;
  random: () => number = randomOf(1);

  /** The operation after so many more never ends, and none after it. */
  dieAfter(operations: number): void {
    this.#dieAt = this.#operations + operations;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** A disk as the next process finds it, without locks of the last one. */
  afterCrash(random: () => number): MemoryDisk {
    const entries: Entries = new Map(this.#durable);
    const blocked = new Set<string>();
    for (const { directory, apply } of this.#pending) {
      if (random() < 0.5) blocked.add(directory);
      if (!blocked.has(directory)) apply(entries);
    }
    const disk = new MemoryDisk();
    for (const [path, entry] of entries) {
      if (dirname(path) !== '/' && !entries.has(dirname(path))) continue;
      if (/\/lock[.-]/.test(path)) continue;
      disk.#place(this, path, entry === 'directory' ? entry : entry.survivor(random));
    }
    return disk;
  }

  /** A copy whose files all are as they are now, some replaced; without locks. */
  copy(replacements: Readonly<Record<string, Buffer | undefined>> = {}): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, entry] of this.#entries) {
      if (/\/lock[.-]/.test(path) || (path in replacements && replacements[path] === undefined)) continue;
      let kept: Inode | 'directory' = 'directory';
      if (entry !== 'directory') {
        kept = new Inode();
        kept.data = kept.synced = Buffer.from(replacements[path] ?? entry.data);
      }
      disk.#place(this, path, kept);
    }
    return disk;
  }

  /** Paths of all files whose path matches. */
  files(pattern: RegExp): string[] {
    return [...this.#entries]
      .filter(([path, entry]) => entry !== 'directory' && pattern.test(path))
      .map(([path]) => path);
  }

  bytes(path: string): Buffer {
    return this.#inode(path).data;
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    if (path === '/' || this.#entries.has(path)) return undefined;
    const above = await this.makeDirectory(dirname(path));
    this.#change(dirname(path), (entries) => entries.set(path, 'directory'));
    return above ?? path;
  }

  async list(directory: string): Promise<readonly string[]> {
    const prefix = `${directory}/`;
    const names = [...this.#entries.keys()].filter((path) => dirname(path) === directory);
    return names.map((path) => path.slice(prefix.length)).sort();
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#step('syncDirectory', path, () => {
      for (const { directory, apply } of this.#pending) if (directory === path) apply(this.#durable);
      this.#pending = this.#pending.filter(({ directory }) => directory !== path);
    });
  }

  async open(path: string, mode: 'existing' | 'create', options?: OpenOptions): Promise<OpenFile> {
    await this.#step('open', path, () => {
      if (mode === 'existing') return;
      if (!this.#entries.has(dirname(path))) throw systemError('ENOENT', path);
      const before = this.#entries.get(path);
      if (before instanceof Inode) before.truncate(0);
      else {
        const inode = new Inode();
        this.#change(dirname(path), (entries) => entries.set(path, inode));
      }
    });
    return this.#openFile(path, this.#inode(path), options?.durable === true);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename', from, () => {
      const inode = this.#inode(from);
      this.#change(dirname(to), (entries) => {
        entries.delete(from);
        entries.set(to, inode);
      });
    });
  }

  async remove(path: string): Promise<void> {
    await this.#step('remove', path, () => this.#change(dirname(path), (entries) => entries.delete(path)));
  }

  async link(existing: string, name: string): Promise<void> {
    await this.#step('link', name, () => {
      const inode = this.#inode(existing);
      if (this.#entries.has(name)) throw systemError('EEXIST', name);
      this.#change(dirname(name), (entries) => entries.set(name, inode));
    });
  }

  #openFile(path: string, inode: Inode, durable: boolean): OpenFile {
    return {
      write: async (buffers, position) => {
        const bytes = Buffer.concat(buffers);
        const fault = this.fail('write', path);
        const some = fault === undefined ? bytes : bytes.subarray(0, Math.floor(this.random() * (bytes.length + 1)));
        let write: Write | undefined;
        await this.#step('write', path, () => (write = inode.write(position, some)), fault ?? null);
        if (!durable) return;
        try {
          await this.#step('sync', path, () => write && inode.syncWrite(write));
        } catch (cause) {
          throw new NotDurable('the write is not durable', { cause });
        }
      },
      read: async (into, position) => {
        await this.#step('read', path, () => undefined);
        const found = inode.data.subarray(position, position + into.length);
        into.set(found);
        return found.length;
      },
      size: async () => inode.data.length,
      truncate: (length) => this.#step('truncate', path, () => inode.truncate(length)),
      sync: () => this.#step('sync', path, () => inode.sync()),
      close: async () => undefined,
    };
  }

  /** `fault`: decided by the caller; null: none. */
  async #step(operation: Operation, path: string, act: () => void, fault?: Error | null): Promise<void> {
    if (this.#dead) return new Promise(() => undefined);
    if (this.#operations++ >= this.#dieAt) {
      this.#dead = true;
      // It may have been done, only nobody hears of it.
      if (this.random() < 0.5) act();
      return new Promise(() => undefined);
    }
    const failure = fault === undefined ? this.fail(operation, path) : fault;
    if (failure !== undefined && failure !== null) {
      if (operation === 'write') act();
      throw failure;
    }
    act();
  }

  #change(directory: string, apply: (entries: Entries) => void): void {
    apply(this.#entries);
    this.#pending.push({ directory, apply });
  }

  #place(from: MemoryDisk, path: string, entry: Inode | 'directory'): void {
    const here = this.directory + path.slice(from.directory.length);
    this.#entries.set(here, entry);
    this.#durable.set(here, entry);
  }

  #inode(path: string): Inode {
    const entry = this.#entries.get(path);
    if (!(entry instanceof Inode)) throw systemError('ENOENT', path);
    return entry;
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
