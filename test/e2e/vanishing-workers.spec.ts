import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from './raw-client.ts';
import { ServerProcess } from './server-process.ts';

/** Workers over real sockets, some of which are gone before they have what they asked for. */
describe('tasks among workers that vanish', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-vanishing-'));
  let server: ServerProcess;
  const call = async (method: string, path: string, body?: unknown): Promise<any> => {
    const response = await fetch(`${server.url}/api${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return /^[[{]/.test(text) ? JSON.parse(text) : text;
  };
  const start = (): Promise<string> => call('POST', '/workflow', { name: 'ship', input: {} });
  const waiting = (count = 1): RawClient =>
    new RawClient(server.url).send(
      `GET /api/tasks/poll/batch/ship?workerid=gone&count=${count}&timeout=5000 HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
  /** A worker that stays: takes tasks until these runs had theirs. */
  const serve = async (runs: ReadonlySet<string>, withinMs: number): Promise<ReadonlySet<string>> => {
    const served = new Set<string>();
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && [...runs].some((run) => !served.has(run))) {
      for (const task of await call('GET', '/tasks/poll/batch/ship?workerid=here&count=50&timeout=500')) {
        await call('POST', '/tasks', {
          workflowInstanceId: task.workflowInstanceId,
          taskId: task.taskId,
          status: 'COMPLETED',
        });
        served.add(task.workflowInstanceId);
      }
    }
    return served;
  };

  beforeAll(async () => {
    server = await ServerProcess.start('vanishing', { PARTITURA_DATA_DIR: dataDir });
    const task = { name: 'ship', taskReferenceName: 'ship', type: 'SIMPLE' };
    await call('PUT', '/metadata/workflow', [{ name: 'ship', tasks: [task], ownerEmail: 'a@b.c' }]);
    const first = await start();
    expect(await serve(new Set([first]), 20_000)).toEqual(new Set([first]));
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('go to others at once, whether the connection broke before, during or right after the hand-out', async () => {
    const runs = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const client = waiting(1 + (i % 3));
      // Long enough to be parked; then the task comes while the client goes.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const started = start();
      setTimeout(() => client.vanish(), i % 12);
      const run = await started;
      runs.add(run);
      // Before the next one comes: it would take what is left over, and have it for longer than a hand-out stays unreported.
      expect(await serve(new Set([run]), 20_000)).toEqual(new Set([run]));
    }
    for (const run of runs) expect((await call('GET', `/workflow/${run}`)).status).toBe('COMPLETED');
  });

  it('go to somebody else even when their worker was told of them and broke the connection', async () => {
    const client = waiting();
    const run = await start();
    await client.hears(/"taskId"/);
    client.vanish();
    expect(await serve(new Set([run]), 10_000)).toEqual(new Set([run]));
  });

  it('are with their worker when he ended his connection in order', async () => {
    const run = await start();
    // As curl does: one request, then it hangs up.
    const task = await call('GET', '/tasks/poll/ship?workerid=curl');
    expect(task.workflowInstanceId).toBe(run);
    expect(await call('GET', '/tasks/poll/batch/ship?workerid=here&timeout=300')).toEqual([]);
    await call('POST', '/tasks', { workflowInstanceId: run, taskId: task.taskId, status: 'COMPLETED' });
    expect((await call('GET', `/workflow/${run}`)).status).toBe('COMPLETED');
  });
});
