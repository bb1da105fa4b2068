import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { keyedWorkflowId, type WorkflowStatus } from '@partitura/model';
import { FakeWorld, run } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const idOf = (generation: number): string => keyedWorkflowId('order', 'k', generation);
const send = (url: string, strategy: string | undefined): Promise<LightMyRequestResponse> =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload: { name: 'order', idempotencyKey: 'k', idempotencyStrategy: strategy },
  });
const start = (strategy?: string): Promise<LightMyRequestResponse> => send('/api/workflow', strategy);
const spent = { kind: 'rejected', code: 'KEY_SPENT', reason: 'over' } as const;
const conflict = { kind: 'rejected', code: 'IDEMPOTENCY_CONFLICT', reason: 'taken' } as const;

/** Runs of the key as readers see them; all but the last have ended. */
function seen(count: number, last: WorkflowStatus = 'COMPLETED'): void {
  for (let g = 0; g < count; g++) {
    const status = g === count - 1 ? last : 'FAILED';
    world.runs.set(idOf(g), run({ workflowId: idOf(g) as never, status }));
  }
}

describe('a start with an idempotency key', () => {
  it.each([undefined, 'FAIL', 'RETURN_EXISTING', 'FAIL_ON_RUNNING'])(
    'that nobody has used is sent to its first run, with strategy %s',
    async (strategy) => {
      expect((await start(strategy)).body).toBe(idOf(0));
      expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(0)]);
    },
  );

  it.each([1, 2, 3, 4, 5, 8, 13])('finds the newest of %d runs, and begins the next when that has ended', async (n) => {
    seen(n);
    expect((await start('FAIL_ON_RUNNING')).body).toBe(idOf(n));
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(n)]);
  });

  it('means the newest run, ended or not, with RETURN_EXISTING and without a strategy', async () => {
    seen(3);
    expect([(await start()).body, (await start('RETURN_EXISTING')).body]).toEqual([idOf(2), idOf(2)]);
    expect(world.sent).toEqual([]);
    seen(3, 'RUNNING');
    expect((await start()).body).toBe(idOf(2));
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(2)]);
  });

  it('is refused with FAIL, whether readers or deciders know of its run', async () => {
    seen(1);
    expect((await start('FAIL')).statusCode).toBe(409);
    expect(world.sent).toEqual([]);
    world.runs.clear();
    world.outcomes.push(conflict);
    expect((await start('FAIL')).json()).toMatchObject({ status: 409, message: 'taken' });
  });

  it('is refused with FAIL_ON_RUNNING while its newest run goes on', async () => {
    seen(2, 'PAUSED');
    world.outcomes.push(conflict);
    expect((await start('FAIL_ON_RUNNING')).statusCode).toBe(409);
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(1)]);
  });

  it('goes to the next run where deciders know of an end that readers do not see yet', async () => {
    seen(1, 'RUNNING');
    world.outcomes.push(spent, spent);
    expect((await start('FAIL_ON_RUNNING')).body).toBe(idOf(2));
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(0), idOf(1), idOf(2)]);
  });

  it('asks the caller to come again when readers are far behind', async () => {
    world.outcomes.push(...Array.from({ length: 9 }, () => spent));
    const response = await start('FAIL_ON_RUNNING');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
  });

  it('may wait for its run, or be answered with the one that is there', async () => {
    seen(1);
    const existing = await send('/api/workflow/execute/order/1', 'RETURN_EXISTING');
    expect(existing.json()).toMatchObject({ workflowId: idOf(0), status: 'COMPLETED', signalTimeout: false });
    expect(world.sent).toEqual([]);
    world.runs.set(idOf(1), run({ workflowId: idOf(1) as never, status: 'COMPLETED' }));
    world.runs.delete(idOf(0));
    world.readPosition = 100;
    world.outcomes.push(spent);
    const next = await send('/api/workflow/execute/order/1', 'FAIL_ON_RUNNING');
    expect(next.json()).toMatchObject({ workflowId: idOf(1) });
    expect(world.sent.map(({ aggregate }) => aggregate)).toEqual([idOf(0), idOf(1)]);
  });
});
