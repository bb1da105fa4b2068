import { describe, expect, it } from '@jest/globals';
import { Payload, type JsonObject, type TaskResult } from '@partitura/model';
import { Gate, queuePartitions, Shop, type Task } from './shop.fixture.ts';
import { consumeQueue } from './queue-consumer.ts';
import { NotYet, TerminalError } from './task-outcome.ts';
import { noReports, type Reports } from './task-reports.ts';
import { createWorker } from './worker.ts';
import type { TaskContext } from './task-handler.ts';

describe('a worker', () => {
  it('works on a task and reports: it began, and how it ended', async () => {
    const shop = new Shop();
    const task = shop.hand({ item: 'book', amount: 3 }, { correlationId: 'c', attempt: 2, dispatch: 4 });
    let seen: TaskContext | undefined;
    const worker = await shop.work('one', {
      pack: (input: { item: string; amount: number }, context) => {
        seen = context;
        context.log('packing');
        return { parcel: `${input.amount} ${input.item}` };
      },
    });
    await shop.world.run(() => shop.isDrained());

    expect(seen).toMatchObject({
      taskId: task.record.taskId,
      taskType: 'pack',
      workflowId: 'order-0',
      workflowName: 'fulfil',
      referenceName: 'pack_ref',
      attempt: 2,
      dispatch: 4,
      correlationId: 'c',
      output: {},
    });
    expect(task.started).toEqual(['one']);
    expect(task.ended).toMatchObject({ status: 'COMPLETED', dispatch: 4, workerId: 'one', extendLease: false });
    expect(task.ended?.output.value).toEqual({ parcel: '3 book' });
    expect(task.ended?.logs).toEqual([{ message: 'packing', at: 1_700_000_000_000 }]);
    expect(shop.heard.map(({ body }) => body.type)).toEqual(['TaskStarted', 'TaskResult']);
    expect(shop.alarms).toEqual([]);
    await shop.world.resolve(worker.close());
  });

  it('gets secrets in its input, which nobody else gets to see: not even when it fails', async () => {
    const shop = new Shop();
    const secrets = (name: string): string | undefined => (name === 'KEY' ? 's3cret' : undefined);
    const reference = 'Bearer ${workflow.secrets.KEY}';
    const [fine, failing, plain] = [
      shop.hand({ auth: reference, none: '${workflow.secrets.NONE}' }),
      shop.hand({ auth: reference, fail: true }),
      shop.hand({ auth: 'Basic' }),
    ];
    const seen: JsonObject[] = [];
    const pack = (input: { auth: string; fail?: boolean }): { ok: boolean } => {
      seen.push(input);
      if (input.fail === true) throw new Error(`refused: ${input.auth}`);
      return { ok: true };
    };
    await shop.work('one', { pack }, { secrets });
    await shop.world.run(() => shop.isDrained());
    expect(seen.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      { auth: 'Basic' },
      { auth: 'Bearer s3cret', fail: true },
      { auth: 'Bearer s3cret', none: null },
    ]);
    expect([fine.ended?.status, plain.ended?.status]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(failing.ended).toMatchObject({ status: 'FAILED', reason: 'refused: Bearer ***' });
    expect(JSON.stringify(shop.heard)).not.toContain('s3cret');
  });

  it('does not wait for the decider before it begins with what nobody else can have had', async () => {
    const shop = new Shop();
    await shop.work('one', { pack: () => undefined });
    await shop.warmUp();
    const task = shop.hand();
    await shop.world.run(() => shop.isDrained());
    expect(task.started).toEqual(['one']);
    expect(task.ended?.status).toBe('COMPLETED');
    const [ended] = shop.heard.slice(-1);
    expect(ended?.body).toMatchObject({ type: 'TaskResult', begun: { dispatch: 1, workerId: 'one' } });
    expect(ended?.replyTo).toBeUndefined();
  });

  it('tells that it began once the handler has taken a moment, and not again with the result', async () => {
    const shop = new Shop();
    const gate = new Gate();
    await shop.work('one', { pack: async ({ slow }: JsonObject) => (slow === true ? await gate.pass() : undefined) });
    await shop.warmUp();
    const task = shop.hand({ slow: true });
    await shop.world.run(() => gate.came > 0);
    expect(task.started).toEqual([]);
    await shop.world.run(() => task.started.length > 0);
    expect(task.ended).toBeUndefined();
    gate.open();
    await shop.world.run(() => shop.isDrained());
    expect(task.ended).toMatchObject({ status: 'COMPLETED' });
    expect(task.ended).not.toHaveProperty('begun');
  });

  it.each<[string, () => unknown, object]>([
    ['nothing', () => undefined, { status: 'COMPLETED' }],
    ['an error', () => thrown(new Error('no cardboard')), { status: 'FAILED', reason: 'no cardboard' }],
    ['an error without words', () => thrown(new RangeError()), { status: 'FAILED', reason: 'RangeError' }],
    ['something thrown that is no error', () => thrown('tired'), { status: 'FAILED', reason: 'tired' }],
    [
      'an error for ever',
      () => thrown(new TerminalError('no such item')),
      { status: 'FAILED_WITH_TERMINAL_ERROR', reason: 'no such item' },
    ],
    ['a rejection', () => Promise.reject(new Error('late')), { status: 'FAILED', reason: 'late' }],
    ['a promise to go on later', () => new NotYet(30), { status: 'IN_PROGRESS', callbackAfterSeconds: 30 }],
    [
      'a time that is none',
      () => new NotYet(Number.NaN),
      { status: 'FAILED', reason: 'a task cannot be handed out again after NaN seconds' },
    ],
    ['a list', () => [1], { status: 'FAILED_WITH_TERMINAL_ERROR', reason: expect.stringContaining('not a list') }],
    ['a number', () => 1, { status: 'FAILED_WITH_TERMINAL_ERROR', reason: expect.stringContaining('not a number') }],
    [
      'what JSON cannot hold',
      () => ({ big: 1n }),
      { status: 'FAILED_WITH_TERMINAL_ERROR', reason: expect.stringContaining('cannot be written as JSON') },
    ],
    [
      'more than one value may be',
      () => ({ text: 'x'.repeat(3 * 1024 * 1024) }),
      { status: 'FAILED_WITH_TERMINAL_ERROR', reason: expect.stringContaining('more than the 3145728') },
    ],
  ])('whose handler gives %s reports it', async (_, handler, report) => {
    const shop = new Shop();
    const task = shop.hand();
    await shop.work('one', { pack: handler as () => JsonObject });
    await shop.world.run(() => shop.isDrained());
    expect(task.last).toMatchObject({ output: expect.anything(), ...report });
    expect(shop.alarms).toEqual([]);
  });

  it('hands on what an earlier hand-over of the attempt left', async () => {
    const shop = new Shop();
    const { record } = shop.hand();
    const pages: unknown[] = [];
    const pack = (_: JsonObject, { output }: TaskContext): NotYet | undefined => {
      pages.push(output['page']);
      return pages.length < 2 ? new NotYet(0, Payload.of({ page: 7 })) : undefined;
    };
    await shop.work('one', { pack });
    await shop.world.run(() => shop.isDrained());
    const task = shop.hand(
      {},
      { taskId: record.taskId, dispatch: 2, output: shop.tasks.get(record.taskId)!.last!.output },
    );
    await shop.world.run(() => shop.isDrained());
    expect(pages).toEqual([undefined, 7]);
    expect(task.ended?.dispatch).toBe(2);
  });

  it('has no more in hand than it may', async () => {
    const shop = new Shop();
    shop.hands(30);
    const gate = new Gate();
    const worker = await shop.work('one', { pack: () => gate.pass().then(() => undefined) }, { concurrency: 4 });
    for (let done = 0; done < 30; done++) {
      await shop.world.run(() => gate.came === Math.min(30, done + 4));
      await shop.world.pass(10);
      expect([gate.came, worker.running]).toEqual([Math.min(30, done + 4), Math.min(4, 30 - done)]);
      gate.open(1);
    }
    await shop.world.run(() => shop.isDrained());
  });

  it('waits for a queue that does not exist yet', async () => {
    const shop = new Shop();
    await shop.work('one', { pack: () => undefined });
    await shop.world.pass(40_000);
    const task = shop.hand();
    await shop.world.run(() => shop.isDrained(), { forMs: 2_000 });
    expect(task.ended?.status).toBe('COMPLETED');
    expect(shop.alarms).toEqual([]);
  });

  it('works on the queue of its domain, and on no other', async () => {
    const shop = new Shop();
    const [north, south, none] = ['north', 'south', undefined].map((domain) =>
      shop.hand({}, domain === undefined ? {} : { domain }),
    );
    await shop.work('one', { pack: () => undefined }, { domain: 'north' });
    await shop.world.run(() => north?.ended !== undefined);
    await shop.world.pass(1_000);
    expect([south?.ended, none?.ended]).toEqual([undefined, undefined]);
  });

  it('passes over what is no task', async () => {
    const shop = new Shop();
    shop.world.put({ topic: shop.createQueue(), partition: 0 }, [
      { key: null, value: Buffer.from('garbage') },
      { key: null, value: null },
    ]);
    const task = shop.hand();
    await shop.work('one', { pack: () => undefined });
    await shop.world.run(() => shop.isDrained());
    expect(task.ended?.status).toBe('COMPLETED');
    expect(shop.alarms).toEqual(['record 0 of shop.tasks.pack is no task']);
  });

  it('says that there is nothing to work for', async () => {
    const shop = new Shop();
    const { log, clock } = shop.world.process('one');
    const working = createWorker({ log, clock, namespace: 'elsewhere', handlers: {} });
    await expect(shop.world.resolve(working)).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC',
      message: expect.stringContaining('no installation "elsewhere"'),
    });
    await expect(createWorker({ log, clock, handlers: {}, concurrency: 0 })).rejects.toThrow('0 tasks at once');
  });
});

describe('progress', () => {
  it('is committed up to the lowest task that is not reported, with what is done above it', async () => {
    const shop = new Shop();
    shop.createQueue();
    const gate = new Gate();
    const done: number[] = [];
    const pack = async ({ n }: { n: number }): Promise<undefined> => {
      if (n === 3) await gate.pass();
      done.push(n);
    };
    await shop.work('one', { pack });
    shop.hands(12);
    await shop.world.run(() => done.length === 11);
    await shop.world.pass(400);
    // n = 3 is the second record of partition 0.
    expect([0, 1, 2].map((partition) => shop.committed(partition))).toEqual([1, 4, 4]);
    gate.open();
    await shop.world.run(() => shop.isDrained());
  });

  it('is known to the next worker: it repeats only what was not reported', async () => {
    const shop = new Shop();
    shop.hands(12);
    const gate = new Gate();
    const done: number[] = [];
    const pack = async ({ n }: { n: number }): Promise<undefined> => {
      if (n === 3) await gate.pass();
      done.push(n);
    };
    await shop.work('one', { pack });
    await shop.world.run(() => done.length === 11);
    await shop.world.pass(400);
    shop.world.kill('one');
    await shop.work('two', { pack: ({ n }: { n: number }) => void done.push(n) });
    await shop.world.run(() => shop.isDrained());
    expect(done.slice(11)).toEqual([3]);
    // Those above the gap were not even asked about.
    const asked = shop.heard.filter(({ body }) => body.type === 'TaskStarted' && body.workerId === 'two');
    expect(asked).toHaveLength(1);
  });

  it('does not go on before the result is durable', async () => {
    const shop = new Shop();
    shop.createQueue();
    await shop.work('one', { pack: () => undefined });
    await shop.world.pass(1_000);
    shop.world.direct(({ process, name }) => (process === 'one' && name === 'send' ? { kind: 'refused' } : undefined));
    shop.hands(3);
    await shop.world.pass(20_000);
    expect([0, 1, 2].map((partition) => shop.committed(partition))).toEqual([0, 0, 0]);
    expect(shop.alarms).toContain('a report about a task of shop.tasks.pack is repeated');
    shop.world.direct(() => undefined);
    await shop.world.run(() => shop.isDrained());
    expect([...shop.tasks.values()].map(({ ended }) => ended?.status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  });
});

describe('progress that cannot be committed', () => {
  it('is committed later', async () => {
    const shop = new Shop();
    await shop.work('one', { pack: () => undefined });
    await shop.warmUp();
    shop.world.direct(({ process, name }) => (process === 'one' && name === 'group' ? { kind: 'refused' } : undefined));
    const tasks = shop.hands(3);
    await shop.world.run(() => tasks.every(({ ended }) => ended !== undefined));
    await shop.world.pass(1_000);
    expect(shop.isDrained()).toBe(false);
    shop.world.direct(() => undefined);
    await shop.world.run(() => shop.isDrained(), { forMs: 1_000 });
  });
});

describe('offsets without records', () => {
  it('are nothing to wait for', async () => {
    const shop = new Shop();
    const at = { topic: shop.createQueue(), partition: 0 };
    const transaction = shop.world.transaction(at);
    transaction.end('committed');
    shop.hand();
    const { start, end } = shop.world.offsets(at);
    expect([start, end]).toEqual([0, 2]);
    shop.world.transaction(at).end('aborted');
    shop.hands(queuePartitions);
    await shop.work('one', { pack: () => undefined });
    await shop.world.run(() => shop.isDrained());
  });
});

describe('ranges that were committed above another offset', () => {
  it('are not believed', async () => {
    const shop = new Shop();
    const tasks = shop.hands(5 * queuePartitions);
    const at = { topic: shop.createQueue(), partition: 0 };
    const { log } = shop.world.process('before');
    // At 0, it said that 1 was done; read as above 2 it would say that 3 is.
    await shop.world.resolve(log.commit(shop.group, [{ ...at, offset: 0, metadata: '1+1' }]));
    shop.world.trim(at, 2);
    await shop.work('one', { pack: () => undefined });
    await shop.world.run(() => shop.isDrained());
    const left = tasks.filter(({ ended }) => ended === undefined);
    expect(left.map(({ record }) => record.workflowId)).toEqual(['order-0', 'order-3']);
  });
});

describe('a record that comes again', () => {
  const counting = (): { runs: string[]; pack: (input: JsonObject, task: TaskContext) => undefined } => {
    const runs: string[] = [];
    return { runs, pack: (_, { taskId, dispatch }) => void runs.push(`${taskId}/${dispatch}`) };
  };

  it('in the same process is not worked on again, but a later hand-over is', async () => {
    const shop = new Shop();
    const { runs, pack } = counting();
    await shop.work('one', { pack });
    await shop.warmUp();
    runs.length = 0;
    const { taskId } = shop.hand().record;
    for (const dispatch of [1, 2, 2, 1]) shop.hand({}, { taskId, dispatch });
    await shop.world.run(() => shop.isDrained());
    expect(runs).toEqual([`${taskId}/1`, `${taskId}/2`]);
  });

  it('while it is worked on waits for that', async () => {
    const shop = new Shop();
    const gate = new Gate();
    await shop.work('one', { pack: () => gate.pass().then(() => undefined) });
    const { record } = shop.hand();
    shop.hand({}, { taskId: record.taskId });
    await shop.world.run(() => gate.came === 1);
    await shop.world.pass(1_000);
    expect([gate.came, shop.committed(0), shop.committed(1)]).toEqual([1, 0, 0]);
    gate.open();
    await shop.world.run(() => shop.isDrained());
    expect(gate.came).toBe(1);
  });

  it('after somebody else had it is worked on only if the decider agrees', async () => {
    const shop = new Shop();
    const gate = new Gate();
    const first = await shop.work('one', { pack: () => gate.pass().then(() => undefined) });
    const [ended, cancelled, open] = shop.hands(3);
    await shop.world.run(() => gate.came === 3);
    shop.world.kill('one');
    expect(first.running).toBe(3);
    // The one was done by somebody, the other is not wanted any more.
    for (const task of [ended, cancelled]) if (task) task.ended = outcomeElsewhere(task);
    const { runs, pack } = counting();
    await shop.work('two', { pack });
    await shop.world.run(() => shop.isDrained());
    expect(runs).toEqual([`${open?.record.taskId ?? ''}/1`]);
    expect(open?.ended?.status).toBe('COMPLETED');
    expect([ended?.reports, cancelled?.reports]).toEqual([0, 0]);
  });

  it('is asked about as long as nobody answers', async () => {
    const shop = new Shop();
    const task = shop.hand();
    shop.world.kill('decider');
    const { runs, pack } = counting();
    const worker = await shop.work('one', { pack });
    await shop.world.pass(100_000);
    expect(runs).toEqual([]);
    expect(worker.running).toBe(1);
    expect(shop.heard).toEqual([]);
    expect(task.ended).toBeUndefined();
    expect(shop.committed(0)).toBe(0);
  });

  it('is asked about when it has lain for more than five seconds', async () => {
    const shop = new Shop();
    const gate = new Gate();
    const { runs, pack } = counting();
    const slowly = async (input: { n: number }, task: TaskContext): Promise<undefined> => {
      pack({ n: input.n }, task);
      if (input.n === 0) await gate.pass();
    };
    await shop.work('one', { pack: slowly }, { concurrency: 1 });
    shop.hands(queuePartitions);
    await shop.world.run(() => gate.came === 1);
    gate.open();
    await shop.world.run(() => shop.isDrained());
    runs.length = 0;
    const tasks = shop.hands(4);
    await shop.world.run(() => gate.came === 2);
    await shop.world.pass(5_100);
    // Cancelled while it lay behind the slow one.
    const cancelled = tasks.at(-1);
    if (cancelled) cancelled.ended = outcomeElsewhere(cancelled);
    gate.open();
    await shop.world.run(() => shop.isDrained());
    expect(runs).toHaveLength(3);
  });
});

describe('a long attempt', () => {
  it('keeps its lease', async () => {
    const shop = new Shop();
    const gate = new Gate();
    await shop.work('one', { pack: () => gate.pass().then(() => undefined) });
    const task = shop.hand({}, { responseTimeoutSeconds: 10 });
    await shop.world.run(() => gate.came === 1);
    await shop.world.pass(99_000);
    expect(task.leases).toBe(24);
    gate.open();
    await shop.world.run(() => shop.isDrained());
    await shop.world.pass(100_000);
    expect(task.leases).toBe(24);
    expect(task.ended?.status).toBe('COMPLETED');
  });

  it('without a response time-out sends no heartbeats', async () => {
    const shop = new Shop();
    const gate = new Gate();
    await shop.work('one', { pack: () => gate.pass().then(() => undefined) });
    const task = shop.hand({}, { responseTimeoutSeconds: 0 });
    await shop.world.run(() => gate.came === 1);
    await shop.world.pass(100_000);
    expect(task.leases).toBe(0);
  });

  it('whose task was cancelled reports nothing, also if it does not listen', async () => {
    const shop = new Shop();
    const gate = new Gate();
    await shop.work('one', { pack: () => gate.pass().then(() => ({ done: true })) });
    const task = shop.hand();
    await shop.world.run(() => gate.came === 1);
    task.ended = outcomeElsewhere(task);
    await shop.world.pass(5_000);
    gate.open();
    await shop.world.run(() => shop.isDrained());
    expect(task.reports).toBe(0);
  });

  it.each(['cancelled', 'handed out again'])('is told when its task was %s, and reports nothing', async (how) => {
    const shop = new Shop();
    let aborted: unknown;
    const pack = (_: JsonObject, { signal }: TaskContext): Promise<undefined> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = signal.reason;
          reject(new Error('stopped'));
        });
      });
    const worker = await shop.work('one', { pack });
    const task = shop.hand();
    await shop.world.run(() => worker.running === 1 && task.started.length === 1);
    await shop.world.pass(1);
    if (how === 'cancelled') task.ended = outcomeElsewhere(task);
    else task.dispatch++;
    await shop.world.run(() => worker.running === 0, { forMs: 5_000 });
    expect(String(aborted)).toContain('ended or handed out again');
    await shop.world.run(() => shop.isDrained());
    expect(task.reports).toBe(0);
  });
});

describe('a report that nobody can send', () => {
  it('is replaced by one that says so; without even that the task is left undone, and tried when it comes again', async () => {
    const shop = new Shop();
    const { record } = shop.hand();
    const { log, clock } = shop.world.process('one');
    const sent: string[] = [];
    let refusals = 2;
    const reports: Reports = {
      ...noReports,
      ended: async (_, { status, reason }) => {
        if (refusals-- > 0) throw new TypeError('no schema can hold this');
        sent.push(`${status} ${reason ?? ''}`);
      },
    };
    const alarms: string[] = [];
    const consumer = await consumeQueue({
      log,
      clock,
      reports,
      namespace: 'shop',
      queue: { type: 'pack' },
      concurrency: 4,
      execute: async () => ({ status: 'COMPLETED', output: Payload.empty }),
      onAlarm: (what) => alarms.push(what),
    });
    await shop.world.run(() => alarms.length > 0);
    await shop.world.pass(1_000);
    expect(alarms).toEqual([`task ${record.taskId} of shop.tasks.pack is left undone`]);
    expect([consumer.running, shop.committed(0)]).toEqual([0, 0]);

    refusals = 1;
    shop.hand({}, { taskId: record.taskId });
    await shop.world.run(() => sent.length > 0);
    expect(sent).toEqual(['FAILED_WITH_TERMINAL_ERROR the result cannot be sent: no schema can hold this']);
  });
});

describe('a worker that loses partitions', () => {
  it('begins none of their records any more', async () => {
    const shop = new Shop();
    const gate = new Gate();
    const runs: string[] = [];
    let isSlow = false;
    const pack =
      (name: string) =>
      async (_: JsonObject, { taskId }: TaskContext): Promise<undefined> => {
        runs.push(`${taskId} ${name}`);
        if (name === 'one' && isSlow) await gate.pass();
      };
    await shop.work('one', { pack: pack('one') }, { concurrency: 2 });
    // Nobody else had what comes now, so the decider is not asked: only the loss itself can stop it.
    await shop.warmUp();
    isSlow = true;
    runs.length = 0;
    const tasks = shop.hands(4 * queuePartitions);
    await shop.world.run(() => gate.came === 2);
    const inHand = runs.map((run) => run.split(' ')[0]);
    await shop.work('two', { pack: pack('two') });
    await shop.world.run(() => runs.some((run) => run.endsWith('two')));
    await shop.world.pass(5_000);
    const byTwo = new Set(runs.filter((run) => run.endsWith('two')).map((run) => run.split(' ')[0]));
    while (!shop.isDrained()) {
      gate.open();
      await shop.world.pass(100);
    }
    for (const { record } of tasks) {
      if (!byTwo.has(record.taskId) || inHand.includes(record.taskId)) continue;
      expect(runs.filter((run) => run.startsWith(`${record.taskId} `))).toEqual([`${record.taskId} two`]);
    }
  });
});

describe('a worker that is closed', () => {
  it('takes nothing new, finishes what it has in hand, and leaves the rest to others', async () => {
    const shop = new Shop();
    const tasks = shop.hands(20);
    const gate = new Gate();
    const handlers = { pack: () => gate.pass().then(() => undefined) };
    const worker = await shop.work('one', handlers, { concurrency: 4 });
    await shop.world.run(() => gate.came === 4);
    const closing = worker.close();
    await shop.world.pass(5_000);
    expect([gate.came, worker.running]).toEqual([4, 4]);
    gate.open();
    await shop.world.resolve(closing);
    expect(tasks.filter(({ ended }) => ended !== undefined)).toHaveLength(4);
    expect([0, 1, 2].reduce((sum, partition) => sum + shop.committed(partition), 0)).toBeLessThanOrEqual(4);
    expect(gate.came).toBe(4);

    await shop.work('two', { pack: () => undefined });
    await shop.world.run(() => shop.isDrained());
    expect(tasks.every(({ ended, reports }) => ended?.status === 'COMPLETED' && reports === 1)).toBe(true);
  });

  it('does not wait longer than it may: the attempt is told, and somebody else gets the task', async () => {
    const shop = new Shop();
    const task = shop.hand();
    let reason: unknown;
    const pack = (_: JsonObject, { signal }: TaskContext): Promise<undefined> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(new Error('stopped'));
        });
      });
    const worker = await shop.work('one', { pack });
    await shop.world.run(() => worker.running === 1);
    const before = shop.world.elapsedMs;
    await shop.world.resolve(worker.close(3_000));
    expect(shop.world.elapsedMs - before).toBeLessThan(4_000);
    expect(String(reason)).toContain('the worker stops');
    expect(task.ended).toBeUndefined();

    await shop.work('two', { pack: () => undefined });
    await shop.world.run(() => shop.isDrained());
    expect(task.ended).toMatchObject({ status: 'COMPLETED', workerId: 'two' });
  });

  it('leaves nothing behind that goes on', async () => {
    const shop = new Shop();
    shop.hands(3);
    const worker = await shop.work('one', { pack: () => undefined, never: () => undefined });
    await shop.world.run(() => shop.isDrained());
    await shop.world.resolve(worker.close());
    await shop.world.pass(2_000);
    // Only the decider's own long polls are left; they plan nothing.
    expect(shop.world.idleMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(100);
    const task = shop.hand();
    await shop.world.pass(10_000);
    expect(task.started).toEqual([]);
  });
});

/** What somebody else has reported, or a cancelling workflow has decided. */
function outcomeElsewhere({ record }: Task): TaskResult {
  const { taskId, dispatch } = record;
  const rest = { output: Payload.empty, callbackAfterSeconds: 0, extendLease: false, logs: [] };
  return { type: 'TaskResult', taskId, dispatch, status: 'CANCELED', ...rest };
}

function thrown(what: unknown): never {
  throw what;
}
