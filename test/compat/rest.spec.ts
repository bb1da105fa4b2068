import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from './client.ts';
import { EmptyServers } from './empty-server.ts';
import { recordings, restArea } from './golden.ts';
import { replayExchanges } from './replay.ts';
import { sideBySide } from './side-by-side.ts';
import { wantedDifferences } from './wanted-differences.ts';
import { Wanted } from './wanted.ts';

describe("Conductor's recorded REST exchanges, each area on an empty server", () => {
  const areas = recordings('rest');
  let servers: EmptyServers;
  let reports: ReadonlyMap<string, Promise<readonly string[]>>;

  beforeAll(async () => {
    servers = await EmptyServers.prepare();
    reports = sideBySide(areas, 2, (area) =>
      servers.with(area, async (base) => {
        const wanted = new Wanted(area, wantedDifferences);
        return wanted.report(await replayExchanges(new Client(base), restArea(area), wanted.differsAnyway));
      }),
    );
  });

  afterAll(async () => {
    await Promise.allSettled(reports.values());
    await servers.dispose();
  });

  it.each(areas)('%s', async (area) => {
    expect((await reports.get(area))?.join('\n')).toBe('');
  });
});
