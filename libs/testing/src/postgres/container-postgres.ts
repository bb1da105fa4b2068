import { randomBytes } from 'node:crypto';
import { answers } from './local-postgres.ts';
import type { Postgres, PostgresOptions } from './postgres.ts';

const image = 'postgres:18-alpine';

/** Postgres in a container. Removed by testcontainers' reaper if this process dies. */
export async function startContainerPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const progress = options.progress ?? (() => undefined);
  const { GenericContainer } = await import('testcontainers');
  progress(`starting ${image} in a container (the first time, its image is downloaded) …`);
  const password = randomBytes(18).toString('base64url');
  const started = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
    .withExposedPorts(5432)
    .withStartupTimeout(120_000)
    .start();
  const url = `postgres://postgres:${password}@${started.getHost()}:${started.getMappedPort(5432)}/postgres`;
  // The image starts a first server only for its set-up, so an open port proves nothing.
  const deadline = performance.now() + 60_000;
  while (!(await answers(url))) {
    if (performance.now() > deadline) throw new Error(`${image} did not answer in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  progress('Postgres is ready');
  return {
    url,
    stop: async () => {
      await started.stop();
    },
  };
}
