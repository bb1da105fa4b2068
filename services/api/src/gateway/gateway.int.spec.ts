import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '@partitura/log-embedded';
import type { Clock, Log } from '@partitura/log';
import { Payload, taskId, workflowId, type TaskRecord } from '@partitura/model';
import { groupNames, taskCodec, taskTopicSpec, topicNames, topicSpecs } from '@partitura/wire';
import { Gateway } from './gateway.ts';
import type { Peer } from './peers.ts';
import type { StartedReport, StartedReports } from './started-reports.ts';

const namespace = 'g';
const partitions = 4;
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

function task(name: string, priority = 0): TaskRecord {
  return {
    taskId: taskId(`w~${name}`),
    workflowId: workflowId('w'),
    workflowName: 'w',
    workflowVersion: 1,
    taskType: 'greet',
    taskDefName: 'greet',
    referenceName: name,
    dispatch: 1,
    attempt: 0,
    seq: 1,
    iteration: 0,
    pollCount: 0,
    priority,
    scheduledAt: 1,
    startedAt: 0,
    startDelaySeconds: 0,
    responseTimeoutSeconds: 60,
    input: Payload.empty,
    workflowTask: Payload.empty,
    output: Payload.empty,
  };
}

describe('the gateway', () => {
  let directory: string;
  let log: Log;
  let gateways: Gateway[];
  let reported: StartedReport[];
  let refused: Set<string>;
  let lost: Set<string>;
  const topic = topicNames(namespace).tasks('greet');

  const reports: StartedReports = {
    report: (started) => {
      reported.push(started);
      return Promise.resolve(lost.has(started.taskId) ? 'undelivered' : 'reported');
    },
    ask: (started) => {
      reported.push(started);
      return Promise.resolve(!refused.has(started.taskId));
    },
  };

  const start = async (instance: string): Promise<Gateway> => {
    const gateway = await Gateway.start({
      log,
      clock,
      namespace,
      partitions,
      instance,
      card: { address: `http://${instance}`, token: instance },
      reports,
      connect: ({ token }) => inProcess(() => gateways.find((_, i) => names[i] === token)!),
      onAlarm: () => undefined,
    });
    gateways.push(gateway);
    names.push(instance);
    return gateway;
  };
  let names: string[];

  const makeTopic = () => log.createTopics([taskTopicSpec(namespace, { type: 'greet' })]);
  const dispatch = (partition: number, ...tasks: TaskRecord[]) =>
    log.append(
      topic,
      partition,
      tasks.map((record) => ({ key: null, value: taskCodec.encode(record) })),
    );
  const names_ = (polled: { tasks: readonly { task: TaskRecord }[] }): string[] =>
    polled.tasks.map((handed) => handed.task.referenceName);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gateway-'));
    log = await openEmbeddedLog({ directory, fsync: false });
    await log.createTopics(topicSpecs(namespace, partitions));
    gateways = [];
    names = [];
    reported = [];
    refused = new Set();
    lost = new Set();
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('answers a poll with nothing when its time is over, though the queue does not exist yet', async () => {
    const gateway = await start('a');
    expect(await gateway.poll({ type: 'greet', count: 1, timeoutMs: 20 }).polled).toEqual({ tasks: [] });
  });

  it('wakes a parked poll when a task is dispatched, and reports that it began', async () => {
    await makeTopic();
    const gateway = await start('a');
    const polled = gateway.poll({ type: 'greet', workerId: 'me', count: 1, timeoutMs: 5_000 }).polled;
    await dispatch(2, task('one'));
    expect(names_(await polled)).toEqual(['one']);
    expect(reported).toMatchObject([{ workflowId: 'w', taskId: 'w~one', dispatch: 1, workerId: 'me' }]);
    expect(gateway.queueOf('w~one')).toEqual({ type: 'greet' });
  });

  it('finds a queue that is made while somebody waits for it', async () => {
    const gateway = await start('a');
    const polled = gateway.poll({ type: 'greet', count: 1, timeoutMs: 5_000 }).polled;
    await makeTopic();
    await dispatch(0, task('late'));
    expect(names_(await polled)).toEqual(['late']);
  });

  it('finds it at a peer, too', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const polled = [a, b].map((gateway) => gateway.poll({ type: 'greet', count: 4, timeoutMs: 5_000 }).polled);
    await makeTopic();
    for (let partition = 0; partition < 4; partition++) await dispatch(partition, task(`p${partition}`));
    const first = (await Promise.all(polled)).flatMap(names_);
    const rest = names_(await a.poll({ type: 'greet', count: 4, timeoutMs: 500 }).polled);
    expect(first.length).toBeGreaterThan(0);
    expect(new Set([...first, ...rest]).size).toBe(first.length + rest.length);
  });

  it('hands out by priority, then by age', async () => {
    await makeTopic();
    const gateway = await start('a');
    await gateway.poll({ type: 'greet', count: 1, timeoutMs: 20 }).polled;
    await dispatch(0, task('low'), task('high', 9), task('low too'), task('highest', 99));
    const first = await gateway.poll({ type: 'greet', count: 3, timeoutMs: 1_000 }).polled;
    const second = await gateway.poll({ type: 'greet', count: 3, timeoutMs: 1_000 }).polled;
    expect([...names_(first), ...names_(second)]).toEqual(['highest', 'high', 'low', 'low too']);
  });

  it('loses nothing when a client vanishes', async () => {
    await makeTopic();
    const gateway = await start('a');
    const vanished = gateway.poll({ type: 'greet', count: 1, timeoutMs: 5_000 });
    vanished.cancel();
    expect((await vanished.polled).tasks).toEqual([]);
    await dispatch(1, task('kept'));
    expect(names_(await gateway.poll({ type: 'greet', count: 1, timeoutMs: 5_000 }).polled)).toEqual(['kept']);
  });

  it('gives a task that never arrived to the next client, before all others of its priority', async () => {
    await makeTopic();
    const gateway = await start('a');
    lost = new Set(['w~lost']);
    const [first, second] = [1, 2].map(() => gateway.poll({ type: 'greet', count: 1, timeoutMs: 5_000 }).polled);
    await dispatch(1, task('lost'));
    expect(names_(await first!)).toEqual(['lost']);
    lost.clear();
    expect(names_(await second!)).toEqual(['lost']);
    expect(reported.map(({ taskId: id }) => id)).toEqual(['w~lost', 'w~lost']);
  });

  it('serves clients in the order in which they came', async () => {
    await makeTopic();
    const gateway = await start('a');
    const order: number[] = [];
    const polls = [0, 1, 2, 3].map((i) =>
      gateway.poll({ type: 'greet', count: 1, timeoutMs: 5_000 }).polled.then((polled) => {
        order.push(i);
        return names_(polled);
      }),
    );
    for (let i = 0; i < 4; i++) await dispatch(0, task(`t${i}`));
    expect(await Promise.all(polls)).toEqual([['t0'], ['t1'], ['t2'], ['t3']]);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('fills a batch with what comes at the same time', async () => {
    await makeTopic();
    const gateway = await start('a');
    const polled = gateway.poll({ type: 'greet', count: 10, timeoutMs: 5_000 }).polled;
    await Promise.all(
      [0, 1, 2, 3].map((partition) => dispatch(partition, task(`a${partition}`), task(`b${partition}`))),
    );
    expect(names_(await polled).length).toBeGreaterThan(1);
  });

  it('first looks into all partitions, then hands out what matters most', async () => {
    await makeTopic();
    for (let partition = 0; partition < 4; partition++) await dispatch(partition, task(`p${partition}`, partition));
    const gateway = await start('a');
    const found: string[] = [];
    for (let i = 0; i < 4; i++)
      found.push(...names_(await gateway.poll({ type: 'greet', count: 1, timeoutMs: 2_000 }).polled));
    expect(found).toEqual(['p3', 'p2', 'p1', 'p0']);
  });

  it('keeps domains apart', async () => {
    const eu = topicNames(namespace).tasks('greet', 'eu');
    await log.createTopics([
      taskTopicSpec(namespace, { type: 'greet' }),
      taskTopicSpec(namespace, { type: 'greet', domain: 'eu' }),
    ]);
    const gateway = await start('a');
    const [plain, european] = [
      gateway.poll({ type: 'greet', count: 5, timeoutMs: 5_000 }).polled,
      gateway.poll({ type: 'greet', domain: 'eu', count: 5, timeoutMs: 5_000 }).polled,
    ];
    await log.append(eu, 0, [{ key: null, value: taskCodec.encode(task('european')) }]);
    await dispatch(0, task('plain'));
    expect([names_(await plain), names_(await european)]).toEqual([['plain'], ['european']]);
  });

  it('tells the decider who got a task, also when he waits at another instance', async () => {
    await makeTopic();
    const [a] = [await start('a'), await start('b')];
    for (let partition = 0; partition < 4; partition++) await dispatch(partition, task(`p${partition}`));
    const request = { type: 'greet', workerId: 'me', principal: 'worker-key', count: 2, timeoutMs: 2_000 };
    while (reported.length < 4) await a.poll(request).polled;
    expect(new Set(reported.map(({ principal, workerId }) => `${principal} ${workerId}`))).toEqual(
      new Set(['worker-key me']),
    );
  });

  it('serves the worker of one instance from the partitions of another', async () => {
    await makeTopic();
    const [a, b] = [await start('a'), await start('b')];
    for (let partition = 0; partition < 4; partition++) await dispatch(partition, task(`p${partition}`));
    const found = new Set<string>();
    while (found.size < 4)
      for (const name of names_(await a.poll({ type: 'greet', count: 2, timeoutMs: 2_000 }).polled)) found.add(name);
    expect([...found].sort()).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect(reported).toHaveLength(4);
    expect(names_(await b.poll({ type: 'greet', count: 1, timeoutMs: 50 }).polled)).toEqual([]);
  });

  it('asks before it hands out what may have been handed out before, and drops what is refused', async () => {
    await makeTopic();
    await dispatch(0, task('finished'), task('open'));
    refused.add('w~finished');
    const gateway = await start('a');
    expect(names_(await gateway.poll({ type: 'greet', count: 2, timeoutMs: 1_000 }).polled)).toEqual(['open']);
    expect(reported.map(({ taskId: id }) => id).sort()).toEqual(['w~finished', 'w~open']);
  });

  it('goes on after a restart where it was, done records above a gap included', async () => {
    await makeTopic();
    const first = await start('a');
    await first.poll({ type: 'greet', count: 1, timeoutMs: 20 }).polled;
    const names = ['a', 'b', 'c', 'd', 'e'];
    await dispatch(3, ...names.map((name, i) => task(name, i === 0 ? 0 : 5)));
    expect(names_(await first.poll({ type: 'greet', count: 4, timeoutMs: 1_000 }).polled)).toEqual([
      'b',
      'c',
      'd',
      'e',
    ]);
    await first.close();
    gateways = [];
    const [position] = await log.committed(groupNames(namespace).queue('greet'), [{ topic, partition: 3 }]);
    expect(position).toMatchObject({ offset: 0, metadata: '1+4' });
    reported = [];
    const second = await start('a2');
    expect(names_(await second.poll({ type: 'greet', count: 5, timeoutMs: 1_000 }).polled)).toEqual(['a']);
    expect(reported).toHaveLength(1);
  });

  it('counts what waits and what is handed out', async () => {
    await makeTopic();
    const gateway = await start('a');
    await dispatch(0, task('a'), task('b'));
    await dispatch(1, task('c'));
    expect(await gateway.sizes([{ type: 'greet' }, { type: 'nothing' }])).toEqual([
      { type: 'greet', waiting: 3, unacknowledged: 0 },
      { type: 'nothing', waiting: 0, unacknowledged: 0 },
    ]);
    await gateway.poll({ type: 'greet', workerId: 'me', count: 2, timeoutMs: 1_000 }).polled;
    expect(await gateway.sizes()).toEqual([{ type: 'greet', waiting: 1, unacknowledged: 0 }]);
    expect(await gateway.pollData('greet')).toEqual([{ type: 'greet', workerId: 'me', at: expect.any(Number) }]);
  });
});

/** A peer without HTTP in between. */
function inProcess(gateway: () => Gateway): Peer {
  return {
    offers: (request, signal) => {
      const { polled, cancel } = gateway().pollForPeer(request);
      signal.addEventListener('abort', cancel, { once: true });
      return polled;
    },
    claim: async (queue, ids, to) => gateway().claimForPeer(queue, ids, to),
    decline: async (queue, ids) => gateway().declineForPeer(queue, ids),
    pollData: async (type) => gateway().localPollData(type),
  };
}
