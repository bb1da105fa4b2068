import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DefinitionsCopy } from '@partitura/definitions';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import { createLogger, createMetrics } from '@partitura/telemetry';
import { definitionCodec, topicNames, topicSpecs } from '@partitura/wire';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDecider } from './start-decider.ts';

const namespace = 'spec';
const topics = topicNames(namespace);
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

describe('a partition whose journal somebody else has written to', () => {
  let directory: string;
  let log: Log;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'halted-'));
    log = await openEmbeddedLog({ directory, fsync: false });
    await log.createTopics(topicSpecs(namespace, 2));
  });
  afterEach(async () => {
    await log.close();
    rmSync(directory, { recursive: true });
  });

  it('is halted, says why and what to do wherever somebody looks, and leaves the other one alone', async () => {
    await log.append(topics.journal, 1, [{ key: null, value: new Uint8Array([1, 2, 3]) }]);
    const definitions = await DefinitionsCopy.open({
      log,
      clock,
      topic: topics.definitions,
      decode: (value) => definitionCodec.decode(value),
    });
    const metrics = createMetrics({ processMetrics: false });
    const lines: string[] = [];
    const decider = await startDecider({
      log,
      clock,
      namespace,
      partitions: 2,
      instance: 'one',
      definitions,
      logger: createLogger({ level: 'error', destination: { write: (line) => void lines.push(line) } }),
      metrics,
    });
    try {
      const deadline = performance.now() + 10_000;
      while (!(await metrics.text()).includes('partitions_owned 1') && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 10));

      const { ready, problem, details } = decider.health();
      expect({ ready, problem }).toEqual({
        ready: false,
        problem: expect.stringMatching(
          /^partition 1 is halted \(UNREADABLE_ENTRY\): journal offset 0 .*only deciders may$/,
        ),
      });
      expect(details['partitions']).toMatchObject([
        { partition: 0, phase: 'owning' },
        { partition: 1, phase: 'halted', code: 'UNREADABLE_ENTRY' },
      ]);
      expect(await metrics.text()).toContain('partitura_partitions_halted 1');
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        {
          level: 'error',
          partition: 1,
          code: 'UNREADABLE_ENTRY',
          advice: expect.stringContaining('only deciders may'),
        },
      ]);
    } finally {
      await decider.close();
      definitions.close();
    }
  });
});
