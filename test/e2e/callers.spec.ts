import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, runToEnd, ServerProcess } from './server-process.ts';

describe('a server that is reachable from outside', () => {
  it.each(['0.0.0.0', '::', 'example.org'])('does not start on %s while nobody has to log in', async (host) => {
    const settings = { PARTITURA_DATA_DIR: join(tmpdir(), 'never-made') };
    await expect(runToEnd(['--host', host], settings)).rejects.toThrow(/ended with 2:[^]*nobody has to log in/);
  });
});

/** Keys as `make-key` makes them, on the built server, over a restart. */
describe('callers with keys', () => {
  const directory = mkdtempSync(join(tmpdir(), 'partitura-callers-'));
  const keysFile = join(directory, 'keys.json');
  const settings = { PARTITURA_DATA_DIR: join(directory, 'data'), PARTITURA_API_KEYS_FILE: keysFile };
  const secrets = new Map<string, string>();
  const tokens = new Map<string, string>();
  let server: ServerProcess;

  const call = async (by: string | undefined, method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server.url}/api${path}`, {
      method,
      headers: {
        ...(by !== undefined && { 'x-authorization': tokens.get(by) ?? '' }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: /^[[{]/.test(text) ? JSON.parse(text) : text };
  };
  const started = async (): Promise<{ run: string; task: any }> => {
    const { json: run } = await call('operator', 'POST', '/workflow', { name: 'guarded', input: {} });
    const task = await eventually('the task is offered', async () => {
      const { json } = await call('worker', 'GET', '/tasks/poll/batch/guarded?workerid=w&timeout=1000');
      return json[0] as unknown;
    });
    return { run, task };
  };
  const report = (by: string, run: string, taskId: string) =>
    call(by, 'POST', '/tasks', { workflowInstanceId: run, taskId, status: 'COMPLETED' });

  beforeAll(async () => {
    const entries: string[] = [];
    for (const role of ['definer', 'operator', 'worker', 'reader']) {
      const said = await runToEnd(['make-key', role, role], {});
      secrets.set(role, /shown this once: (\S+)/.exec(said)?.[1] ?? '');
      entries.push(/PARTITURA_API_KEYS_FILE: (\{.*\})/.exec(said)?.[1] ?? '');
    }
    writeFileSync(keysFile, `[${entries.join(',')}]`);
    server = await ServerProcess.start('callers', settings);
    for (const [keyId, keySecret] of secrets)
      tokens.set(keyId, (await call(undefined, 'POST', '/token', { keyId, keySecret })).json.token);
    const task = { name: 'guarded', taskReferenceName: 'guarded', type: 'SIMPLE' };
    expect((await call('definer', 'PUT', '/metadata/workflow', [{ name: 'guarded', tasks: [task] }])).status).toBe(200);
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('report what they were handed, and nothing that they worked out', async () => {
    const { run, task } = await started();
    const plain = task.taskId.split('.').slice(0, 3).join('.');
    expect((await call('reader', 'GET', `/workflow/${run}`)).json.tasks[0].taskId).toBe(plain);
    expect((await report('worker', run, plain)).status).toBe(403);
    expect((await call('reader', 'GET', `/workflow/${run}`)).json.status).toBe('RUNNING');
    expect((await report('worker', run, task.taskId)).status).toBe(200);
    expect((await call('reader', 'GET', `/workflow/${run}`)).json.status).toBe('COMPLETED');
  });

  it('go on after a restart with the tokens that they have, for themselves and for their tasks', async () => {
    const { run, task } = await started();
    await server.stop();
    server = await ServerProcess.start('callers again', settings);
    expect((await report('worker', run, task.taskId)).status).toBe(200);
    expect((await call('reader', 'GET', `/workflow/${run}`)).json.status).toBe('COMPLETED');
  });

  it('are told of in the log when they are refused, without what they showed', async () => {
    expect((await call('reader', 'DELETE', '/workflow/any')).status).toBe(403);
    tokens.set('nobody', 'pt1.made.up');
    expect((await call('nobody', 'GET', '/workflow/any')).status).toBe(401);
    await eventually('the log tells', async () => (server.output.includes('"status":401') ? true : undefined));
    expect(server.output).toMatch(/"status":403,"method":"DELETE","route":"[^"]*","principal":"reader"/);
    expect(server.output).not.toContain('pt1.');
    for (const secret of secrets.values()) expect(server.output).not.toContain(secret);
  });
});
