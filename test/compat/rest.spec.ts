import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from './client.ts';
import { embeddedServers, kafkaServers, type EmptyServers } from './empty-servers.ts';
import { recordings, restArea } from './golden.ts';
import { replayExchanges } from './replay.ts';
import { sideBySide } from './side-by-side.ts';
import { wantedDifferences } from './wanted-differences.ts';
import { Wanted } from './wanted.ts';

const areas = recordings('rest');

describe.each([
  { place: 'embedded server', prepare: embeddedServers },
  {
    place: 'installation of two processes on Kafka and Postgres',
    prepare: () => kafkaServers(['api', 'decider,projector,system-worker']),
  },
])("Conductor's recorded REST exchanges, each area on an empty $place", ({ prepare }) => {
  let servers: EmptyServers;
  let reports: ReadonlyMap<string, Promise<readonly string[]>>;

  beforeAll(async () => {
    servers = await prepare();
    reports = sideBySide(areas, 2, async (area) => {
      const server = await servers.start(area);
      try {
        const wanted = new Wanted(area, wantedDifferences);
        return wanted.report(await replayExchanges(new Client(server.url), restArea(area), wanted.differsAnyway));
      } finally {
        await server.close();
      }
    });
  });

  afterAll(async () => {
    await Promise.allSettled(reports.values());
    await servers.dispose();
  });

  it.each(areas)('%s', async (area) => {
    expect((await reports.get(area))?.join('\n')).toBe('');
  });
});
