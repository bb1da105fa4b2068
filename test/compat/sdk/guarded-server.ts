import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd, ServerProcess } from '../../e2e/server-process.ts';

interface Key {
  readonly id: string;
  readonly secret: string;
}

/** A server that lets nobody in without a key, and the keys that it knows. */
export interface GuardedServer {
  readonly url: string;
  /** May do everything. */
  readonly owner: Key;
  /** May poll, report, and register the tasks that it does. */
  readonly worker: Key;
  /** May look. */
  readonly reader: Key;
  stop(): Promise<void>;
}

/** What a program of ours must be told to use an SDK against the server; the first three are the SDKs' own variables. */
export function environmentOf(server: GuardedServer, as: Key): Record<string, string> {
  return {
    CONDUCTOR_SERVER_URL: `${server.url}/api`,
    CONDUCTOR_AUTH_KEY: as.id,
    CONDUCTOR_AUTH_SECRET: as.secret,
    READER_KEY: server.reader.id,
    READER_SECRET: server.reader.secret,
  };
}

export async function startGuardedServer(name: string): Promise<GuardedServer> {
  const dataDir = await mkdtemp(join(tmpdir(), `partitura-${name}-`));
  const [owner, worker, reader] = await Promise.all([
    makeKey('owner', 'admin'),
    makeKey('worker', 'worker', 'definer'),
    makeKey('reader', 'reader'),
  ]);
  const server = await ServerProcess.start(name, {
    PARTITURA_DATA_DIR: dataDir,
    PARTITURA_LOG_LEVEL: 'warn',
    PARTITURA_FSYNC: 'false',
    PARTITURA_API_KEYS: JSON.stringify([owner.entry, worker.entry, reader.entry]),
  });
  return {
    url: server.url,
    owner: owner.key,
    worker: worker.key,
    reader: reader.key,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeKey(id: string, ...roles: readonly string[]): Promise<{ key: Key; entry: unknown }> {
  const said = await runToEnd(['make-key', id, ...roles], {});
  const secret = /secret[^:]*: (\S+)/.exec(said)?.[1];
  const entry = /(\{.*\})/.exec(said)?.[1];
  if (secret === undefined || entry === undefined) throw new Error(`make-key said something else:\n${said}`);
  return { key: { id, secret }, entry: JSON.parse(entry) as unknown };
}
