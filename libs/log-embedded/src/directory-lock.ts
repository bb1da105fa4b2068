import { Fault } from '@partitura/model';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isSystemError, type FileSystem } from './file-system.ts';

/**
 * Keeps a second process out of a directory. The holder is who made the lock file with the highest number,
 * `lock.000007`; it names its process. Who finds that process gone makes the file with the next number: creating it
 * fails for all but one, and numbers are never used again, so two who find the same dead holder cannot both succeed.
 */
export interface DirectoryLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts it; pids are used again. Absent where the system does not say. */
  readonly began?: string;
  /** The holder left in order. */
  readonly released?: boolean;
}

/** Directories that this process holds: a pid alone cannot tell two logs of one process apart. */
const heldHere = new Set<string>();

export async function lockDirectory(fs: FileSystem, directory: string): Promise<DirectoryLock> {
  if (heldHere.has(directory)) throw inUse(directory, 'by this very process');
  heldHere.add(directory);
  try {
    const path = await takeLock(fs, directory);
    return {
      release: async () => {
        // The file stays, marked, so that numbers go on rising.
        await writeHolder(fs, path, { ...thisProcess(), released: true });
        heldHere.delete(directory);
      },
    };
  } catch (error) {
    heldHere.delete(directory);
    throw error;
  }
}

async function takeLock(fs: FileSystem, directory: string): Promise<string> {
  const draft = join(directory, `lock-draft.${randomUUID()}`);
  await writeHolder(fs, draft, thisProcess());
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const before = await locks(fs, directory);
      const last = before.at(-1);
      if (last !== undefined) await assertGone(fs, directory, lockPath(directory, last));
      const mine = (last ?? 0) + 1;
      if (!(await linked(fs, draft, lockPath(directory, mine)))) continue;
      const after = await locks(fs, directory);
      if (after.at(-1) !== mine) {
        // Others came and went between our look and our link.
        await fs.remove(lockPath(directory, mine));
        continue;
      }
      for (const older of after) if (older < mine) await fs.remove(lockPath(directory, older));
      await fs.syncDirectory(directory);
      return lockPath(directory, mine);
    }
  } finally {
    await fs.remove(draft);
  }
  throw inUse(directory, 'by others who take and leave it all the time');
}

async function locks(fs: FileSystem, directory: string): Promise<number[]> {
  const names = await fs.list(directory);
  return names
    .filter((name) => /^lock\.\d+$/.test(name))
    .map((name) => Number(name.slice(5)))
    .sort((a, b) => a - b);
}

const lockPath = (directory: string, number: number): string =>
  join(directory, `lock.${String(number).padStart(6, '0')}`);

async function linked(fs: FileSystem, draft: string, path: string): Promise<boolean> {
  try {
    await fs.link(draft, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

async function assertGone(fs: FileSystem, directory: string, path: string): Promise<void> {
  const holder = await readHolder(fs, path);
  if (holder === undefined || holder.released === true) return;
  if (holder.host !== hostname()) {
    throw inUse(
      directory,
      `by process ${String(holder.pid)} on host ${holder.host}; if that host is gone, remove ${path}`,
    );
  }
  if (isAlive(holder)) throw inUse(directory, `by process ${String(holder.pid)}`);
}

/** Undefined: the file is gone, or its process died before it could say who it is. */
async function readHolder(fs: FileSystem, path: string): Promise<Holder | undefined> {
  try {
    const file = await fs.open(path, 'existing');
    try {
      const bytes = Buffer.alloc(4_096);
      const length = await file.read(bytes, 0);
      return JSON.parse(bytes.toString('utf8', 0, length)) as Holder;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeHolder(fs: FileSystem, path: string, holder: Holder): Promise<void> {
  const file = await fs.open(path, 'create');
  try {
    await file.write([Buffer.from(JSON.stringify(holder))], 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

function thisProcess(): Holder {
  const began = processBegan(process.pid);
  return { pid: process.pid, host: hostname(), ...(began === undefined ? {} : { began }) };
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (isSystemError(error, 'ESRCH')) return false;
  }
  const now = processBegan(pid);
  return began === undefined || now === undefined || began === now;
}

/** Boot of the machine and ticks since then; undefined where there is no /proc. `dead` for one that waits to be reaped. */
function processBegan(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name of the program is in parentheses and may hold anything; the state follows, the start time 19 fields on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function inUse(directory: string, by: string): Fault {
  return new Fault('IN_USE', `${directory} is in use ${by}: a log in a directory belongs to one process`, {
    retryable: false,
  });
}
