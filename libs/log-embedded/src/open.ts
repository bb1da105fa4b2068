import type { Clock, Log } from '@partitura/log';
import { resolve } from 'node:path';
import { Catalog } from './catalog.ts';
import { lockDirectory } from './directory-lock.ts';
import { EmbeddedLog } from './embedded-log.ts';
import { makeDurableDirectory, nodeFileSystem, type FileSystem } from './file-system.ts';
import { FsyncGuard } from './fsync-guard.ts';
import { recover } from './recovery.ts';

export interface EmbeddedLogOptions {
  /** Made if it does not exist. Belongs to one process at a time. */
  readonly directory: string;
  readonly clock?: Clock;
  /** Default: the real one. */
  readonly fs?: FileSystem;
  /** false: nothing is made durable; for tests and throw-away data. Default true. */
  readonly fsync?: boolean;
  /** A file of the commit log is settled above this; about as much is kept in memory, up to twice. Default 16 MiB. */
  readonly commitFileBytes?: number;
  /** Settled files end above this. Default 32 MiB. */
  readonly segmentBytes?: number;
  /**
   * An fsync failed: what is durable is unknown, and the process must end. Default: says so on standard error and exits
   * with code 70. Whatever it does, the log accepts nothing any more.
   */
  readonly onFatal?: (message: string, cause: unknown) => void;
  /** Work in the background failed and will be tried again; appends wait once too much is left. Default: standard error. */
  readonly onTrouble?: (message: string, cause: unknown) => void;
}

/**
 * Opens the log in a directory and brings it to what was acknowledged before, whatever ended the last process.
 * Rejects with `Fault` IN_USE when another process has it, UNREADABLE when something acknowledged cannot be read any more.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  const directory = resolve(options.directory);
  const guard = new FsyncGuard(options.fs ?? nodeFileSystem({ fsync: options.fsync ?? true }));
  const { fs } = guard;
  await makeDurableDirectory(fs, directory);
  const lock = await lockDirectory(fs, directory);
  try {
    const catalog = new Catalog(directory);
    const recovered = await recover(fs, directory, catalog);
    return new EmbeddedLog(
      {
        directory,
        fs,
        guard,
        lock,
        catalog,
        clock: options.clock ?? systemClock,
        commitFileBytes: options.commitFileBytes ?? 16 * 1024 * 1024,
        segmentBytes: options.segmentBytes ?? 32 * 1024 * 1024,
        onFatal: options.onFatal ?? exit,
        onTrouble: options.onTrouble ?? ((message, cause) => tell(`${message}: ${reason(cause)}`)),
      },
      recovered,
    );
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

function exit(message: string, cause: unknown): void {
  tell(`${message}: ${reason(cause)}. What is on the disk is unknown; the process ends.`);
  process.exit(70);
}

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const tell = (text: string): boolean => process.stderr.write(`partitura log: ${text}\n`);
