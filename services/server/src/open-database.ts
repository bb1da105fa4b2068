import { join } from 'node:path';
import { migrate, openEmbeddedDatabase, openPostgres, type Database } from '@partitura/postgres';
import { sleep, type Clock } from '@partitura/log';
import type { Logger } from '@partitura/telemetry';
import type { ServerConfig } from './settings.ts';

const attempts = 10;

/** The migrated database of the read model. A server that is still starting is waited for, a while. */
export async function openDatabase(config: ServerConfig, clock: Clock, logger: Logger): Promise<Database> {
  const { databaseUrl } = config;
  const database =
    databaseUrl === undefined
      ? await openEmbeddedDatabase({ directory: join(config.dataDir, directoryFor(config)) })
      : openPostgres({ url: databaseUrl });
  for (let attempt = 1; ; attempt++) {
    try {
      const { applied } = await migrate(database);
      if (applied.length > 0) logger.info({ applied }, 'database schema is up to date');
      return database;
    } catch (error) {
      if (attempt === attempts || !isPassing(error)) {
        await database.close();
        throw error;
      }
      logger.warn({ error, attempt }, 'the database cannot be reached yet');
      await sleep(clock, 1_000);
    }
  }
}

/** A read model belongs to one log: the same data directory may serve an embedded run today and a Kafka one tomorrow. */
function directoryFor({ log, namespace }: ServerConfig): string {
  return log === 'embedded' ? 'database' : `database-of-kafka-${namespace}`;
}

function isPassing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
}
