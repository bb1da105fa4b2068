import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeInstallation, environment } from './installation.behaviour.ts';
import { KafkaInstallation } from './kafka-installation.ts';
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

describeInstallation('an installation of a process per role, with two apis, on Kafka and Postgres', () =>
  KafkaInstallation.start({
    name: 'roles',
    processes: ['api', 'api', 'decider', 'projector', 'system-worker'],
    settings: environment,
  }),
);
