import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { Fault } from '@partitura/model';
import { FakeWorld, run } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

type Method = 'PUT' | 'POST' | 'DELETE';
const send = (method: Method, what: string, ids: unknown): Promise<LightMyRequestResponse> =>
  app.inject({
    method,
    url: `/api/workflow/bulk/${what}`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(ids),
  });

describe('bulk operations', () => {
  it.each<[Method, string, object]>([
    ['PUT', 'pause', { type: 'PauseWorkflow' }],
    ['PUT', 'resume', { type: 'ResumeWorkflow' }],
    ['POST', 'restart?useLatestDefinitions=true', { type: 'RestartWorkflow', useLatestDefinitions: true }],
    ['POST', 'retry', { type: 'RetryWorkflow', resumeSubworkflowTasks: false }],
    ['POST', 'terminate?reason=why', { type: 'TerminateWorkflow', reason: 'why', byParent: false }],
    ['DELETE', 'remove', { type: 'RemoveWorkflow', onlyEnded: true }],
  ])('%s …/%s sends the order to each run', async (method, what, order) => {
    const response = await send(method, what, ['w-1', 'w-2']);
    expect(response.json()).toEqual({ bulkErrorResults: {}, bulkSuccessfulResults: ['w-1', 'w-2'] });
    expect(world.sent.map(({ aggregate, body }) => [aggregate, body])).toEqual([
      ['w-1', order],
      ['w-2', order],
    ]);
  });

  it('say of each run whether it was done, in order', async () => {
    world.outcomes.push({ kind: 'accepted' });
    world.outcomes.push({ kind: 'rejected', code: 'WORKFLOW_ENDED', reason: 'Cannot terminate a COMPLETED workflow.' });
    world.outcomes.push({ kind: 'rejected', code: 'WORKFLOW_NOT_FOUND', reason: 'No such workflow found by id: w-3' });
    world.outcomes.push(new Fault('NO_ANSWER', 'nobody answered', { retryable: true }));
    const response = await send('POST', 'terminate', ['w-1', 'w-2', 'w-3', 'w-4', '$no-run', 'w-5']);
    expect([response.statusCode, response.json()]).toEqual([
      200,
      {
        bulkErrorResults: {
          'w-2': 'Cannot terminate a COMPLETED workflow.',
          'w-3': 'No such workflow found by id: w-3',
          'w-4': expect.stringContaining('nobody answered'),
          '$no-run': 'No such workflow found by id: $no-run',
        },
        bulkSuccessfulResults: ['w-1', 'w-5'],
      },
    ]);
  });

  it('terminate and remove, and go on with the second where the first is refused', async () => {
    world.outcomes.push({ kind: 'rejected', code: 'WORKFLOW_ENDED', reason: 'over' });
    const response = await send('DELETE', 'terminate-remove', ['w-1']);
    expect(response.json()).toEqual({ bulkErrorResults: { 'w-1': 'over' }, bulkSuccessfulResults: ['w-1'] });
    expect(world.sent.map(({ body }) => body.type)).toEqual(['TerminateWorkflow', 'RemoveWorkflow']);
  });

  it('show runs, and name those that nobody knows', async () => {
    world.runs.set('w-1', run());
    const { bulkErrorResults, bulkSuccessfulResults } = (await send('POST', 'search', ['w-1', 'w-2'])).json();
    expect(bulkErrorResults).toEqual({ 'w-2': 'No such workflow found by id: w-2' });
    expect(bulkSuccessfulResults).toMatchObject([{ workflowId: 'w-1' }]);
  });

  it.each<[string, unknown, string]>([
    ['no runs', [], 'WorkflowIds list cannot be null.'],
    [
      '1001 runs',
      Array.from({ length: 1_001 }, (_, i) => `w-${i}`),
      'Cannot process more than 1000 workflows. Please use multiple requests.',
    ],
  ])('with %s are refused as a whole', async (_what, ids, message) => {
    const response = await send('POST', 'terminate', ids);
    expect([response.statusCode, response.json().validationErrors]).toEqual([
      400,
      [{ path: 'terminate.arg0', message }],
    ]);
    expect(world.sent).toEqual([]);
  });

  it.each([{ ids: ['w-1'] }, 'w-1', [1], null])('with %j for a list are refused', async (ids) => {
    expect((await send('PUT', 'pause', ids)).statusCode).toBe(400);
  });
});
