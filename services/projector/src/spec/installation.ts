import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import type { JournalRecord } from '@partitura/model';
import { migrate, openEmbeddedDatabase, openPostgres, type Database } from '@partitura/postgres';
import { createDatabase, sharedPostgres } from '@partitura/testing';
import { journalCodec, topicNames, topicSpecs } from '@partitura/wire';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const namespace = 'spec';
export const journalTopic = topicNames(namespace).journal;

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

export interface TestLog {
  readonly log: Log;
  append(records: readonly JournalRecord[], partition?: number): Promise<void>;
  close(): Promise<void>;
}

/** A log in a directory of its own, with the topics of an installation. */
export async function openTestLog(partitions: number): Promise<TestLog> {
  const directory = await mkdtemp(join(tmpdir(), 'projector-log-'));
  const log = await openEmbeddedLog({ directory, fsync: false });
  await log.createTopics(topicSpecs(namespace, partitions).map((plan) => ({ ...plan })));
  return {
    log,
    append: async (records, partition = 0) => {
      const values = records.map((record) => ({ key: null, value: journalCodec.encode(record) }));
      await log.append(journalTopic, partition, values);
    },
    close: async () => {
      await log.close();
      await rm(directory, { recursive: true });
    },
  };
}

export interface TestDatabases {
  /** Migrated and empty. */
  open(): Promise<Database>;
  /** Another pool to the database opened last. */
  again(): Database;
  close(): Promise<void>;
}

export function serverDatabases(): TestDatabases {
  const drops: (() => Promise<void>)[] = [];
  let url = '';
  return {
    open: async () => {
      const fresh = await createDatabase(await sharedPostgres(), { name: 'projector' });
      drops.push(() => fresh.drop());
      url = fresh.url;
      const database = openPostgres({ url });
      await migrate(database);
      return database;
    },
    again: () => openPostgres({ url }),
    close: async () => {
      for (const drop of drops) await drop();
    },
  };
}

/** One embedded database for all tests of a file, emptied for each. */
export function embeddedDatabases(): TestDatabases {
  let shared: Promise<Database> | undefined;
  return {
    open: async () => {
      shared ??= (async () => {
        const database = await openEmbeddedDatabase();
        await migrate(database);
        return database;
      })();
      const database = await shared;
      await database.run(`TRUNCATE read_model.workflow, read_model.task, read_model.task_log,
        read_model.projection_position, archive.history, archive.definition, archive.archive_position`);
      return { ...bound(database), close: async () => undefined };
    },
    again: () => {
      throw new Error('the embedded database has one session');
    },
    close: async () => {
      await (await shared)?.close();
    },
  };
}

function bound(database: Database): Database {
  return {
    rows: (statement, values) => database.rows(statement, values),
    run: (statement, values) => database.run(statement, values),
    insert: (insert, rows, options) => database.insert(insert, rows, options),
    transaction: (work) => database.transaction(work),
    snapshot: (work) => database.snapshot(work),
    readTogether: (reads) => database.readTogether(reads),
    listen: (channel, onMessage) => database.listen(channel, onMessage),
    close: () => database.close(),
  };
}

/** Resolves when the condition holds; rejects with `what` when it does not within the time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
