import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, sharedPostgres, type TestDatabase } from '@partitura/testing';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { migrations } from './generated/migrations.ts';
import { describeSchema, migrate, openEmbeddedDatabase, openPostgres, type Database } from './index.ts';

const dumpFile = fileURLToPath(new URL('../../../schemas/sql/schema.dump.sql', import.meta.url));
const head =
  '-- The schema after all migrations, as Postgres reports it. Written by migrate.int.spec.ts (UPDATE_DUMP=1).\n';

let server: string;
beforeAll(async () => {
  server = await sharedPostgres();
});

async function withDatabase(work: (database: Database, url: string) => Promise<void>): Promise<void> {
  const fresh: TestDatabase = await createDatabase(server, { name: 'migrate' });
  const database = openPostgres({ url: fresh.url });
  try {
    await work(database, fresh.url);
  } finally {
    await database.close();
    await fresh.drop();
  }
}

describe('the migrations', () => {
  it('make the schema that is written down', () =>
    withDatabase(async (database) => {
      await migrate(database);
      const dump = head + (await describeSchema(database));
      if (process.env['UPDATE_DUMP'] !== undefined) await writeFile(dumpFile, dump);
      expect(dump).toBe(await readFile(dumpFile, 'utf8'));
    }));

  it('are applied once, however often and by however many processes at once', () =>
    withDatabase(async (database) => {
      const runs = await Promise.all([migrate(database), migrate(database), migrate(database)]);
      expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(migrations.map(({ name }) => name));
      expect(await migrate(database)).toEqual({ applied: [] });
    }));

  it('go on where they were interrupted', () =>
    withDatabase(async (database) => {
      const broken = { number: 2, name: '0002_broken', checksum: 'x', sql: 'CREATE TABLE half (); SELECT 1 / 0' };
      await expect(migrate(database, [migrations[0]!, broken])).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
      expect(await database.rows(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
      expect(await migrate(database)).toEqual({ applied: migrations.slice(1).map(({ name }) => name) });
    }));

  it('refuse a database of a newer program, and one whose migrations were edited', () =>
    withDatabase(async (database) => {
      await migrate(database);
      await expect(migrate(database, migrations.slice(0, 1))).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
      const edited = migrations.map((migration) => ({ ...migration, checksum: 'edited' }));
      await expect(migrate(database, edited)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' });
    }));
});

describe('the embedded database', () => {
  let embedded: Database;
  beforeAll(async () => {
    embedded = await openEmbeddedDatabase();
  });
  afterAll(() => embedded.close());

  it('has the same schema', async () => {
    await migrate(embedded);
    expect(head + (await describeSchema(embedded))).toBe(await readFile(dumpFile, 'utf8'));
  });
});
