import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Library, normalizeWorkflowDef } from '@partitura/engine';
import { Fault, Payload, type Json } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { definitionRecord, FakeWorld, now, run, task } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

describe('starting a workflow', () => {
  it('answers the bare id as text and says where the decision stands', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow',
      headers: { ...json, accept: 'application/json' },
      payload:
        '{"name":"order","version":2,"input":{"n":1.0},"correlationId":"c","priority":7,"unknown":1,"taskToDomain":{"*":"d"}}',
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/plain;charset=UTF-8');
    expect(response.body).toBe('00000000-0000-4000-8000-000000000001');
    expect(response.headers['x-log-position']).toMatch(/^\d:41$/);
    const [order] = world.sent;
    expect(order).toMatchObject({
      aggregate: response.body,
      definitionsOffset: 6,
      body: {
        type: 'StartWorkflow',
        name: 'order',
        version: 2,
        correlationId: 'c',
        priority: 7,
        taskToDomain: { '*': 'd' },
        replyWhenEnded: false,
      },
    });
    expect(Buffer.from((order?.body as { input: Payload }).input.bytes).toString()).toBe('{"n":1.0}');
  });

  it('by path takes the body as the input', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/order?version=1&correlationId=c&priority=3&skipCache=1',
      headers: json,
      payload: '{"x":5}',
    });
    expect(response.statusCode).toBe(200);
    expect(world.sent[0]?.body).toMatchObject({ name: 'order', version: 1, correlationId: 'c', priority: 3 });
  });

  it.each<[string, string, object | string | undefined, number, unknown]>([
    [
      'no name',
      '/api/workflow',
      { input: {} },
      400,
      [{ path: 'startWorkflow.arg0.name', message: 'Workflow name cannot be null or empty' }],
    ],
    [
      'priority 100',
      '/api/workflow',
      { name: 'o', priority: 100 },
      400,
      [{ path: 'startWorkflow.arg0.priority', message: 'priority: 100 should be maximum 99', invalidValue: '100' }],
    ],
    [
      'priority -1',
      '/api/workflow',
      { name: 'o', priority: -1 },
      400,
      [{ path: 'startWorkflow.arg0.priority', message: 'priority: -1 should be minimum 0', invalidValue: '-1' }],
    ],
    [
      'priority 100 by path',
      '/api/workflow/o?priority=100',
      {},
      400,
      [{ path: 'startWorkflow.arg3', message: '99 is the maximum priority value', invalidValue: '100' }],
    ],
    ['null input', '/api/workflow', { name: 'o', input: null }, 400, 'NULL input passed when starting workflow'],
    [
      'a list as input',
      '/api/workflow',
      { name: 'o', input: [1] },
      400,
      expect.stringContaining('input must be an object'),
    ],
    ['a list as body', '/api/workflow/o', '[1]', 400, expect.stringContaining('JSON parse error')],
    [
      'a bad strategy',
      '/api/workflow',
      { name: 'o', idempotencyStrategy: 'WHATEVER' },
      400,
      expect.stringContaining('idempotencyStrategy'),
    ],
    ['no body', '/api/workflow', undefined, 400, 'Required request body is missing'],
    ['malformed JSON', '/api/workflow', '{', 400, expect.stringContaining('JSON parse error')],
    ['a comment', '/api/workflow/o', '{/*c*/}', 400, expect.stringContaining('JSON parse error')],
    ['NaN', '/api/workflow/o', '{"a":NaN}', 400, expect.stringContaining('JSON parse error')],
    ['a hidden key', '/api/workflow/o', '{"__proto__":{}}', 400, expect.stringContaining('__proto__')],
    [
      'too deep',
      '/api/workflow/o',
      `{"a":${'['.repeat(300)}${']'.repeat(300)}}`,
      400,
      expect.stringContaining('nested deeper'),
    ],
    [
      'too many keys',
      '/api/workflow/o',
      JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`k${i}`, 1]))),
      400,
      expect.stringContaining('more than 10000 keys'),
    ],
    [
      'an invalid inline definition',
      '/api/workflow',
      { name: 'o', workflowDef: { name: 'o', tasks: [] } },
      400,
      [{ path: 'startWorkflow.arg0.workflowDef.tasks', message: 'WorkflowTask list cannot be empty' }],
    ],
    [
      'an input that lies elsewhere',
      '/api/workflow',
      { name: 'o', input: null, externalInputPayloadStoragePath: 'workflow/input/1.json' },
      400,
      expect.stringContaining('no external payload storage here: send it as input'),
    ],
  ])('with %s is refused', async (_what, url, payload, status, expected) => {
    const response = await app.inject({
      method: 'POST',
      url,
      headers: json,
      ...(payload !== undefined && { payload }),
    });
    const body = response.json();
    expect(response.statusCode).toBe(status);
    expect(body).toMatchObject({ status, retryable: false });
    if (Array.isArray(expected)) expect(body.validationErrors).toEqual(expected);
    else expect(body.message).toEqual(expected);
    expect(world.sent).toEqual([]);
  });

  it.each([
    ['text behind the JSON value', '{"a":1} trailing', 'something follows the value'],
    ['a key twice', '{"a":1,"a":2}', 'the key "a" is there twice'],
    ['a key twice in disguise', '{"a":1,"\\u0061":2}', 'is there twice'],
  ])('with %s is refused', async (_, payload, why) => {
    const response = await app.inject({ method: 'POST', url: '/api/workflow/o', headers: json, payload });
    expect([response.statusCode, response.json().message]).toEqual([400, expect.stringContaining(why)]);
    expect(world.sent).toEqual([]);
  });

  it('with a body above the limit is refused with 413', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/o',
      headers: json,
      payload: `{"a":"${'x'.repeat(3.2 * 1024 * 1024)}"}`,
    });
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({ status: 413, retryable: false });
    const value = await app.inject({
      method: 'POST',
      url: '/api/workflow/o',
      headers: json,
      payload: `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`,
    });
    expect(value.json()).toMatchObject({ status: 413, message: expect.stringContaining('the input has') });
  });

  it('with another content type is refused', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'name=x',
    });
    expect(response.statusCode).toBe(415);
  });

  it('that does not exist is 404 in the words of each form', async () => {
    const reason = 'No such workflow defined. name=nope, version=null';
    world.outcomes.push(
      { kind: 'rejected', code: 'DEFINITION_NOT_FOUND', reason },
      { kind: 'rejected', code: 'DEFINITION_NOT_FOUND', reason },
    );
    const byBody = await app.inject({
      method: 'POST',
      url: '/api/workflow',
      headers: json,
      payload: '{"name":"nope"}',
    });
    const byPath = await app.inject({ method: 'POST', url: '/api/workflow/nope', headers: json, payload: '{}' });
    expect(byBody.json()).toEqual({ status: 404, message: reason, instance: 'here', retryable: false });
    expect(byPath.json()).toEqual({
      status: 404,
      message: 'No such workflow found by name: nope, version: null',
      instance: 'here',
      retryable: false,
    });
  });

  it('without an answer is 503 and may be tried again', async () => {
    world.outcomes.push(new Fault('NO_ANSWER', 'no answer within 10 ms', { retryable: true }));
    const response = await app.inject({ method: 'POST', url: '/api/workflow/o', headers: json, payload: '{}' });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toMatchObject({ status: 503, retryable: true });
  });

  it('that is repeated gets the first answer', async () => {
    world.outcomes.push({ kind: 'duplicate', first: { kind: 'accepted' } });
    expect(
      (await app.inject({ method: 'POST', url: '/api/workflow/o', headers: json, payload: '{}' })).statusCode,
    ).toBe(200);
  });
});

describe('reading a run', () => {
  it('shows all of it, user data to the letter', async () => {
    world.runs.set(
      'w-1',
      run({ input: Payload.fromBytes(Buffer.from('{"x":1.50,"n":null}')), correlationId: 'c', tasks: [task()] }),
    );
    const response = await app.inject('/api/workflow/w-1');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['x-read-position']).toMatch(/^\d:5$/);
    expect(response.headers['x-read-stale']).toBeUndefined();
    expect(response.body).toContain('"input":{"x":1.50,"n":null}');
    expect(response.json()).toMatchObject({
      ownerApp: '',
      workflowId: 'w-1',
      workflowName: 'order',
      workflowVersion: 2,
      startTime: now,
      createTime: now,
      endTime: 0,
      output: {},
      history: [],
      rateLimited: false,
      workflowDefinition: { name: 'order' },
      tasks: [
        {
          taskType: 'charge',
          executed: false,
          rateLimitFrequencyInSeconds: 1,
          taskDefinition: { name: 'charge' },
          executionMetadata: { additionalContext: {}, empty: true, additionalContextMap: {} },
        },
      ],
    });
    expect(response.json()).not.toHaveProperty('parentWorkflowId');
  });

  it.each(['False', 'no', '0', 'off'])('leaves tasks out with includeTasks=%s', async (flag) => {
    world.runs.set('w-1', run({ tasks: [task()] }));
    expect((await app.inject(`/api/workflow/w-1?includeTasks=${flag}`)).json()).toMatchObject({ tasks: [] });
    expect((await app.inject('/api/workflow/w-1?includeTasks=')).json().tasks).toHaveLength(1);
    expect((await app.inject('/api/workflow/w-1?includeTasks=perhaps')).statusCode).toBe(400);
  });

  it('says so when it may be stale', async () => {
    world.runs.set('w-1', run());
    world.readPosition = 4;
    const response = await app.inject('/api/workflow/w-1');
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-read-stale']).toBe('true');
  });

  it.each(['', '/status', '/tasks'])('does not call unknown what may be on its way: %s', async (what) => {
    world.readPosition = 4;
    const response = await app.inject(`/api/workflow/w-1${what}`);
    expect(response.statusCode).toBe(503);
    expect(response.headers).toMatchObject({ 'x-read-stale': 'true', 'retry-after': '1' });
    expect(response.json().message).toBe('No such workflow found by id: w-1; but what is shown lags behind, try again');
  });

  it.each([
    '/api/workflow/unknown',
    '/api/workflow/$definition',
    '/api/workflow/unknown/status',
    '/api/workflow/unknown/tasks',
    '/api/workflow/a;b',
  ])('%s is 404', async (url) => {
    const response = await app.inject(url);
    expect(response.statusCode).toBe(404);
    expect(response.json().message).toMatch(/^No such workflow found by id: (unknown|\$definition|a)$/);
  });

  it('has a short form', async () => {
    world.runs.set('w-1', run({ correlationId: 'c' }));
    expect((await app.inject('/api/workflow/w-1/status')).json()).toEqual({
      workflowId: 'w-1',
      correlationId: 'c',
      status: 'RUNNING',
    });
    expect((await app.inject('/api/workflow/w-1/status?includeOutput=true&includeVariables=true')).json()).toEqual({
      workflowId: 'w-1',
      correlationId: 'c',
      output: {},
      variables: { v: 1 },
      status: 'RUNNING',
    });
  });

  it('pages its tasks by status, whatever their case', async () => {
    world.runs.set('w-1', run({ tasks: [task({ status: 'CANCELED' }), task({ seq: 2 })] }));
    expect((await app.inject('/api/workflow/w-1/tasks?status=canceled')).json()).toMatchObject({
      totalHits: 1,
      results: [{ status: 'CANCELED' }],
    });
    expect((await app.inject('/api/workflow/w-1/tasks?status=BANANA')).json()).toEqual({ totalHits: 0, results: [] });
    expect((await app.inject('/api/workflow/w-1/tasks?start=1&count=5')).json().results).toHaveLength(1);
    expect((await app.inject('/api/workflow/w-1/tasks?start=-1')).statusCode).toBe(400);
  });

  it('marks the last task of an ended run as not executed, as Conductor does', async () => {
    const ended = { status: 'COMPLETED', endTime: now + 9 } as const;
    world.runs.set(
      'w-1',
      run({ ...ended, tasks: [task({ status: 'COMPLETED', endTime: now + 5 }), task({ ...ended, seq: 2 })] }),
    );
    const { tasks } = (await app.inject('/api/workflow/w-1')).json();
    expect(tasks.map((one: { executed: boolean }) => one.executed)).toEqual([true, false]);
  });
});

describe('lists of runs', () => {
  it('of a correlation id, one or many', async () => {
    world.runs.set('w-1', run({ correlationId: 'c' }));
    expect((await app.inject('/api/workflow/order/correlated/c')).json()).toMatchObject([{ workflowId: 'w-1' }]);
    const many = await app.inject({
      method: 'POST',
      url: '/api/workflow/order/correlated',
      headers: json,
      payload: '["c","d"]',
    });
    expect(many.json()).toMatchObject({ c: [{ workflowId: 'w-1' }], d: [] });
  });

  it('of a correlation id in several workflows', async () => {
    world.runs.set('w-1', run({ correlationId: 'c' }));
    const ask = (payload: object) =>
      app.inject({ method: 'POST', url: '/api/workflow/correlated/batch', headers: json, payload });
    const both = await ask({ workflowNames: ['order', 'refund', 'order'], correlationIds: ['c', 'd'] });
    expect(both.json()).toMatchObject({ c: [{ workflowId: 'w-1' }, { workflowId: 'w-1' }], d: [] });
    for (const wrong of [{}, { workflowNames: ['order'] }, { workflowNames: 'order', correlationIds: ['c'] }])
      expect((await ask(wrong)).statusCode).toBe(400);
  });

  it('of running ones ask for version 1 by default', async () => {
    await app.inject('/api/workflow/running/order');
    await app.inject('/api/workflow/running/order?version=2&startTime=5&endTime=9');
    expect(world.running).toEqual([
      { name: 'order', version: 1 },
      { name: 'order', version: 2, created: { from: 5, to: 9 } },
    ]);
  });

  it('searched give summaries with times and texts as Conductor writes them', async () => {
    world.runs.set(
      'w-1',
      run({ input: Payload.of({ a: 1, b: { x: [2, null, 'z'] } }), status: 'COMPLETED', endTime: now + 50 }),
    );
    const response = await app.inject(
      "/api/workflow/search?query=workflowType%3D'order'%20AND%20status%20IN%20(RUNNING,FAILED)&sort=startTime:DESC&queryId=&freeText=*",
    );
    expect(response.json()).toEqual({
      totalHits: 1,
      results: [
        {
          workflowType: 'order',
          version: 2,
          workflowId: 'w-1',
          startTime: '2023-11-14T22:13:20.000Z',
          updateTime: '2023-11-14T22:13:20.001Z',
          endTime: '2023-11-14T22:13:20.050Z',
          status: 'COMPLETED',
          input: '{a=1, b={x=[2, null, z]}}',
          output: '{}',
          executionTime: 50,
          failedReferenceTaskNames: '',
          priority: 0,
          failedTaskNames: [],
          taskToDomain: {},
          parentWorkflowId: '',
          classifier: 'workflow',
          inputSize: 25,
          outputSize: 2,
        },
      ],
    });
    expect(response.headers['x-read-position']).toBe('0:5');
    expect(world.searches[0]).toMatchObject({
      orderBy: [{ field: 'startTime', descending: true }],
      start: 0,
      size: 100,
    });
  });

  it('wait for the position that a client names', async () => {
    world.readPosition = 10;
    const fresh = await app.inject({ url: '/api/workflow/search', headers: { 'x-min-position': '0:9, 1:3' } });
    expect(fresh.headers['x-read-stale']).toBeUndefined();
    const stale = await app.inject({ url: '/api/workflow/search', headers: { 'x-min-position': '0:10' } });
    expect(stale.headers['x-read-stale']).toBe('true');
    for (const wrong of ['x', '99:1', '0:']) {
      expect((await app.inject({ url: '/api/workflow/search', headers: { 'x-min-position': wrong } })).statusCode).toBe(
        400,
      );
    }
  });
});

describe('controlling a run', () => {
  it.each([
    ['PUT', '/api/workflow/w-1/pause', 200, { type: 'PauseWorkflow' }],
    ['PUT', '/api/workflow/w-1/resume', 200, { type: 'ResumeWorkflow' }],
    [
      'POST',
      '/api/workflow/w-1/retry?resumeSubworkflowTasks=True',
      204,
      { type: 'RetryWorkflow', resumeSubworkflowTasks: true },
    ],
    [
      'DELETE',
      '/api/workflow/w-1?reason=my%20reason&triggerFailureWorkflow=true',
      200,
      { type: 'TerminateWorkflow', reason: 'my reason', byParent: false, triggerFailureWorkflow: true },
    ],
    ['POST', '/api/workflow/w-1/restart', 204, { type: 'RestartWorkflow', useLatestDefinitions: false }],
    [
      'POST',
      '/api/workflow/w-1/restart?useLatestDefinitions=true',
      204,
      { type: 'RestartWorkflow', useLatestDefinitions: true },
    ],
    ['POST', '/api/workflow/w-1/resetcallbacks', 204, { type: 'ResetCallbacks' }],
    ['PUT', '/api/workflow/w-1/skiptask/b', 200, { type: 'SkipTask', referenceName: 'b' }],
    ['POST', '/api/workflow/w-1/jump/c', 200, { type: 'JumpToTask', referenceName: 'c' }],
    ['DELETE', '/api/workflow/w-1', 200, { type: 'TerminateWorkflow', byParent: false }],
    ['DELETE', '/api/workflow/w-1/remove', 200, { type: 'RemoveWorkflow', onlyEnded: true }],
    ['DELETE', '/api/workflow/w-1/remove?archiveWorkflow=false', 200, { type: 'RemoveWorkflow', onlyEnded: false }],
  ] as const)('%s %s answers nothing and sends the order', async (method, url, status, body) => {
    // Python sends an object with every request that has no body.
    const response = await app.inject({ method, url, headers: json, payload: '{}' });
    expect(response.statusCode).toBe(status);
    expect(response.body).toBe('');
    expect(response.headers['content-type']).toBeUndefined();
    if (status === 200) expect(response.headers['content-length']).toBe('0');
    expect(world.sent.map((order) => order.body)).toEqual([body]);
  });

  it('terminates before it removes', async () => {
    await app.inject({ method: 'DELETE', url: '/api/workflow/w-1/terminate-remove?reason=bye' });
    expect(world.sent.map((order) => order.body.type)).toEqual(['TerminateWorkflow', 'RemoveWorkflow']);
  });

  it.each([
    ['PUT', 'pause', 'WORKFLOW_ENDED', 409],
    ['PUT', 'resume', 'WORKFLOW_NOT_PAUSED', 409],
    ['POST', 'retry', 'WORKFLOW_NOT_ENDED', 404],
    ['POST', 'retry', 'NOTHING_TO_RETRY', 409],
    ['DELETE', 'remove', 'WORKFLOW_NOT_ENDED', 400],
    ['PUT', 'pause', 'WORKFLOW_NOT_FOUND', 404],
    ['PUT', 'pause', 'BUSY', 429],
    ['POST', 'retry', 'ARCHIVE_UNAVAILABLE', 503],
  ] as const)('%s …/%s refused with %s is %d', async (method, operation, code, status) => {
    world.outcomes.push({ kind: 'rejected', code, reason: 'because' });
    const response = await app.inject({ method, url: `/api/workflow/w-1/${operation}` });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ status, message: 'because', retryable: status === 429 || status === 503 });
  });
});

describe('synchronous execution', () => {
  it('answers with the run that the decider tells of, and reads nothing', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    world.readPosition = 0;
    const order = normalizeWorkflowDef({ name: 'order', version: 2, tasks: [] }, '', []);
    world.records.push(definitionRecord('workflow', order as unknown as Record<string, Json>));
    const read = run({ workflowId: id as never, name: 'order', version: 2 });
    const library = new Library(taskKinds);
    const body = world.records[0]?.body ?? Payload.empty;
    const pinned = library.pin(body, world.ports.definitions);
    if (pinned.kind !== 'pinned') throw new Error('the definition cannot be pinned');
    world.ended = {
      ...read,
      status: 'COMPLETED',
      output: Payload.fromBytes(Buffer.from('{"a":1.50}')),
      definitionHash: pinned.hash,
      tasks: [],
    };
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/order/2?requestId=r-1',
      headers: json,
      payload: '{"name":"ignored","version":9,"input":{"x":1}}',
    });
    expect(response.body).toContain('"output":{"a":1.50}');
    expect(response.json()).toMatchObject({ targetWorkflowId: id, requestId: 'r-1', status: 'COMPLETED', tasks: [] });
  });

  it('tells nobody that a run goes on which has ended, while readers cannot see that', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    world.runs.set(id, run({ workflowId: id as never }));
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/order/2',
      headers: json,
      payload: '{}',
    });
    expect(response.statusCode).toBe(503);
  });

  it('reads a run that is too large for an answer', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    world.readPosition = 42;
    world.runs.set(id, run({ workflowId: id as never, status: 'COMPLETED', output: Payload.of({ a: 1 }) }));
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/order/2?requestId=r-1',
      headers: json,
      payload: '{"name":"ignored","version":9,"input":{"x":1}}',
    });
    expect(world.sent[0]?.body).toMatchObject({ name: 'order', version: 2, replyWhenEnded: true });
    expect(response.json()).toMatchObject({
      responseType: 'TARGET_WORKFLOW',
      targetWorkflowId: id,
      targetWorkflowStatus: 'COMPLETED',
      requestId: 'r-1',
      workflowId: id,
      signalTimeout: false,
      status: 'COMPLETED',
      output: { a: 1 },
      tasks: [],
    });
  });

  it('takes version 0 as the highest', async () => {
    await app.inject({ method: 'POST', url: '/api/workflow/execute/order/0', headers: json, payload: '{"version":9}' });
    expect(world.sent[0]?.body).not.toHaveProperty('version');
  });

  it('ends early when the run waits for a signal, and can answer with that task', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const waiting = task({ taskType: 'WAIT', status: 'IN_PROGRESS', input: Payload.empty, referenceName: 'w' });
    world.runs.set(id, run({ workflowId: id as never, tasks: [waiting] }));
    world.silentMs = 2_000;
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/order/1?requestId=r&returnStrategy=BLOCKING_TASK',
      headers: json,
      payload: '{}',
    });
    expect(response.json()).toMatchObject({
      responseType: 'BLOCKING_TASK',
      targetWorkflowId: id,
      targetWorkflowStatus: 'RUNNING',
      taskType: 'WAIT',
      referenceTaskName: 'w',
      status: 'IN_PROGRESS',
      signalTimeout: false,
    });
  });

  it('that takes longer answers with the state so far', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    world.runs.set(id, run({ workflowId: id as never }));
    world.outcomes.push(new Fault('NO_ANSWER', 'too late', { retryable: true }));
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/order/1?requestId=r&waitForSeconds=1',
      headers: json,
      payload: '{}',
    });
    expect(response.json()).toMatchObject({ signalTimeout: true, status: 'RUNNING' });
  });

  it('that is refused says why', async () => {
    world.outcomes.push({
      kind: 'rejected',
      code: 'DEFINITION_NOT_FOUND',
      reason: 'No such workflow defined. name=n, version=1',
    });
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/execute/n/1',
      headers: json,
      payload: '{}',
    });
    expect(response.statusCode).toBe(404);
  });

  it.each(['returnStrategy=NOPE', 'waitForSeconds=x', 'waitForSeconds=9999'])('refuses %s', async (query) => {
    const response = await app.inject({
      method: 'POST',
      url: `/api/workflow/execute/n/1?${query}`,
      headers: json,
      payload: '{}',
    });
    expect(response.statusCode).toBe(400);
  });
});
