import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './server-process.ts';

export interface Installation {
  /** Base URLs of all api processes: consecutive requests go to different ones. */
  readonly apis: readonly string[];
  close(): Promise<void>;
}

/** What every process of an installation must be started with. */
export const environment = { CONDUCTOR_ENV_REGION: 'eu', CONDUCTOR_SECRET_KEY: 'kept-from-everybody' };

const greet = {
  name: 'greet',
  taskReferenceName: 'greet',
  type: 'SIMPLE',
  inputParameters: { name: '${workflow.input.name}' },
};

/** What every installation must do, however its roles are spread over processes. */
export function describeInstallation(name: string, start: () => Promise<Installation>): void {
  describe(name, () => {
    let installation: Installation;
    let turn = 0;

    const call = async (
      method: string,
      path: string,
      body?: unknown,
      api?: string,
    ): Promise<{ status: number; text: string; json: any; headers: Headers }> => {
      const { apis } = installation;
      const base = api ?? apis[turn++ % apis.length]!;
      const response = await fetch(`${base}/api${path}`, {
        method,
        ...(body === undefined
          ? {}
          : {
              headers: { 'content-type': 'application/json' },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : undefined;
      return { status: response.status, text, json, headers: response.headers };
    };
    const register = (definition: object) =>
      call('PUT', '/metadata/workflow', [{ version: 1, schemaVersion: 2, ownerEmail: 'a@b.c', ...definition }]);
    const startRun = async (workflow: string, input: object = {}): Promise<string> => {
      const { status, text } = await call('POST', '/workflow', { name: workflow, input });
      expect({ status, text }).toEqual({ status: 200, text: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      return text;
    };
    const complete = (task: any, outputData: object = {}, status = 'COMPLETED') =>
      call('POST', '/tasks', { workflowInstanceId: task.workflowInstanceId, taskId: task.taskId, status, outputData });

    beforeAll(async () => {
      installation = await start();
      await eventually('the installation takes commands', async () =>
        (await register({ name: 'warm', tasks: [greet] })).status === 200 ? true : undefined,
      );
    }, 180_000);
    afterAll(() => installation.close(), 60_000);

    it('finds what was just registered, started and updated, whichever api is asked', async () => {
      for (let i = 0; i < 8; i++) {
        const workflow = `fresh_${randomUUID().slice(0, 8)}`;
        const type = `${workflow}_task`;
        expect(
          (
            await register({
              name: workflow,
              tasks: [{ ...greet, name: type }],
              outputParameters: { got: '${greet.output.got}' },
            })
          ).status,
        ).toBe(200);
        expect((await call('GET', `/metadata/workflow/${workflow}`)).json).toMatchObject({
          name: workflow,
          version: 1,
        });
        const id = await startRun(workflow, { name: 'x' });
        expect((await call('GET', `/workflow/${id}`)).json).toMatchObject({
          status: 'RUNNING',
          tasks: [{ referenceTaskName: 'greet', status: 'SCHEDULED' }],
        });
        const [task] = (await call('GET', `/tasks/poll/batch/${type}?workerid=w&count=1&timeout=5000`)).json;
        expect((await complete(task, { got: i })).text).toBe(task.taskId);
        expect((await call('GET', `/workflow/${id}`)).json).toMatchObject({ status: 'COMPLETED', output: { got: i } });
      }
    });

    it('serves every task to the worker of one single api', async () => {
      const workflow = 'spread';
      await register({ name: workflow, tasks: [{ ...greet, name: 'spread_task' }] });
      const ids = await Promise.all(Array.from({ length: 40 }, () => startRun(workflow)));
      const only = installation.apis[0]!;
      const served = new Set<string>();
      await eventually('all tasks are served', async () => {
        const { json } = await call(
          'GET',
          '/tasks/poll/batch/spread_task?workerid=w&count=10&timeout=1000',
          undefined,
          only,
        );
        for (const task of json) {
          served.add(task.workflowInstanceId);
          expect((await complete(task)).status).toBe(200);
        }
        return served.size === ids.length ? true : undefined;
      });
      for (const id of ids) expect((await call('GET', `/workflow/${id}`)).json.status).toBe('COMPLETED');
    });

    it('runs a workflow synchronously', async () => {
      await register({
        name: 'sync',
        tasks: [{ ...greet, name: 'sync_task' }],
        outputParameters: { got: '${greet.output.got}' },
      });
      const run = call('POST', '/workflow/execute/sync/1?waitForSeconds=20', { name: 'sync', input: { name: 'me' } });
      const [task] = await eventually('the task is offered', async () => {
        const { json } = await call('GET', '/tasks/poll/batch/sync_task?workerid=w&count=1&timeout=1000');
        return json.length > 0 ? json : undefined;
      });
      await complete(task, { got: 'it' });
      expect((await run).json).toMatchObject({ status: 'COMPLETED', output: { got: 'it' } });
    });

    it('pauses, resumes, terminates and retries', async () => {
      await register({
        name: 'ops',
        tasks: [
          { ...greet, name: 'ops_a' },
          { ...greet, name: 'ops_b', taskReferenceName: 'b' },
        ],
      });
      const id = await startRun('ops');
      expect((await call('PUT', `/workflow/${id}/pause`)).status).toBe(200);
      expect((await call('GET', `/workflow/${id}`)).json.status).toBe('PAUSED');
      const [task] = (await call('GET', '/tasks/poll/batch/ops_a?workerid=w&count=1&timeout=5000')).json;
      await complete(task);
      expect((await call('GET', `/workflow/${id}`)).json.tasks).toHaveLength(1);
      expect((await call('PUT', `/workflow/${id}/resume`)).status).toBe(200);
      expect((await call('GET', `/workflow/${id}`)).json.tasks).toHaveLength(2);
      expect((await call('DELETE', `/workflow/${id}?reason=enough`)).status).toBe(200);
      expect((await call('GET', `/workflow/${id}`)).json).toMatchObject({
        status: 'TERMINATED',
        reasonForIncompletion: 'enough',
      });
      expect((await call('POST', `/workflow/${id}/retry`)).status).toBe(204);
      expect((await call('GET', `/workflow/${id}`)).json).toMatchObject({
        status: 'RUNNING',
        tasks: [{}, { retried: true }, { retryCount: 1, status: 'SCHEDULED' }],
      });
      expect((await call('DELETE', `/workflow/${id}/remove?archiveWorkflow=false`)).status).toBe(200);
      expect((await call('GET', `/workflow/${id}`)).status).toBe(404);
    });

    it('lets definitions read what is meant for them, and shows secrets to whoever does the work alone', async () => {
      const heard: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        heard.push(request.headers.authorization);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const secret = 'Bearer ${workflow.secrets.KEY}';
      const region = '${workflow.env.REGION}';
      await register({
        name: 'confidential',
        tasks: [
          {
            name: 'call',
            taskReferenceName: 'call',
            type: 'HTTP',
            inputParameters: { uri, method: 'GET', headers: { authorization: secret } },
          },
          { ...greet, name: 'confidential_task', inputParameters: { secret, region } },
        ],
        outputParameters: { region, secret },
      });
      const id = await startRun('confidential');
      const [task] = await eventually('the task is offered', async () => {
        const { json } = await call('GET', '/tasks/poll/batch/confidential_task?workerid=w&count=1&timeout=1000');
        return json.length > 0 ? json : undefined;
      });
      expect(task.inputData).toEqual({ secret: `Bearer ${environment.CONDUCTOR_SECRET_KEY}`, region: 'eu' });
      expect(heard).toEqual([`Bearer ${environment.CONDUCTOR_SECRET_KEY}`]);
      await complete(task);
      const { json, text } = await call('GET', `/workflow/${id}`);
      expect(json).toMatchObject({
        status: 'COMPLETED',
        output: { region: 'eu', secret },
        tasks: [{ inputData: { headers: { authorization: secret } } }, { inputData: { secret, region: 'eu' } }],
      });
      expect(text).not.toContain(environment.CONDUCTOR_SECRET_KEY);
      await new Promise((resolve) => server.close(resolve));
    });

    it('answers bad input clearly and goes on', async () => {
      const answers = await Promise.all([
        call('POST', '/workflow', '{"name": "warm", '),
        call('POST', '/workflow', { name: 'nobody_knows', input: {} }),
        call('POST', '/workflow', { name: 'warm', priority: 'high', input: {} }),
        call('GET', '/workflow/unknown-id'),
        call('POST', '/tasks', { workflowInstanceId: 'unknown-id', taskId: 'unknown-id~1.1.1', status: 'COMPLETED' }),
        call('POST', '/tasks', { workflowInstanceId: 'x', taskId: 'y', status: 'SPLENDID' }),
        call('POST', '/metadata/workflow', {
          name: 'bad',
          tasks: [
            { name: 'x', taskReferenceName: 'x', type: 'SIMPLE' },
            { name: 'y', taskReferenceName: 'x', type: 'SIMPLE' },
          ],
        }),
        call('POST', '/workflow/warm', `{"__proto__":{"polluted":true}}`),
        call('POST', '/workflow/warm', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
        call('POST', '/workflow/warm', `{"a":"${'x'.repeat(11 * 1024 * 1024)}"}`),
        call('GET', '/nowhere'),
        call('DELETE', '/metadata/taskdefs'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([400, 404, 400, 404, 404, 400, 400, 400, 400, 413, 404, 405]);
      for (const { json } of answers)
        expect(json).toMatchObject({ status: expect.any(Number), message: expect.any(String) });
      expect(({} as any).polluted).toBeUndefined();
      await startRun('warm', { name: 'still here' });
    });

    it('takes the answer for a finished task once', async () => {
      await register({ name: 'once', tasks: [{ ...greet, name: 'once_task' }] });
      const id = await startRun('once');
      const [task] = (await call('GET', '/tasks/poll/batch/once_task?workerid=w&count=1&timeout=5000')).json;
      expect((await complete(task, { n: 1 })).status).toBe(200);
      expect((await complete(task, { n: 2 }, 'FAILED')).status).toBe(200);
      expect((await call('GET', `/workflow/${id}`)).json).toMatchObject({
        status: 'COMPLETED',
        tasks: [{ outputData: { n: 1 } }],
      });
    });

    it('is healthy, measured and described', async () => {
      for (const api of installation.apis) {
        expect((await fetch(`${api}/health`).then((response) => response.json())) as any).toMatchObject({
          healthy: true,
        });
        expect(await fetch(`${api}/metrics`).then((response) => response.text())).toContain('partitura_');
        const document: any = await fetch(`${api}/api-docs`).then((response) => response.json());
        expect(Object.keys(document.paths)).toContain('/api/workflow/{workflowId}');
        expect((await fetch(`${api}/swagger-ui/`)).status).toBe(200);
      }
    });
  });
}
