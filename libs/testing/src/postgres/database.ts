import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Begins the name; default `test`. */
  readonly name?: string;
  /** Database to copy; see {@link templateDatabase}. */
  readonly template?: string;
}

/** Makes a database on the server at `server`. It is dropped by `drop`, whoever is still connected. */
export async function createDatabase(server: string, options: DatabaseOptions = {}): Promise<TestDatabase> {
  const name = `${options.name ?? 'test'}_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, async (client) => {
    const template = options.template === undefined ? '' : ` template ${pg.escapeIdentifier(options.template)}`;
    await client.query(`create database ${pg.escapeIdentifier(name)}${template}`);
  });
  return {
    url: urlOf(server, name),
    drop: () =>
      asAdmin(server, async (client) => {
        await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
      }),
  };
}

/**
 * A database that is prepared once (migrations) and then copied by each test in milliseconds: pass its name as
 * `template`. Processes that come at the same time prepare it once. `version` must change with what `prepare` does.
 * `prepare` must leave no connection open.
 */
export async function templateDatabase(
  server: string,
  version: string,
  prepare: (url: string) => Promise<void>,
): Promise<string> {
  const name = `template_${version.replaceAll(/[^a-z0-9]/gi, '_').toLowerCase()}`;
  await asAdmin(server, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]); // goes with the connection
    const { rows } = await client.query<{ ready: boolean }>(
      `select shobj_description(oid, 'pg_database') = 'ready' as ready from pg_database where datname = $1`,
      [name],
    );
    if (rows[0]?.ready === true) return;
    const identifier = pg.escapeIdentifier(name);
    await client.query(`drop database if exists ${identifier} with (force)`);
    await client.query(`create database ${identifier}`);
    await prepare(urlOf(server, name));
    await client.query(`comment on database ${identifier} is 'ready'`);
  });
  return name;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin(server: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
