import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, sharedPostgres, type TestDatabase } from '@partitura/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseContract } from './database.contract.ts';
import { openEmbeddedDatabase, openPostgres } from './index.ts';

const databases: TestDatabase[] = [];
async function freshUrl(): Promise<string> {
  const database = await createDatabase(await sharedPostgres(), { name: 'port' });
  databases.push(database);
  return database.url;
}
afterAll(() => Promise.all(databases.map((database) => database.drop())));

databaseContract('embedded', () => openEmbeddedDatabase());
databaseContract('server', async () => openPostgres({ url: await freshUrl() }));

describe('the embedded database in a directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'embedded-database-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('keeps its rows over a restart, and lets nobody else in while it is open', async () => {
    const first = await openEmbeddedDatabase({ directory });
    await first.run('CREATE TABLE kept AS SELECT 7 AS n');
    await expect(openEmbeddedDatabase({ directory })).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
    await first.close();
    const second = await openEmbeddedDatabase({ directory });
    expect(await second.rows('SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await second.close();
  });
});

describe('a database server', () => {
  it('ends a statement that runs too long', async () => {
    const database = openPostgres({ url: await freshUrl(), statementTimeoutMs: 50 });
    await expect(database.rows('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT' });
    await database.close();
  });

  it('that is not there is a fault that may pass', async () => {
    const database = openPostgres({ url: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(database.rows('SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    await database.close();
  });

  it('that drops our connections is used again as soon as it answers', async () => {
    const url = await freshUrl();
    const database = openPostgres({ url, connectionsMax: 1 });
    const other = openPostgres({ url });
    const heard: string[] = [];
    await database.listen('news', (payload) => heard.push(payload));
    await other.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    await expect(eventually(() => database.rows('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
    await eventually(async () => {
      await other.run(`SELECT pg_notify('news', 'again')`);
      expect(heard).toContain('again');
    });
    await other.close();
    await database.close();
  });
});

async function eventually<T>(attempt: () => Promise<T>, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (performance.now() > deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
