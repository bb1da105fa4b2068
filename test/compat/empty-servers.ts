import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openPostgres } from '@partitura/postgres';
import { createDatabase, sharedKafka, sharedPostgres } from '@partitura/testing';
import { KafkaInstallation } from '../e2e/kafka-installation.ts';
import { ServerProcess } from '../e2e/server-process.ts';

/** Starts servers that know nothing yet. All begin with a copy of one database, since making it takes long. */
export interface EmptyServers {
  start(name: string): Promise<EmptyServer>;
  dispose(): Promise<void>;
}

export interface EmptyServer {
  readonly url: string;
  /** Nothing of it stays. */
  close(): Promise<void>;
}

/** One process that does everything, with log and database in a directory. */
export async function embeddedServers(): Promise<EmptyServers> {
  const settings = { PARTITURA_LOG_LEVEL: 'warn', PARTITURA_FSYNC: 'false' };
  const folder = await mkdtemp(join(tmpdir(), 'partitura-compat-'));
  const original = join(folder, 'original');
  const first = await ServerProcess.start('first', { ...settings, PARTITURA_DATA_DIR: original });
  await first.stop();
  return {
    async start(name) {
      const dataDir = join(folder, name);
      await cp(original, dataDir, { recursive: true });
      const server = await ServerProcess.start(name, { ...settings, PARTITURA_DATA_DIR: dataDir });
      const close = async (): Promise<void> => {
        await server.stop();
        await rm(dataDir, { recursive: true });
      };
      return { url: server.url, close };
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * On a real broker and a real Postgres; all share these two, and keep apart by topics and databases.
 *
 * @param processes the roles of each process
 */
export async function kafkaServers(processes: readonly string[]): Promise<EmptyServers> {
  const [postgres] = await Promise.all([sharedPostgres(), sharedKafka()]);
  const original = await createDatabase(postgres, { name: 'compat_original' });
  const database = openPostgres({ url: original.url });
  await migrate(database);
  await database.close();
  const template = new URL(original.url).pathname.slice(1);
  return {
    async start(name) {
      const installation = await KafkaInstallation.start({ name: `compat-${name}`, processes, template });
      return { url: installation.apis[0]!, close: () => installation.close() };
    },
    dispose: () => original.drop(),
  };
}
