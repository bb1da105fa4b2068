import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { FakeWorld, run } from '../spec/fake-ports.ts';

const lists: readonly (readonly [string, InjectOptions])[] = [
  ['searchWorkflows', { url: '/api/workflow/search?query=status%3DRUNNING' }],
  ['searchWorkflowsV2', { url: '/api/workflow/search-v2' }],
  ['searchWorkflowsByTasks', { url: '/api/workflow/search-by-tasks' }],
  ['searchWorkflowsByTasksV2', { url: '/api/workflow/search-by-tasks-v2' }],
  ['searchTasks', { url: '/api/tasks/search' }],
  ['searchTasksV2', { url: '/api/tasks/search-v2' }],
  ['listRunning', { url: '/api/workflow/running/order' }],
  ['getCorrelated', { url: '/api/workflow/order/correlated/c-1' }],
  ['getCorrelatedMany', { method: 'POST', url: '/api/workflow/order/correlated', payload: ['c-1'] }],
  ['listOpenTasks', { url: '/api/admin/task/charge' }],
];

describe.each(lists)('%s', (_name, request) => {
  const world = new FakeWorld();
  let [open, full]: FastifyInstance[] = [];
  beforeAll(async () => {
    world.runs.set('w-1', run());
    open = await world.api();
    full = await world.api({ searches: { atOnce: 0, waiting: 0 } });
  });
  afterAll(() => Promise.all([open?.close(), full?.close()]));

  it('says how fresh it is, and waits for what its sender has seen', async () => {
    const fresh = await open?.inject(request);
    expect([fresh?.statusCode, fresh?.headers['x-read-position'], fresh?.headers['x-read-stale']]).toEqual([
      200,
      '0:5',
      undefined,
    ]);
    world.readPosition = 5;
    const stale = await open?.inject({ ...request, headers: { 'x-min-position': '0:9' } });
    expect([stale?.statusCode, stale?.headers['x-read-stale']]).toEqual([200, 'true']);
  });

  it('takes its turn with all others, and is sent away when too many wait', async () => {
    const answer = await full?.inject(request);
    expect([answer?.statusCode, answer?.headers['retry-after']]).toEqual([429, '1']);
  });
});
