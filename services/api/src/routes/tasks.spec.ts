import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { Fault, Payload } from '@partitura/model';
import { FakeWorld, now, record, run, task } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };
const id = 'w-1~3.1.0';
const update = (path: string, body: object): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: path, headers: json, payload: body });

describe('polling', () => {
  it('of one task with nothing to do is 204 without content type', async () => {
    const response = await app.inject('/api/tasks/poll/charge?workerid=w1');
    expect(response.statusCode).toBe(204);
    expect(response.headers['content-type']).toBeUndefined();
    expect(world.polls).toEqual([{ type: 'charge', workerId: 'w1', count: 1, timeoutMs: 100 }]);
  });

  it('of a batch with nothing to do is an empty list', async () => {
    const response = await app.inject('/api/tasks/poll/batch/charge?workerid=&domain=&count=&timeout=');
    expect(response.json()).toEqual([]);
    expect(world.polls).toEqual([{ type: 'charge', count: 1, timeoutMs: 100 }]);
  });

  it('hands a task out with its input to the letter, as begun', async () => {
    world.ready.push({ task: record({ correlationId: 'c', domain: 'eu' }), workerId: 'w1', at: now });
    const response = await app.inject('/api/tasks/poll/batch/charge?workerid=w1&domain=eu&count=5&timeout=1000');
    expect(world.polls).toEqual([{ type: 'charge', domain: 'eu', workerId: 'w1', count: 5, timeoutMs: 1000 }]);
    expect(response.body).toContain('"inputData":{"amount":1.0,"big":12345678901234567890,"note":null}');
    const [polled] = response.json();
    expect(polled).toEqual({
      taskType: 'charge',
      status: 'IN_PROGRESS',
      inputData: expect.anything(),
      referenceTaskName: 'c',
      retryCount: 0,
      seq: 1,
      correlationId: 'c',
      pollCount: 1,
      taskDefName: 'charge',
      scheduledTime: now - 100,
      startTime: now,
      endTime: 0,
      updateTime: now,
      startDelayInSeconds: 0,
      retried: false,
      executed: false,
      callbackFromWorker: true,
      responseTimeoutSeconds: 3600,
      workflowInstanceId: 'w-1',
      workflowType: 'order',
      taskId: id,
      callbackAfterSeconds: 0,
      workerId: 'w1',
      outputData: {},
      workflowTask: {
        name: 'charge',
        taskReferenceName: 'c',
        type: 'SIMPLE',
        taskDefinition: { name: 'charge', rateLimitPerFrequency: 0, rateLimitFrequencyInSeconds: 1 },
      },
      domain: 'eu',
      rateLimitPerFrequency: 0,
      rateLimitFrequencyInSeconds: 1,
      workflowPriority: 7,
      iteration: 0,
      subworkflowChanged: false,
      firstStartTime: 0,
      executionMetadata: { additionalContext: {}, empty: true, additionalContextMap: {} },
      taskDefinition: { name: 'charge', rateLimitPerFrequency: 0, rateLimitFrequencyInSeconds: 1 },
      loopOverTask: false,
      queueWaitTime: 100,
    });
  });

  it('puts secrets into the copy of the worker', async () => {
    const input = Payload.of({ auth: 'Bearer ${workflow.secrets.KEY}', none: '${workflow.secrets.NONE}', n: 1 });
    const workflowTask = Payload.of({
      name: 'charge',
      type: 'SIMPLE',
      taskDefinition: { runtimeMetadata: ['KEY', 'NONE'] },
    });
    world.ready.push({ task: record({ input, workflowTask }), at: now });
    expect((await app.inject('/api/tasks/poll/charge')).json()).toMatchObject({
      inputData: { auth: 'Bearer s3cret', none: null, n: 1 },
      runtimeMetadata: { KEY: 's3cret' },
    });
    expect(input.value).toMatchObject({ auth: 'Bearer ${workflow.secrets.KEY}' });
  });

  it('keeps the first start of an attempt that is handed out again', async () => {
    world.ready.push({ task: record({ startedAt: now - 50, pollCount: 1 }), at: now });
    const polled = (await app.inject('/api/tasks/poll/charge')).json();
    expect(polled).toMatchObject({ startTime: now - 50, updateTime: now, pollCount: 2, queueWaitTime: 50 });
    expect(polled).not.toHaveProperty('workerId');
  });

  it.each([
    ['count=0', 200],
    ['count=-1', 200],
    ['count=x', 400],
    ['timeout=5001', 400],
  ])('with %s answers %d and asks no queue', async (query, status) => {
    const response = await app.inject(`/api/tasks/poll/batch/charge?${query}`);
    expect(response.statusCode).toBe(status);
    expect(world.polls).toEqual([]);
  });

  it('tells why a queue is not served', async () => {
    world.notice = 'native workers – consume this queue';
    const response = await app.inject('/api/tasks/poll/batch/charge');
    expect(response.headers['x-queue-notice']).toBe('native workers ? consume this queue');
  });
});

describe('an update', () => {
  it('sends the result to the run that the task belongs to and answers the bare id', async () => {
    const response = await update('/api/tasks', {
      workflowInstanceId: 'another',
      taskId: id,
      status: 'COMPLETED',
      outputData: { ok: true },
      workerId: 'w1',
      reasonForIncompletion: null,
      logs: Array.from({ length: 12 }, (_, i) => ({ log: `l${i}`, createdTime: i === 0 ? null : 5 })),
    });
    expect(response.body).toBe(id);
    expect(response.headers['content-type']).toBe('text/plain;charset=UTF-8');
    const [order] = world.sent;
    expect(order).toMatchObject({
      aggregate: 'w-1',
      body: {
        type: 'TaskResult',
        taskId: id,
        status: 'COMPLETED',
        callbackAfterSeconds: 0,
        workerId: 'w1',
        extendLease: false,
      },
    });
    const { logs } = order?.body as unknown as { logs: unknown[] };
    expect(logs).toHaveLength(10);
    expect(logs.slice(0, 2)).toEqual([
      { message: 'l0', at: now },
      { message: 'l1', at: 5 },
    ]);
  });

  it('takes the report of its hand-out along, which is done then, or goes by itself', async () => {
    const begun = { dispatch: 2, workerId: 'w7', at: 77 };
    world.begun.set(id, begun);
    const result = { workflowInstanceId: 'w-1', taskId: id, status: 'COMPLETED' };
    await update('/api/tasks', result);
    expect(world.sent[0]?.body).toMatchObject({ type: 'TaskResult', begun });
    expect(world.reported).toEqual([`${id} recorded`]);
    world.outcomes.push(new Fault('NO_ANSWER', 'too late', { retryable: true }));
    expect((await update('/api/tasks', result)).statusCode).toBe(503);
    expect(world.reported).toEqual([`${id} recorded`, `${id} released`]);
  });

  it('that only extends the lease sends nothing else of the report', async () => {
    await update('/api/tasks', {
      workflowInstanceId: 'w-1',
      taskId: id,
      extendLease: true,
      outputData: { ignored: 1 },
      logs: [{ log: 'x' }],
    });
    const body = world.sent[0]?.body as unknown as { output: Payload };
    expect(body).toMatchObject({ extendLease: true, status: 'IN_PROGRESS', logs: [] });
    expect(body.output.value).toEqual({});
  });

  it('that repeats an outcome is accepted', async () => {
    world.outcomes.push({ kind: 'duplicate' });
    expect((await update('/api/tasks', { workflowInstanceId: 'w-1', taskId: id, status: 'FAILED' })).statusCode).toBe(
      200,
    );
  });

  it.each(['/api/tasks', '/api/tasks/update-v2'])('%s without ids is refused, one entry each', async (path) => {
    const response = await update(path, {});
    expect(response.statusCode).toBe(400);
    expect(response.json().validationErrors.map((one: { message: string }) => one.message)).toEqual([
      'Task ID cannot be null or empty',
      'Workflow Id cannot be null or empty',
    ]);
  });

  it.each([
    [{ status: 'SCHEDULED' }, 400],
    [{ status: '' }, 400],
    [{ status: 'COMPLETED', outputData: [1] }, 400],
    [{ status: 'COMPLETED', outputData: null }, 200],
    [{ status: 'IN_PROGRESS', callbackAfterSeconds: '5.9' }, 200],
    [{ status: 'IN_PROGRESS', callbackAfterSeconds: 'soon' }, 400],
    [{ status: 'COMPLETED', logs: 'none' }, 400],
    [{ status: 'COMPLETED', externalOutputPayloadStoragePath: 'task/output/1.json' }, 400],
    [{ status: 'COMPLETED', externalOutputPayloadStoragePath: 'p', outputData: { a: 1 } }, 200],
  ])('with %j is %d', async (fields, status) => {
    expect((await update('/api/tasks', { workflowInstanceId: 'w-1', taskId: id, ...fields })).statusCode).toBe(status);
  });

  it('without status is accepted only for a task that is over', async () => {
    world.runs.set('w-1', run({ tasks: [task({ status: 'COMPLETED' }), task({ taskId: 'w-1~3.1.1' as never })] }));
    expect((await update('/api/tasks', { workflowInstanceId: 'w-1', taskId: id })).body).toBe(id);
    expect((await update('/api/tasks', { workflowInstanceId: 'w-1', taskId: 'w-1~3.1.1' })).statusCode).toBe(400);
    expect((await update('/api/tasks', { workflowInstanceId: 'w-1', taskId: 'w-1~3.1.2' })).statusCode).toBe(404);
    expect(world.sent).toEqual([]);
  });

  it('never reaches what is no workflow', async () => {
    const response = await update('/api/tasks', {
      workflowInstanceId: '$definition/workflow/x',
      taskId: 'x',
      status: 'COMPLETED',
    });
    expect(response.statusCode).toBe(404);
    expect(world.sent).toEqual([]);
  });

  it('for an unknown run is 404 in the words of the decider', async () => {
    world.outcomes.push({ kind: 'rejected', code: 'TASK_NOT_FOUND', reason: 'No such task found by id: x' });
    const response = await update('/api/tasks', { workflowInstanceId: 'w-9', taskId: 'x', status: 'COMPLETED' });
    expect(world.sent[0]?.aggregate).toBe('w-9');
    expect(response.json()).toEqual({
      status: 404,
      message: 'No such task found by id: x',
      instance: 'here',
      retryable: false,
    });
  });
});

describe('a report by reference', () => {
  const wait = task({
    taskType: 'WAIT',
    status: 'IN_PROGRESS',
    referenceName: 'w',
    output: Payload.of({ a: 1 }),
    input: Payload.empty,
  });

  it('goes to the open task of that name and is merged over its output', async () => {
    world.runs.set(
      'w-1',
      run({ tasks: [task({ referenceName: 'w', status: 'FAILED', taskId: 'w-1~3.1.7' as never }), wait] }),
    );
    const response = await update('/api/tasks/w-1/w/COMPLETED?workerid=me', { b: 2 });
    expect(response.body).toBe(id);
    const body = world.sent[0]?.body as unknown as { output: Payload };
    expect(body).toMatchObject({ type: 'TaskResult', taskId: id, status: 'COMPLETED', workerId: 'me' });
    expect(body.output.value).toEqual({ a: 1, b: 2 });
  });

  it('finds the task of a loop without its iteration', async () => {
    world.runs.set('w-1', run({ tasks: [{ ...wait, referenceName: 'w__2' }] }));
    expect((await update('/api/tasks/w-1/w/COMPLETED', {})).body).toBe(id);
  });

  it.each(['/api/tasks/w-1/w/COMPLETED', '/api/tasks/w-2/w/COMPLETED/sync', '/api/tasks/w-2/COMPLETED/signal'])(
    '%s is not lost when the task may be on its way',
    async (url) => {
      world.runs.set('w-1', run({ tasks: [] }));
      world.readPosition = 4;
      const response = await update(url, { b: 2 });
      expect(response.statusCode).toBe(503);
      expect(response.headers['retry-after']).toBe('1');
      expect(world.sent).toEqual([]);
    },
  );

  it.each(['/api/tasks/w-1/nope/COMPLETED', '/api/tasks/unknown/w/COMPLETED', '/api/tasks/$x/w/COMPLETED'])(
    '%s finds nothing and says nothing, except when it is synchronous',
    async (url) => {
      world.runs.set('w-1', run({ tasks: [wait] }));
      const quiet = await update(url, {});
      expect([quiet.statusCode, quiet.body, quiet.headers['content-type']]).toEqual([200, '', undefined]);
      const loud = await update(`${url}/sync`, {});
      expect(loud.statusCode).toBe(404);
      expect(loud.json().message).toMatch(/^Found no running task (nope|w) of workflow (w-1|unknown|\$x) to update$/);
      expect(world.sent).toEqual([]);
    },
  );

  it('answers with the run when it is synchronous', async () => {
    world.runs.set('w-1', run({ tasks: [wait] }));
    expect((await update('/api/tasks/w-1/w/COMPLETED/sync', {})).json()).toMatchObject({
      workflowId: 'w-1',
      tasks: [{ taskType: 'WAIT' }],
    });
  });

  it('with an unknown status is refused', async () => {
    expect((await update('/api/tasks/w-1/w/completed', {})).statusCode).toBe(400);
  });
});

describe('a signal', () => {
  const wait = task({ taskType: 'WAIT', status: 'IN_PROGRESS', referenceName: 'w', input: Payload.empty });

  it('ends the WAIT of a child in which the run stands', async () => {
    const childWait = { ...wait, workflowId: 'child' as never, taskId: 'child~1.1.0' as never };
    world.runs.set('child', run({ workflowId: 'child' as never, tasks: [childWait] }));
    world.runs.set(
      'w-1',
      run({ tasks: [task({ taskType: 'SUB_WORKFLOW', status: 'IN_PROGRESS', subWorkflowId: 'child' as never })] }),
    );
    const response = await update('/api/tasks/w-1/COMPLETED/signal', { s: 1 });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(world.sent[0]).toMatchObject({ aggregate: 'child', body: { taskId: 'child~1.1.0', status: 'COMPLETED' } });
  });

  it('to a run that stands at none does nothing, or is 404 when it is synchronous', async () => {
    world.runs.set('w-1', run({ tasks: [task()] }));
    expect((await update('/api/tasks/w-1/COMPLETED/signal', {})).statusCode).toBe(200);
    const sync = await update('/api/tasks/w-1/COMPLETED/signal/sync', {});
    expect(sync.json()).toMatchObject({ status: 404, message: 'Found no blocked task in workflow w-1 to signal' });
    expect(world.sent).toEqual([]);
    expect((await update('/api/tasks/unknown/COMPLETED/signal', {})).statusCode).toBe(404);
  });

  it('answers with the run once it stands still again', async () => {
    const next = { ...wait, referenceName: 'w2', taskId: 'w-1~3.1.5' as never };
    world.runs.set('w-1', run({ tasks: [wait] }));
    let reads = 0;
    world.runs.get = (key) => {
      if (++reads === 3) world.runs.set('w-1', run({ tasks: [task({ status: 'COMPLETED' }), next] }));
      return Map.prototype.get.call(world.runs, key) as ReturnType<typeof run>;
    };
    const response = await update('/api/tasks/w-1/COMPLETED/signal/sync?returnStrategy=BLOCKING_TASK', {});
    delete (world.runs as { get?: unknown }).get;
    expect(response.json()).toMatchObject({
      responseType: 'BLOCKING_TASK',
      referenceTaskName: 'w2',
      signalTimeout: false,
    });
  });

  it('answers with the state so far when the run goes on for longer', async () => {
    world.runs.set('w-1', run({ tasks: [wait] }));
    const response = await update('/api/tasks/w-1/COMPLETED/signal/sync?timeoutMillis=1', {});
    expect(response.json()).toMatchObject({ responseType: 'TARGET_WORKFLOW', signalTimeout: true, status: 'RUNNING' });
  });
});

describe('update-v2', () => {
  it('answers with the next task of the same queue', async () => {
    world.ready.push({ task: record({ taskId: 'w-2~1.1.0' as never }), workerId: 'w1', at: now });
    const response = await update('/api/tasks/update-v2', {
      workflowInstanceId: 'w-1',
      taskId: id,
      status: 'COMPLETED',
      workerId: 'w1',
    });
    expect(response.json()).toMatchObject({ taskId: 'w-2~1.1.0', status: 'IN_PROGRESS' });
    expect(world.polls).toEqual([{ type: 'charge', domain: 'eu', workerId: 'w1', count: 1, timeoutMs: 100 }]);
  });

  it('answers 204 without content type when no task waits', async () => {
    const response = await update('/api/tasks/update-v2', {
      workflowInstanceId: 'w-1',
      taskId: id,
      status: 'COMPLETED',
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['content-type']).toBeUndefined();
  });

  it.each([{ status: 'IN_PROGRESS' }, { extendLease: true }])('polls nothing after %j', async (fields) => {
    world.ready.push({ task: record(), at: now });
    const response = await update('/api/tasks/update-v2', { workflowInstanceId: 'w-1', taskId: id, ...fields });
    expect(response.statusCode).toBe(204);
    expect(world.polls).toEqual([]);
  });
});

describe('a task', () => {
  it('is shown as it is', async () => {
    world.runs.set(
      'w-1',
      run({ tasks: [task({ status: 'SCHEDULED', startTime: now, updateTime: now - 5000, callbackAfterSeconds: 2 })] }),
    );
    const shown = (await app.inject(`/api/tasks/${id}`)).json();
    expect(shown).toMatchObject({ taskId: id, status: 'SCHEDULED', callbackAfterSeconds: 2, queueWaitTime: 3000 });
  });

  it.each(['unknown', 'w-1~9.9.9', '$x~1'])('%s is 404', async (unknown) => {
    const response = await app.inject(`/api/tasks/${unknown}`);
    expect(response.json()).toMatchObject({ status: 404, message: `Task not found for taskId: ${unknown}` });
  });

  it('takes log lines as they are, whatever their content type; only JSON strings lose their quotes', async () => {
    for (const [type, payload] of [
      ['text/plain', 'plain line'],
      ['application/json', '"json \\"line\\""'],
      ['text/plain', '"who" and "why"'],
    ] as const) {
      const response = await app.inject({
        method: 'POST',
        url: `/api/tasks/${id}/log`,
        headers: { 'content-type': type },
        payload,
      });
      expect([response.statusCode, response.body]).toEqual([200, '']);
    }
    expect(world.sent.map(({ body }) => body)).toMatchObject([
      { type: 'AddTaskLogs', taskId: id, logs: [{ message: 'plain line', at: now }] },
      { logs: [{ message: 'json "line"' }] },
      { logs: [{ message: '"who" and "why"' }] },
    ]);
  });

  it('that is unknown takes log lines too, and drops them', async () => {
    world.outcomes.push({ kind: 'rejected', code: 'TASK_NOT_FOUND', reason: 'no' });
    for (const unknown of ['w-1~9.9.9', 'no-id']) {
      const response = await app.inject({
        method: 'POST',
        url: `/api/tasks/${unknown}/log`,
        headers: json,
        payload: 'x',
      });
      expect(response.statusCode).toBe(200);
    }
    expect(world.sent).toHaveLength(1);
  });

  it('refuses a log line without text and one that is too long', async () => {
    const empty = await app.inject({ method: 'POST', url: `/api/tasks/${id}/log`, headers: json });
    const long = await app.inject({
      method: 'POST',
      url: `/api/tasks/${id}/log`,
      headers: json,
      payload: 'x'.repeat(70_000),
    });
    expect([empty.statusCode, long.statusCode]).toEqual([400, 413]);
  });

  it('shows its log, or 204', async () => {
    expect((await app.inject(`/api/tasks/${id}/log`)).statusCode).toBe(204);
    world.logs.set(id, [{ message: 'm', at: 9 }]);
    expect((await app.inject(`/api/tasks/${id}/log`)).json()).toEqual([{ log: 'm', taskId: id, createdTime: 9 }]);
  });
});

describe('a search for tasks', () => {
  it('gives summaries; times that are not yet are the epoch', async () => {
    world.runs.set('w-1', run({ tasks: [task({ startTime: now + 5, correlationId: 'c' })] }));
    const response = await app.inject("/api/tasks/search?query=taskType%3D'charge'&sort=startTime:DESC&freeText=*");
    expect(response.json()).toEqual({
      totalHits: 1,
      results: [
        {
          workflowId: 'w-1',
          workflowType: 'order',
          correlationId: 'c',
          scheduledTime: '2023-11-14T22:13:20.000Z',
          startTime: '2023-11-14T22:13:20.005Z',
          updateTime: '1970-01-01T00:00:00.000Z',
          endTime: '1970-01-01T00:00:00.000Z',
          status: 'SCHEDULED',
          executionTime: 0,
          queueWaitTime: 5,
          taskDefName: 'charge',
          taskType: 'charge',
          input: '{amount=5}',
          output: '{}',
          taskId: id,
          workflowPriority: 0,
        },
      ],
    });
    expect(world.taskSearches[0]).toMatchObject({
      orderBy: [{ field: 'startTime', descending: true }],
      start: 0,
      size: 100,
    });
    expect((await app.inject('/api/tasks/search?query=foo%3D1')).statusCode).toBe(400);
  });
});

describe('queues', () => {
  it.each([
    ['/api/tasks/queue/sizes?taskType=a&taskType=none', { a: 3, none: 0 }],
    ['/api/tasks/queue/sizes?taskType=a,none', { a: 3, none: 0 }],
    ['/api/tasks/queue/size?taskType=a', 3],
    ['/api/tasks/queue/size?taskType=none&domain=d', 0],
    ['/api/tasks/queue/all', { b: 3, 'd:a': 3 }],
    ['/api/tasks/queue/all/verbose', { b: { a: { size: 3, uacked: 1 } }, 'd:a': { a: { size: 3, uacked: 1 } } }],
    [
      '/api/tasks/queue/polldata?taskType=t',
      [
        { queueName: 't', domain: 'd', workerId: 'w1', lastPollTime: now },
        { queueName: 't', lastPollTime: now },
      ],
    ],
  ])('%s', async (url, expected) => {
    expect((await app.inject(url)).json()).toEqual(expected);
  });

  it.each(['/api/tasks/queue/sizes', '/api/tasks/queue/size', '/api/tasks/queue/polldata'])(
    '%s needs a type',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(400);
    },
  );

  it('are requeued as they are', async () => {
    expect((await app.inject({ method: 'POST', url: '/api/tasks/queue/requeue/a' })).body).toBe('3');
  });
});
