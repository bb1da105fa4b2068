import { describeLog } from '@partitura/log/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from './open.ts';

describeLog(
  'the embedded log',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'partitura-log-'));
    const log = await openEmbeddedLog({ directory });
    return {
      log,
      another: async () => log,
      end: async () => {
        await log.close();
        await rm(directory, { recursive: true });
      },
    };
  },
  { singleProcess: true },
);
