import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import type { PutDefinition } from '@partitura/model';
import { definitionRecord, FakeWorld } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };
const tasks = [{ name: 'a', taskReferenceName: 'a' }];
const send = (method: 'POST' | 'PUT', url: string, payload?: unknown): Promise<LightMyRequestResponse> =>
  app.inject({ method, url, headers: json, ...(payload !== undefined && { payload: JSON.stringify(payload) }) });

describe('task definitions', () => {
  it('are registered completed with defaults, in a list', async () => {
    const response = await send('POST', '/api/metadata/taskdefs', [
      { name: 't', retryCount: '7', retryDelaySeconds: 2.9 },
      { name: 'u' },
    ]);
    expect([response.statusCode, response.body, response.headers['content-type']]).toEqual([200, '', undefined]);
    expect(world.sent).toMatchObject([
      { aggregate: '$definition/task/t', body: { type: 'PutDefinition', kind: 'task', name: 't', mode: 'upsert' } },
      { aggregate: '$definition/task/u' },
    ]);
    expect((world.sent[0]?.body as PutDefinition).body.value).toMatchObject({
      retryCount: 7,
      retryDelaySeconds: 2,
      responseTimeoutSeconds: 3600,
    });
  });

  it('are replaced one at a time', async () => {
    await send('PUT', '/api/metadata/taskdefs', { name: 't' });
    expect(world.sent[0]?.body).toMatchObject({ mode: 'update' });
  });

  it('are registered by a replacement of what is not there, as workers do that know nothing else', async () => {
    world.outcomes.push({ kind: 'rejected', code: 'DEFINITION_NOT_FOUND', reason: 'No such task' });
    expect((await send('PUT', '/api/metadata/taskdefs', { name: 't' })).statusCode).toBe(200);
    expect(world.sent.map(({ body }) => body)).toMatchObject([{ mode: 'update' }, { mode: 'upsert' }]);
  });

  it.each<[string, 'POST' | 'PUT', unknown, unknown]>([
    ['an empty list', 'POST', [], [{ path: 'registerTaskDef.arg0', message: 'TaskDefList is empty' }]],
    [
      'several violations',
      'POST',
      [{ name: 'ok' }, { name: '', responseTimeoutSeconds: 0 }],
      expect.arrayContaining([
        { path: 'registerTaskDef.arg0[1].name', message: 'TaskDef name cannot be null or empty', invalidValue: '' },
        {
          path: 'registerTaskDef.arg0[1].responseTimeoutSeconds',
          message: 'TaskDef responseTimeoutSeconds: 0 should be minimum 1 second',
          invalidValue: '0',
        },
      ]),
    ],
    ['an object for a list', 'POST', { name: 't' }, undefined],
    ['a null element', 'POST', [null], undefined],
    ['a list for an object', 'PUT', [{ name: 't' }], undefined],
    ['no name', 'PUT', {}, [{ path: 'updateTaskDef.arg0.name', message: 'TaskDef name cannot be null or empty' }]],
    ['a bad word', 'POST', [{ name: 't', retryLogic: 'SOMETIMES' }], expect.anything()],
    ['no body', 'POST', undefined, undefined],
  ])('with %s are refused and nothing is stored', async (_what, method, payload, violations) => {
    const response = await send(method, '/api/metadata/taskdefs', payload);
    expect(response.statusCode).toBe(400);
    expect(response.json().validationErrors).toEqual(violations);
    expect(world.sent).toEqual([]);
  });

  it('are read from the copy of the definitions', async () => {
    world.records.push(definitionRecord('task', { name: 'g t', retryCount: 1 }));
    expect((await app.inject('/api/metadata/taskdefs')).json()).toEqual([{ name: 'g t', retryCount: 1 }]);
    expect((await app.inject('/api/metadata/taskdefs/g%20t')).json()).toMatchObject({ name: 'g t' });
    expect((await app.inject('/api/metadata/taskdefs/a+b')).json()).toEqual({
      status: 404,
      message: 'No such taskType found by name: a+b',
      instance: 'here',
      retryable: false,
    });
  });

  it('are removed, once', async () => {
    expect(
      (await app.inject({ method: 'DELETE', url: '/api/metadata/taskdefs/t', headers: json, payload: '{}' }))
        .statusCode,
    ).toBe(200);
    world.outcomes.push({ kind: 'rejected', code: 'DEFINITION_NOT_FOUND', reason: 'No such task definition' });
    const again = await app.inject({ method: 'DELETE', url: '/api/metadata/taskdefs/t' });
    expect(again.json()).toMatchObject({ status: 404, message: 'No such task definition' });
  });
});

describe('workflow definitions', () => {
  it.each([
    ['', 'create'],
    ['?overwrite=True', 'upsert'],
    ['?overwrite=false', 'create'],
  ])('are created with %s by %s', async (query, mode) => {
    const response = await send('POST', `/api/metadata/workflow${query}`, { name: 'w', tasks });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(world.sent[0]).toMatchObject({
      aggregate: '$definition/workflow/w',
      body: { kind: 'workflow', version: 1, mode },
    });
  });

  it('that exist are a conflict', async () => {
    world.outcomes.push({ kind: 'rejected', code: 'DEFINITION_EXISTS', reason: 'Workflow with w.1 already exists!' });
    const response = await send('POST', '/api/metadata/workflow', { name: 'w', tasks });
    expect(response.json()).toMatchObject({ status: 409, message: 'Workflow with w.1 already exists!' });
  });

  it('are replaced in bulk, all or none', async () => {
    const response = await send('PUT', '/api/metadata/workflow', [
      { name: 'w', version: 2, tasks },
      { name: 'x', tasks },
    ]);
    expect(response.json()).toEqual({ bulkErrorResults: {}, bulkSuccessfulResults: ['w', 'x'] });
    world.reset();
    const half = await send('PUT', '/api/metadata/workflow', [
      { name: 'w', tasks },
      { name: 'x', tasks: [] },
    ]);
    expect(half.json()).toMatchObject({
      status: 400,
      message: 'Validation failed, check below errors for detail.',
      retryable: false,
      validationErrors: [{ path: 'updateWorkflowDef.arg0[1].tasks', message: 'WorkflowTask list cannot be empty' }],
    });
    expect(half.json()).not.toHaveProperty('instance');
    expect(world.sent).toEqual([]);
  });

  it.each<[unknown, number]>([
    [{ name: 'w', tasks }, 200],
    [{ name: '', tasks: [] }, 400],
    [{ name: 'w', tasks: null }, 400],
    [[{ name: 'w', tasks }], 400],
    [undefined, 400],
  ])('%j are only validated: %d', async (definition, status) => {
    expect((await send('POST', '/api/metadata/workflow/validate', definition)).statusCode).toBe(status);
    expect(world.sent).toEqual([]);
  });

  it('are read by name and version, the highest by default', async () => {
    for (const version of [1, 2, 10])
      world.records.push(definitionRecord('workflow', { name: 'w', version, createTime: version }));
    world.records.push(
      definitionRecord('workflow', { name: 'x', version: 1, updateTime: 5, metadata: { classifier: 'Agent' } }),
    );
    expect((await app.inject('/api/metadata/workflow/w')).json()).toMatchObject({ version: 10 });
    expect((await app.inject('/api/metadata/workflow/w?version=')).json()).toMatchObject({ version: 10 });
    expect((await app.inject('/api/metadata/workflow/w?version=2')).json()).toMatchObject({ version: 2 });
    expect((await app.inject('/api/metadata/workflow/w?version=abc')).statusCode).toBe(400);
    expect((await app.inject('/api/metadata/workflow/w?version=5&version=2')).json().message).toBe(
      'No such workflow found by name: w, version: 5',
    );
    expect((await app.inject('/api/metadata/workflow/nope')).json().message).toBe(
      'No such workflow found by name: nope, version: null',
    );
    expect((await app.inject('/api/metadata/workflow')).json()).toHaveLength(4);
    expect((await app.inject('/api/metadata/workflow?classifier=agent')).json()).toMatchObject([{ name: 'x' }]);
    expect((await app.inject('/api/metadata/workflow?classifier=workflow')).json()).toHaveLength(3);
    expect((await app.inject('/api/metadata/workflow/latest-versions')).json()).toMatchObject([
      { version: 10 },
      { name: 'x' },
    ]);
    expect((await app.inject('/api/metadata/workflow/names')).json()).toEqual(['w', 'x']);
    expect((await app.inject('/api/metadata/workflow/names-and-versions')).json()).toMatchObject({
      w: [{ name: 'w', version: 1, createTime: 1, updateTime: 0 }, {}, {}],
      x: [{ name: 'x', version: 1, createTime: 0, updateTime: 5 }],
    });
    expect((await app.inject('/api/metadata/workflow/w/versions')).json()).toEqual(
      [1, 2, 10].map((version) => ({ name: 'w', version, createTime: version })),
    );
    expect((await app.inject('/api/metadata/workflow/nope/versions')).json()).toEqual([]);
  });

  it('are removed by version', async () => {
    await app.inject({ method: 'DELETE', url: '/api/metadata/workflow/w/10' });
    expect(world.sent[0]?.body).toEqual({ type: 'DeleteDefinition', kind: 'workflow', name: 'w', version: 10 });
    expect((await app.inject({ method: 'DELETE', url: '/api/metadata/workflow/w/abc' })).statusCode).toBe(400);
    expect((await app.inject({ method: 'DELETE', url: '/api/metadata/workflow/w' })).statusCode).toBe(405);
  });
});
