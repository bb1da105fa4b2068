import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { FakeWorld, run, task } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const update = (body: object | string, query = ''): Promise<LightMyRequestResponse> =>
  app.inject({
    method: 'POST',
    url: `/api/workflow/w-1/state${query}`,
    headers: { 'content-type': 'application/json' },
    payload: body,
  });
const ended = run({ status: 'COMPLETED', tasks: [] });

describe("an update of a run's state", () => {
  it('sets variables, then reports about the open task, and answers with the run', async () => {
    world.runs.set('w-1', run({ tasks: [task({ status: 'IN_PROGRESS', referenceName: 'c__2' })] }));
    const [open] = world.runs.get('w-1')?.tasks ?? [];
    const response = await update(
      `{"variables": {"v": 1}, "taskReferenceName": "c",
        "taskResult": {"taskId": "ignored", "status": "COMPLETED", "outputData": {"big":12345678901234567}}}`,
      '?requestId=r-1&waitForSeconds=1',
    );
    expect(response.json()).toMatchObject({ responseType: 'TARGET_WORKFLOW', requestId: 'r-1', workflowId: 'w-1' });
    expect(world.sent.map(({ aggregate, body }) => [aggregate, body.type])).toEqual([
      ['w-1', 'SetVariables'],
      ['w-1', 'TaskResult'],
    ]);
    expect(world.sent[1]?.body).toMatchObject({ taskId: open?.taskId, status: 'COMPLETED', extendLease: false });
    const output = (world.sent[1]?.body as { output: { bytes: Uint8Array } }).output.bytes;
    expect(Buffer.from(output).toString()).toBe('{"big":12345678901234567}');
  });

  it('may be variables alone, and is answered at once when the run has ended or waits for somebody', async () => {
    world.runs.set('w-1', ended);
    const done = await update({ variables: { v: 1 } });
    expect(done.json()).toMatchObject({ status: 'COMPLETED', signalTimeout: false });
    expect(world.sent.map(({ body }) => body.type)).toEqual(['SetVariables']);
    world.runs.set('w-1', run({ tasks: [task({ status: 'COMPLETED', referenceName: 'b' })] }));
    expect((await update({ variables: { v: 1 } }, '?waitUntilTaskRef=a,b')).json()).toMatchObject({
      status: 'RUNNING',
      signalTimeout: false,
    });
  });

  it('says so when the run goes on for longer than the caller waits', async () => {
    world.runs.set('w-1', run({ tasks: [task()] }));
    expect((await update({ variables: {} }, '?waitForSeconds=1')).json()).toMatchObject({ signalTimeout: true });
  });

  it.each<[string, object, number, RegExp]>([
    ['nothing', {}, 400, /Nothing to update/],
    ['a report without a reference', { taskResult: { status: 'COMPLETED' } }, 400, /belong together/],
    ['a reference without a report', { taskReferenceName: 'c', variables: {} }, 400, /belong together/],
    ['a report without a status', { taskReferenceName: 'c', taskResult: {} }, 400, /Task status cannot be null/],
    ['a word for a status', { taskReferenceName: 'c', taskResult: { status: 'DONE' } }, 400, /status must be one of/],
    ['variables that are a list', { variables: [] }, 400, /variables must be an object/],
    ['a task that is not open', { taskReferenceName: 'x', taskResult: { status: 'FAILED' } }, 404, /no running task x/],
  ])('with %s is refused and changes nothing', async (_what, body, status, message) => {
    world.runs.set('w-1', run({ tasks: [task({ status: 'SCHEDULED', referenceName: 'c' })] }));
    const response = await update(body);
    expect([response.statusCode, response.json().message]).toEqual([status, expect.stringMatching(message)]);
    expect(world.sent).toEqual([]);
  });
});
