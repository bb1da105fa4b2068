import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Payload, workflowId } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { definitionRecord, FakeWorld, run, task } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: FastifyInstance;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const handler = {
  name: 'h',
  event: 'kafka:orders',
  actions: [{ action: 'start_workflow', start_workflow: { name: 'w' } }],
};

describe('event handlers', () => {
  it('are completed with defaults and sent to the aggregate of their name', async () => {
    const { statusCode, headers } = await app.inject({ method: 'POST', url: '/api/event', payload: handler });
    expect([statusCode, headers['x-log-position']]).toEqual([200, expect.stringMatching(/:41$/)]);
    expect(world.sent).toMatchObject([
      {
        aggregate: '$definition/eventHandler/h',
        body: { type: 'PutDefinition', kind: 'eventHandler', mode: 'create' },
      },
    ]);
    const [sent] = world.sent;
    expect(sent?.body.type === 'PutDefinition' && sent.body.body.value).toMatchObject({
      active: false,
      actions: [{ expandInlineJSON: false }],
    });
  });

  it('may come in a list, all of which must be right', async () => {
    const send = (payload: unknown[]) => app.inject({ method: 'POST', url: '/api/event', payload });
    expect((await send([handler, { ...handler, name: 'i' }])).statusCode).toBe(200);
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([
      '$definition/eventHandler/h',
      '$definition/eventHandler/i',
    ]);
    for (const wrong of [[], [handler, {}], [handler, null]]) expect((await send(wrong)).statusCode).toBe(400);
    expect(world.sent).toHaveLength(2);
  });

  it('that lack something are refused with everything they lack, and not sent', async () => {
    const { json } = await app.inject({ method: 'PUT', url: '/api/event', payload: { name: 'h', actions: [] } });
    expect(json().validationErrors).toEqual([
      { path: 'updateEventHandler.arg0.event', message: 'Missing event location' },
      {
        path: 'updateEventHandler.arg0.actions',
        message: 'No actions specified. Please specify at-least one action',
      },
    ]);
    expect(world.sent).toEqual([]);
  });

  it('are found by their event, inactive ones only when asked for', async () => {
    world.records.push(
      definitionRecord('eventHandler', { ...handler, active: true }),
      definitionRecord('eventHandler', { ...handler, name: 'off', active: false }),
      definitionRecord('eventHandler', { ...handler, name: 'other', event: 'kafka:else', active: true }),
    );
    const names = async (url: string): Promise<readonly string[]> =>
      (await app.inject(url)).json().map(({ name }: { name: string }) => name);
    expect(await names('/api/event/kafka%3Aorders')).toEqual(['h']);
    expect(await names('/api/event/kafka%3Aorders?activeOnly=false')).toEqual(['h', 'off']);
    expect(await names('/api/event')).toEqual(['h', 'off', 'other']);
  });
});

describe('what administrators ask', () => {
  it('is answered with settings and version, and names of secrets without values', async () => {
    expect((await app.inject('/api/admin/config')).json()).toEqual({ port: '8080', version: '1.2.3' });
    expect((await app.inject('/api/environment')).json()).toEqual([{ name: 'REGION', value: 'eu' }]);
    expect((await app.inject('/api/environment/REGION')).body).toBe('eu');
    const unknown = await app.inject('/api/environment/NOPE');
    expect([unknown.statusCode, unknown.body, unknown.headers['content-type']]).toEqual([200, '', undefined]);
    expect((await app.inject('/api/secrets')).json()).toEqual(['KEY']);
  });

  it('lists open tasks of a type with the oldest first', async () => {
    world.runs.set('w-1', run({ tasks: [task()] }));
    const { json } = await app.inject('/api/admin/task/charge?start=2&count=5');
    expect(json()).toMatchObject([{ taskId: 'w-1~3.1.0', taskType: 'charge' }]);
    expect(world.openTaskLists).toEqual([{ taskType: 'charge', start: 2, count: 5 }]);
  });

  it('says that a run without history is not what it seems', async () => {
    world.runs.set('w-1', run());
    const url = '/api/admin/consistency/verifyAndRepair/';
    const wrong = await app.inject({ method: 'POST', url: `${url}w-1` });
    expect([wrong.statusCode, wrong.json().message]).toEqual([409, expect.stringContaining('it has no history')]);
    expect((await app.inject({ method: 'POST', url: `${url}nobody` })).statusCode).toBe(404);
  });

  it('names no queue for WAIT tasks, and says so', async () => {
    expect((await app.inject('/api/queue/')).json()).toEqual({});
    const update = (status: string) =>
      app.inject({ method: 'POST', url: `/api/queue/update/w/ref/${status}`, payload: {} });
    expect((await update('COMPLETED')).json().message).toBe('There is no queue for handling COMPLETED status');
    expect((await update('NOPE')).json().message).toContain('status must be one of');
  });
});

describe('a place for payloads outside', () => {
  it('is a fresh path below the asked one, with no address', async () => {
    const { json } = await app.inject(
      '/api/workflow/externalstoragelocation?path=p&operation=read&payloadType=workflow_input',
    );
    expect(json()).toEqual({ path: 'p00000000-0000-4000-8000-000000000001.json' });
    const bad = await app.inject('/api/tasks/external-storage-location?path=p&operation=READ&payloadType=X');
    expect([bad.statusCode, bad.json().message]).toEqual([400, 'Invalid input - Operation: READ, PayloadType: X']);
  });
});

describe('a test run', () => {
  const workflowDef = {
    name: 'order',
    version: 1,
    tasks: [
      { name: 'charge', taskReferenceName: 'c', type: 'SIMPLE' },
      { name: 'nap', taskReferenceName: 'n', type: 'WAIT', inputParameters: { duration: '5 s' } },
      { name: 'ship', taskReferenceName: 's', type: 'SIMPLE', inputParameters: { paid: '${c.output.paid}' } },
    ],
  };
  const test = (payload: object) => app.inject({ method: 'POST', url: '/api/workflow/test', payload });
  const ended = (output: object, status = 'COMPLETED') => ({ status, output });

  it('ends tasks as it is told, lets no time pass, and sends nothing', async () => {
    const { json } = await test({
      name: 'order',
      workflowDef,
      taskRefToMockOutput: { c: [ended({}, 'FAILED'), ended({ paid: 7 })], s: [ended({ sent: true })] },
    });
    expect(json()).toMatchObject({ status: 'COMPLETED', output: { sent: true } });
    const tasks = json().tasks.map((one: { referenceTaskName: string; status: string }) => [
      one.referenceTaskName,
      one.status,
    ]);
    expect(tasks).toEqual([
      ['c', 'FAILED'],
      ['c', 'COMPLETED'],
      ['n', 'COMPLETED'],
      ['s', 'COMPLETED'],
    ]);
    expect(json().tasks[3].inputData).toEqual({ paid: 7 });
    expect(world.sent).toEqual([]);
  });

  it('stands still where nobody said how a task ends', async () => {
    const { json } = await test({ name: 'order', workflowDef });
    expect(json()).toMatchObject({ status: 'RUNNING', tasks: [{ referenceTaskName: 'c', status: 'SCHEDULED' }] });
  });

  it('goes into children', async () => {
    world.records.push(definitionRecord('workflow', { ...child, version: 1 }));
    const { json } = await test({
      name: 'parent',
      workflowDef: {
        name: 'parent',
        tasks: [
          {
            name: 'sub',
            taskReferenceName: 'sub',
            type: 'SUB_WORKFLOW',
            subWorkflowParam: { name: 'child', version: 1 },
          },
        ],
      },
      subWorkflowTestRequest: { sub: { name: 'child', taskRefToMockOutput: { c: [ended({ deep: 1 })] } } },
    });
    expect(json()).toMatchObject({ status: 'COMPLETED', output: { deep: 1 } });
  });

  it.each([
    ['an unknown workflow', { name: 'nobody' }, 404],
    ['mocks that are no lists', { name: 'order', workflowDef, taskRefToMockOutput: { c: {} } }, 400],
    [
      'a status that does not exist',
      { name: 'order', workflowDef, taskRefToMockOutput: { c: [ended({}, 'DONE')] } },
      400,
    ],
  ])('of %s is refused', async (_, request, status) => {
    const { statusCode, json } = await test(request);
    expect([statusCode, typeof json().message]).toEqual([status, 'string']);
  });
});

const child = {
  name: 'child',
  version: 1,
  schemaVersion: 2,
  restartable: true,
  timeoutSeconds: 0,
  timeoutPolicy: 'ALERT_ONLY',
  inputTemplate: {},
  outputParameters: {},
  variables: {},
  tasks: [{ name: 'charge', taskReferenceName: 'c', type: 'SIMPLE', inputParameters: {} }],
};

describe('searches of runs', () => {
  it('by their tasks take fields of tasks, and show summaries or whole runs', async () => {
    world.runs.set('w-1', run({ workflowId: workflowId('w-1'), output: Payload.of({ a: 1 }) }));
    const summary = await app.inject('/api/workflow/search-by-tasks?query=taskType%3Dcharge');
    expect(summary.json()).toMatchObject({ totalHits: 1, results: [{ workflowId: 'w-1', output: '{a=1}' }] });
    const full = await app.inject('/api/workflow/search-by-tasks-v2?query=taskType%3Dcharge');
    expect(full.json()).toMatchObject({ totalHits: 1, results: [{ workflowId: 'w-1', output: { a: 1 }, tasks: [] }] });
    expect(world.taskSearches).toHaveLength(2);
    expect((await app.inject('/api/workflow/search-v2')).json()).toMatchObject({
      results: [{ workflowName: 'order' }],
    });
    expect((await app.inject('/api/tasks/search-v2')).json()).toEqual({ totalHits: 0, results: [] });
  });
});
