import { Fault } from '@partitura/model';
import { migrations as ours, type Migration } from './generated/migrations.ts';
import type { Database, Queries } from './database.ts';

export interface Migrated {
  readonly applied: readonly string[];
}

/** Any number will do as long as every process that migrates uses the same. */
const advisoryLock = 7_283_946_501;

/**
 * Brings the schema up to date. Each migration is one transaction under an advisory lock that all processes share, so
 * it may be interrupted anywhere and repeated, and several processes may start at once. Refuses (Fault
 * `SCHEMA_CHANGED`, `SCHEMA_NEWER`) a database whose applied migrations are not the ones known here.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = ours): Promise<Migrated> {
  const applied: string[] = [];
  await database.transaction(async (queries) => {
    await enter(queries);
    await queries.run(`CREATE TABLE IF NOT EXISTS public.schema_migration (
      number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  });
  for (const migration of migrations) {
    const done = await database.transaction(async (queries) => {
      await enter(queries);
      await refuseNewer(queries, migrations);
      return apply(queries, migration);
    });
    if (done) applied.push(migration.name);
  }
  return { applied };
}

/** Waits for other migrating processes, as long as it takes. */
async function enter(queries: Queries): Promise<void> {
  await queries.run('SET LOCAL statement_timeout = 0');
  await queries.run('SELECT pg_advisory_xact_lock($1::bigint)', [advisoryLock]);
}

async function apply(queries: Queries, migration: Migration): Promise<boolean> {
  const [known] = await queries.rows<{ checksum: string }>(
    'SELECT checksum FROM public.schema_migration WHERE number = $1',
    [migration.number],
  );
  if (known !== undefined) {
    if (known.checksum === migration.checksum) return false;
    throw new Fault('SCHEMA_CHANGED', `migration ${migration.name} was applied with another content`, {
      retryable: false,
    });
  }
  await queries.run(migration.sql);
  await queries.run('INSERT INTO public.schema_migration (number, name, checksum) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.checksum,
  ]);
  return true;
}

async function refuseNewer(queries: Queries, migrations: readonly Migration[]): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0;
  const [row] = await queries.rows<{ number: number | null }>(
    'SELECT max(number) AS number FROM public.schema_migration',
  );
  if ((row?.number ?? 0) > newest) {
    throw new Fault(
      'SCHEMA_NEWER',
      `the database has migration ${row?.number ?? 0}, this program knows only ${newest}`,
      {
        retryable: false,
      },
    );
  }
}
