import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import { groupNames, taskTopicSpec, topicNames } from '@partitura/wire';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doneKept, QueueTrimmer } from './trim-queues.ts';

const namespace = 'spec';
const domain = 'eu west';
/** Its topic's name is cut and ends with a hash. */
const long = 'ü'.repeat(100);
const queues = [{ type: 'pack' }, { type: 'pack', domain }, { type: long }];

describe('queues', () => {
  let directory: string;
  let log: Log;
  /** Rounds that wait for the clock: one, or none while it runs. */
  let due: (() => void)[] = [];
  let responsible = true;
  let trouble: string[] = [];
  let trimmer: QueueTrimmer;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (_, task) => {
      due = [task];
      return () => (due = []);
    },
  };

  const topicOf = ({ type, domain: of }: { type: string; domain?: string }): string =>
    topicNames(namespace).tasks(type, of);
  const startOf = async (topic: string): Promise<number> => (await log.offsets(topic, 1)).start;
  const commit = (queue: { type: string; domain?: string }, offset: number): Promise<void> =>
    log.commit(groupNames(namespace).queue(queue.type, queue.domain), [
      { topic: topicOf(queue), partition: 1, offset },
    ]);
  /** One round, until the next is awaited. */
  async function round(): Promise<void> {
    for (const run of due.splice(0)) run();
    while (due.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'queues-'));
    log = await openEmbeddedLog({ directory, fsync: false });
    responsible = true;
    trouble = [];
    await log.createTopics(queues.map((queue) => taskTopicSpec(namespace, queue)));
    const records = Array.from({ length: 2_500 }, () => ({ key: null, value: new Uint8Array(8) }));
    for (const queue of queues) await log.append(topicOf(queue), 1, records);
    trimmer = new QueueTrimmer({
      log,
      clock,
      namespace,
      isResponsible: () => responsible,
      everyMs: 1,
      onTrouble: (topic) => trouble.push(topic),
    });
  });
  afterEach(async () => {
    await trimmer.close();
    await log.close();
    rmSync(directory, { recursive: true });
  });

  it('lose what their group has committed, whatever their names, and nothing else', async () => {
    for (const queue of queues) await commit(queue, 2_000);
    await round();
    for (const queue of queues) expect(await startOf(topicOf(queue))).toBe(2_000);
    expect((await log.offsets(topicOf({ type: 'pack' }), 0)).start).toBe(0);
    expect(trouble).toEqual([]);
  });

  it('are left alone without positions, for a few, and by those who are not responsible', async () => {
    const [pack, packInDomain] = queues as [{ type: string }, { type: string; domain: string }];
    await commit(pack, doneKept - 1);
    responsible = false;
    await commit(packInDomain, 2_000);
    await round();
    expect(await startOf(topicOf(packInDomain))).toBe(0);
    responsible = true;
    await round();
    expect(await startOf(topicOf(packInDomain))).toBe(2_000);
    expect(await startOf(topicOf(pack))).toBe(0);
    expect(await startOf(topicOf({ type: long }))).toBe(0);
  });

  it('that cannot be trimmed now keep nobody else waiting and are tried again', async () => {
    const [pack, packInDomain] = queues as [{ type: string }, { type: string; domain: string }];
    await commit(pack, 1_500);
    await commit(packInDomain, 1_500);
    const trim = log.trim.bind(log);
    log.trim = (topic, ...rest) =>
      topic === topicOf(pack) ? Promise.reject(new Error('not now')) : trim(topic, ...rest);
    await round();
    expect(trouble).toEqual([topicOf(pack)]);
    expect(await startOf(topicOf(packInDomain))).toBe(1_500);
    log.trim = trim;
    await round();
    expect(await startOf(topicOf(pack))).toBe(1_500);
  });
});
