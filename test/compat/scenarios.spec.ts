import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from './client.ts';
import { embeddedServers, kafkaServers, type EmptyServer, type EmptyServers } from './empty-servers.ts';
import { recordings, scenario } from './golden.ts';
import { replayScenario } from './replay.ts';
import { sideBySide } from './side-by-side.ts';
import { wantedDifferences } from './wanted-differences.ts';
import { Wanted } from './wanted.ts';

const scenarios = recordings('scenarios').map(scenario);

describe.each([
  { place: 'one embedded server', prepare: embeddedServers },
  {
    place: 'Kafka and Postgres, a process for each role',
    prepare: () => kafkaServers(['api', 'decider', 'projector', 'system-worker']),
  },
])("Conductor's recorded executions, side by side on $place", ({ prepare }) => {
  let servers: EmptyServers;
  let server: EmptyServer | undefined;
  let reports: ReadonlyMap<unknown, Promise<readonly string[]>>;

  beforeAll(async () => {
    servers = await prepare();
    const { url } = (server = await servers.start('scenarios'));
    reports = sideBySide(scenarios, 32, async (recorded) => {
      const wanted = new Wanted(recorded.name, wantedDifferences);
      return wanted.report(await replayScenario(new Client(url), recorded, wanted.differsAnyway));
    });
  });

  afterAll(async () => {
    await server?.close();
    await servers.dispose();
  });

  it.each(scenarios)('$name: $title', async (recorded) => {
    expect((await reports.get(recorded))?.join('\n')).toBe('');
  });
});
