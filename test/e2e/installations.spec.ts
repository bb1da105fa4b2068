import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, sharedKafka, sharedPostgres } from '@partitura/testing';
import { describeInstallation, environment } from './installation.behaviour.ts';
import { ServerProcess } from './server-process.ts';

describeInstallation('an installation in one process, embedded', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-one-'));
  const server = await ServerProcess.start('one', {
    ...environment,
    PARTITURA_DATA_DIR: dataDir,
    PARTITURA_LOG_LEVEL: 'warn',
  });
  return {
    apis: [server.url],
    close: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});

describeInstallation('an installation of a process per role, with two apis, on Kafka and Postgres', async () => {
  const [brokers, postgres] = await Promise.all([sharedKafka(), sharedPostgres()]);
  const database = await createDatabase(postgres, { name: 'installations' });
  const settings = {
    ...environment,
    PARTITURA_LOG: 'kafka',
    PARTITURA_KAFKA_BROKERS: brokers.join(','),
    PARTITURA_NAMESPACE: `i-${randomBytes(4).toString('hex')}`,
    PARTITURA_PARTITIONS: '4',
    PARTITURA_LOG_LEVEL: 'warn',
    PARTITURA_KEY: 'a key only for this test run',
    DATABASE_URL: database.url,
  };
  const start = (role: string): Promise<ServerProcess> =>
    ServerProcess.start(role, { ...settings, PARTITURA_ROLES: role });
  const first = await start('api');
  const [second, ...others] = await Promise.all(['api', 'decider', 'projector', 'system-worker'].map(start));
  return {
    apis: [first.url, second!.url],
    close: async () => {
      await Promise.all([first, second!, ...others].map((process) => process.stop()));
      await database.drop();
    },
  };
});
