import { describeLog, type LogWorld } from '@partitura/log/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog, type EmbeddedLogOptions } from './open.ts';

function describeEmbeddedLog(name: string, options: Partial<EmbeddedLogOptions>): void {
  const openWorld = async (): Promise<LogWorld> => {
    const directory = await mkdtemp(join(tmpdir(), 'partitura-log-'));
    const log = await openEmbeddedLog({ directory, ...options });
    const end = async (): Promise<void> => {
      await log.close();
      await rm(directory, { recursive: true });
    };
    return { log, another: async () => log, end };
  };
  describeLog(name, openWorld, { singleProcess: true });
}

describeEmbeddedLog('the embedded log', {});
// Nearly every read meets settled files, and every test some settling.
describeEmbeddedLog('the embedded log with tiny files', { commitFileBytes: 300, segmentBytes: 500 });
