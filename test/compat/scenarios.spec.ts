import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../e2e/server-process.ts';
import { Client } from './client.ts';
import { recordings, scenario } from './golden.ts';
import { replayScenario } from './replay.ts';
import { sideBySide } from './side-by-side.ts';
import { wantedDifferences } from './wanted-differences.ts';
import { Wanted } from './wanted.ts';

describe("Conductor's recorded executions, side by side on one server", () => {
  const scenarios = recordings('scenarios').map(scenario);
  let dataDir: string;
  let server: ServerProcess;
  let reports: ReadonlyMap<unknown, Promise<readonly string[]>>;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'partitura-compat-'));
    server = await ServerProcess.start('scenarios', {
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_LOG_LEVEL: 'warn',
      PARTITURA_FSYNC: 'false',
    });
    reports = sideBySide(scenarios, 32, async (recorded) => {
      const wanted = new Wanted(recorded.name, wantedDifferences);
      return wanted.report(await replayScenario(new Client(server.url), recorded, wanted.differsAnyway));
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(scenarios)('$name: $title', async (recorded) => {
    expect((await reports.get(recorded))?.join('\n')).toBe('');
  });
});
