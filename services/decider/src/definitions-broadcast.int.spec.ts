import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DefinitionsCopy } from '@partitura/definitions';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import {
  commandId,
  definitionAggregate,
  Payload,
  type DefinitionCommand,
  type DefinitionRecord,
} from '@partitura/model';
import { createLogger, createMetrics } from '@partitura/telemetry';
import {
  definitionCodec,
  definitionKey,
  encodePublicCommand,
  partitionOf,
  topicNames,
  topicSpecs,
} from '@partitura/wire';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDecider, type RunningDecider } from './start-decider.ts';

const namespace = 'spec';
const partitions = 2;
const topics = topicNames(namespace);
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

describe('the broadcast of definitions', () => {
  let directory: string;
  let log: Log;
  let definitions: DefinitionsCopy;
  let decider: RunningDecider | undefined;
  let commands = 0;

  const start = async (): Promise<void> => {
    definitions = await DefinitionsCopy.open({
      log,
      clock,
      topic: topics.definitions,
      decode: (value) => definitionCodec.decode(value),
    });
    decider = await startDecider({
      log,
      clock,
      namespace,
      partitions,
      instance: `decider-${++commands}`,
      definitions,
      logger: createLogger({ level: 'silent' }),
      metrics: createMetrics({ processMetrics: false }),
    });
  };
  const stop = async (): Promise<void> => {
    await decider?.close();
    decider = undefined;
    definitions.close();
  };
  const tell = async (body: DefinitionCommand): Promise<void> => {
    const aggregate = definitionAggregate(body.kind, body.name);
    const envelope = { commandId: commandId(`c${++commands}`), aggregate, sentAt: 0, body };
    await log.append(topics.commands, partitionOf(aggregate, partitions), [encodePublicCommand(envelope)]);
  };
  const putWorkflow = (version: number): Promise<void> =>
    tell({
      type: 'PutDefinition',
      kind: 'workflow',
      name: 'w',
      version,
      body: Payload.of({ name: 'w', version, tasks: [{ name: 'n', taskReferenceName: 'n', type: 'NOOP' }] }),
      mode: 'upsert',
    });
  /** What a reader that begins now is left with: the last record of each key, as `version: revision`. */
  const lastRecords = async (): Promise<Record<string, string>> => {
    const last = new Map<string, DefinitionRecord>();
    const { start: first, end } = await log.offsets(topics.definitions, 0);
    for (let from = first; from < end;) {
      const batch = await log.fetch(topics.definitions, 0, from);
      for (const { value } of batch.records) {
        const record = definitionCodec.decode(value!);
        last.set(String(record.version), record);
      }
      from = batch.nextOffset;
    }
    return Object.fromEntries(
      [...last].map(([version, { revision, deleted }]) => [version, `${revision}${deleted ? ' deleted' : ''}`]),
    );
  };
  const until = async (wanted: Record<string, string>): Promise<void> => {
    const deadline = performance.now() + 10_000;
    while (JSON.stringify(await lastRecords()) !== JSON.stringify(wanted) && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await lastRecords()).toEqual(wanted);
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'definitions-broadcast-'));
    log = await openEmbeddedLog({ directory, fsync: false });
    await log.createTopics(topicSpecs(namespace, partitions));
    await start();
    await putWorkflow(1);
    await putWorkflow(2);
    await tell({ type: 'DeleteDefinition', kind: 'workflow', name: 'w', version: 1 });
    await until({ 1: '3 deleted', 2: '2' });
  });
  afterEach(async () => {
    await stop();
    await log.close();
    rmSync(directory, { recursive: true });
  });

  it('is whole again after its topic was emptied, deletions included', async () => {
    await stop();
    const { end } = await log.offsets(topics.definitions, 0);
    await log.trim(topics.definitions, 0, end);
    expect(await lastRecords()).toEqual({});
    await start();
    await until({ 1: '3 deleted', 2: '2' });
    await definitions.caughtUp(5_000);
    expect([definitions.workflow('w', 1), definitions.versions('w')]).toEqual([undefined, [2]]);
  });

  const older: DefinitionRecord = {
    kind: 'workflow',
    name: 'w',
    version: 2,
    revision: 1,
    deleted: false,
    body: Payload.of({ name: 'w', version: 2, tasks: [] }),
  };
  const record = { key: definitionKey(older), value: definitionCodec.encode(older) };

  it('is said again when an older record came to lie last while nobody was there', async () => {
    await stop();
    await log.append(topics.definitions, 0, [record]);
    expect(await lastRecords()).toEqual({ 1: '3 deleted', 2: '1' });
    await start();
    await until({ 1: '3 deleted', 2: '2' });
  });

  it('is said again when a record of the past arrives late, once, and costs nothing otherwise', async () => {
    const { end } = await log.offsets(topics.definitions, 0);
    await log.append(topics.definitions, 0, [record]);
    await until({ 1: '3 deleted', 2: '2' });
    expect(definitions.versions('w')).toEqual([2]);
    expect((await log.offsets(topics.definitions, 0)).end).toBe(end + 2);

    // A start that finds everything said says nothing.
    await stop();
    await start();
    await putWorkflow(3);
    await until({ 1: '3 deleted', 2: '2', 3: '4' });
    expect((await log.offsets(topics.definitions, 0)).end).toBe(end + 3);
  });
});
