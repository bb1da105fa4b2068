import { choose, type Choice } from '../choice.ts';
import { isDockerReachable } from '../process/docker.ts';
import { share } from '../process/shared.ts';
import { startContainerPostgres } from './container-postgres.ts';
import { answers, missingForLocalPostgres, startLocalPostgres } from './local-postgres.ts';
import type { Postgres, PostgresOptions } from './postgres.ts';

/**
 * A Postgres: the one that `DATABASE_URL` names, else one in a container, else one from npm's binaries. It ends with
 * this process at the latest. Throws when there is no way; a missing database is never a reason to skip a test.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const choice = await choosePostgres(options.ownOnly ?? false);
  if (choice.kind === 'given') return { url: choice.address, stop: async () => undefined };
  return choice.kind === 'container' ? startContainerPostgres(options) : startLocalPostgres(options);
}

/** The address of one Postgres that all tests of this machine share; they keep apart by databases of their own. */
export async function sharedPostgres(): Promise<string> {
  const choice = await choosePostgres(false);
  if (choice.kind === 'given') return choice.address;
  if (choice.kind === 'container') return (await startContainerPostgres()).url;
  return share({
    name: 'postgres',
    start: async (lifeline) => (await startLocalPostgres({ lifeline })).url,
    isAlive: answers,
  });
}

/** Makes sure that {@link sharedPostgres} will work, and that no test waits for a download. */
export async function preparePostgres(progress: (message: string) => void): Promise<void> {
  const choice = await choosePostgres(false);
  if (choice.kind === 'container') await (await startContainerPostgres({ progress })).stop();
  if (choice.kind === 'given' && !(await answers(choice.address)))
    throw new Error('No Postgres answers at DATABASE_URL.');
}

async function choosePostgres(ownOnly: boolean): Promise<Exclude<Choice, { kind: 'none' }>> {
  const choice = choose(
    { what: 'Postgres', variable: 'DATABASE_URL', ownOnly },
    {
      given: process.env['DATABASE_URL'],
      docker: await isDockerReachable(),
      missing: await missingForLocalPostgres(),
    },
  );
  if (choice.kind === 'none') throw new Error(choice.why);
  return choice;
}
