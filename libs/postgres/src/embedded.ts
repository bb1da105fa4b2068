import { Fault } from '@partitura/model';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { EmbeddedConnection } from './embedded-connection.ts';
import { SessionDatabase } from './session-database.ts';

export interface EmbeddedOptions {
  /** Where the database lives; made when missing. Absent: in memory. */
  readonly directory?: string;
}

/** Reached from `src/` and from `dist/` alike. */
const workerFile = new URL('../worker/embedded-postgres.mjs', import.meta.url);

/**
 * Opens the Postgres that lives in a thread of this process. One connection: statements run one after another, a
 * transaction keeps everybody else waiting. Survives the end of the process; a crash of the machine may lose the last
 * moments (it does not wait for the disk), which the journal restores. Statement time-outs do not work here, so
 * queries bound their rows.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions = {}): Promise<Database> {
  const unlock = options.directory === undefined ? async () => undefined : await lockDirectory(options.directory);
  const directory = options.directory === undefined ? undefined : join(options.directory, 'postgres');
  const worker = new Worker(workerFile, { workerData: { directory } });
  try {
    await started(worker);
  } catch (cause) {
    await unlock();
    throw cause;
  }
  const connection = { stream: () => new EmbeddedConnection(worker), user: 'postgres', database: 'postgres' };
  return SessionDatabase.open(connection, async () => {
    await stopped(worker);
    await unlock();
  });
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Fault('DATABASE_UNAVAILABLE', `the embedded database did not start: ${why}`, { retryable: false }));
    };
    worker.once('error', (cause) => fail(cause instanceof Error ? cause.message : String(cause)));
    worker.once('message', (message: 'ready' | { failure: string }) => {
      if (message === 'ready') resolve();
      else fail(message.failure);
    });
  });
}

function stopped(worker: Worker): Promise<void> {
  // A thread that has ended has no number any more, and does not say so again.
  if (worker.threadId < 0) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.postMessage('close');
  });
}
