import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaInstallation } from './kafka-installation.ts';
import { startRoundRobin, type RoundRobin } from './round-robin.ts';
import { eventually } from './server-process.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: any;
  readonly headers: Headers;
}

const apis = 3;

describe('three apis behind a load balancer that sends each request to the next, on Kafka', () => {
  let installation: KafkaInstallation;
  let balancer: RoundRobin;

  const once = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${balancer.url}/api${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : undefined,
      headers: response.headers,
    };
  };
  /** As clients do: comes back when it was asked to, and when an answer says of itself that it is old. */
  const call = (...request: Parameters<typeof once>): Promise<Answer> =>
    eventually(`an answer to ${request[0]} ${request[1]}`, async () => {
      const answer = await once(...request);
      return answer.status === 503 || answer.headers.has('x-read-stale') ? undefined : answer;
    });

  const define = (name: string, tasks: readonly string[]): Promise<Answer> =>
    call('PUT', '/metadata/workflow', [
      {
        name,
        version: 1,
        schemaVersion: 2,
        ownerEmail: 'a@b.c',
        tasks: tasks.map((type) => ({ name: type, taskReferenceName: type, type: 'SIMPLE' })),
      },
    ]);
  const start = async (name: string, correlationId = ''): Promise<{ id: string; position: string; by: string }> => {
    const { status, text, headers } = await call('POST', '/workflow', { name, input: {}, correlationId });
    expect({ status, text }).toEqual({ status: 200, text: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    return { id: text, position: headers.get('x-log-position')!, by: headers.get('x-served-by')! };
  };
  const complete = ({ workflowInstanceId, taskId }: any): Promise<Answer> =>
    call('POST', '/tasks', { workflowInstanceId, taskId, status: 'COMPLETED', outputData: { done: taskId } });
  /** A worker that knows the balancer alone. */
  const work = async (type: string, isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      const { status, json } = await once('GET', `/tasks/poll/batch/${type}?workerid=w&count=1&timeout=500`);
      if (status !== 200) continue;
      for (const task of json)
        await eventually('the report is taken', async () => ((await complete(task)).status === 200 ? true : undefined));
    }
  };

  beforeAll(async () => {
    installation = await KafkaInstallation.start({
      name: 'round-robin',
      processes: [...Array<string>(apis).fill('api'), 'decider', 'projector', 'system-worker'],
    });
    balancer = await startRoundRobin(installation.apis);
  });
  afterAll(async () => {
    await balancer.close();
    await installation.close();
  });

  it('finds by id whatever was acknowledged, at once and at every api', async () => {
    const paths = new Set<string>();
    for (let i = 0; i < 10; i++) {
      const name = `seen_${i}`;
      const [first, second] = [`${name}_a`, `${name}_b`];
      expect(await define(name, [first, second])).toMatchObject({ status: 200 });
      expect(await call('GET', `/metadata/workflow/${name}`)).toMatchObject({ status: 200, json: { name } });
      const { id, by } = await start(name);
      for (let reads = 0; reads < apis; reads++) {
        const read = await call('GET', `/workflow/${id}?includeTasks=true`);
        expect(read).toMatchObject({ status: 200, json: { workflowId: id, tasks: [{ status: 'SCHEDULED' }] } });
        expect(read.headers.get('x-read-position')).toMatch(/^\d+:\d+$/);
        paths.add(`${by} → ${read.headers.get('x-served-by')}`);
      }
      for (const type of [first, second]) {
        const task = await eventually('the task is handed out', async () => {
          const { json } = await call('GET', `/tasks/poll/batch/${type}?workerid=w&count=1&timeout=2000`);
          return json[0];
        });
        // That it was handed out is decided a moment after its worker has it.
        await eventually('the task is shown as handed out', async () => {
          const { status, json } = await call('GET', `/tasks/${task.taskId}`);
          expect(status).toBe(200);
          return json.status === 'IN_PROGRESS' ? true : undefined;
        });
        expect(await complete(task)).toMatchObject({ status: 200, text: task.taskId });
        expect(await call('GET', `/tasks/${task.taskId}`)).toMatchObject({
          status: 200,
          json: { status: 'COMPLETED' },
        });
      }
      expect(await call('GET', `/workflow/${id}`)).toMatchObject({ status: 200, json: { status: 'COMPLETED' } });
    }
    expect(paths.size).toBeGreaterThanOrEqual(apis);
  });

  it('lets every api change what another one started', async () => {
    await define('changed', ['changed_task']);
    const { id } = await start('changed');
    expect(await call('PUT', `/workflow/${id}/pause`)).toMatchObject({ status: 200 });
    expect((await call('GET', `/workflow/${id}`)).json.status).toBe('PAUSED');
    expect(await call('PUT', `/workflow/${id}/resume`)).toMatchObject({ status: 200 });
    expect((await call('GET', `/workflow/${id}`)).json.status).toBe('RUNNING');
    const reported = await call('POST', `/tasks/${id}/changed_task/COMPLETED`, { by: 'name' });
    expect(reported).toMatchObject({ status: 200, text: expect.stringContaining(id) });
    expect((await call('GET', `/workflow/${id}`)).json.status).toBe('COMPLETED');
    expect(await call('POST', `/workflow/${id}/restart`)).toMatchObject({ status: 204 });
    expect((await call('GET', `/workflow/${id}`)).json.status).toBe('RUNNING');
    expect(await call('DELETE', `/workflow/${id}/remove?archiveWorkflow=false`)).toMatchObject({ status: 200 });
    expect((await call('GET', `/workflow/${id}`)).status).toBe(404);
  });

  it('says how fresh lists are, and waits where it is told what they must have seen', async () => {
    await define('listed', ['listed_task']);
    for (let i = 0; i < 2 * apis; i++) {
      const { id, position } = await start('listed', `order-${i}`);
      const query = encodeURIComponent(`correlationId = order-${i}`);
      const seen = await call('GET', `/workflow/search?query=${query}`, undefined, { 'x-min-position': position });
      expect(seen.json.results.map(({ workflowId }: any) => workflowId)).toEqual([id]);
      expect(reachedBy(seen.headers, position)).toBe(true);
      const running = await call('GET', '/workflow/running/listed', undefined, { 'x-min-position': position });
      expect(running.json).toContain(id);

      // Without that: as fresh as it says, no more and no less.
      const list = await once('GET', `/workflow/search?query=${query}`);
      expect(list.headers.get('x-read-position')).toMatch(/^\d+:\d+(,\d+:\d+)*$/);
      expect(list.json.totalHits).toBe(1);
    }
  });

  it('loses nothing that was acknowledged when one of the apis dies', async () => {
    const types = ['survives_a', 'survives_b'];
    // A hand-out on the wires of the api that dies is known to nobody: after a while it goes to the next worker.
    const taskDefs = types.map((name) => ({
      ...{ name, ownerEmail: 'a@b.c', timeoutSeconds: 0, responseTimeoutSeconds: 10 },
      ...{ retryCount: 3, retryDelaySeconds: 0 },
    }));
    expect(await call('POST', '/metadata/taskdefs', taskDefs)).toMatchObject({ status: 200 });
    await define('survives', types);
    const ids = await Promise.all(Array.from({ length: 30 }, async () => (await start('survives')).id));
    let isOver = false;
    const workers = [...types, ...types].map((type) => work(type, () => isOver));
    const statuses = async (): Promise<string[]> =>
      Promise.all(
        ids.map(async (id) => {
          const { status, json } = await call('GET', `/workflow/${id}?includeTasks=false`);
          expect(status).toBe(200);
          return json.status;
        }),
      );
    const completed = async (): Promise<number> => (await statuses()).filter((status) => status === 'COMPLETED').length;
    await eventually('some are done', async () => ((await completed()) >= 5 ? true : undefined));
    await installation.kill(installation.apis[1]!);
    await eventually('all are done', async () => ((await completed()) === ids.length ? true : undefined), 120_000);
    isOver = true;
    await Promise.all(workers);
  });
});

/** Whether a read says of itself that it has seen the decision at `<partition>:<offset>`. */
function reachedBy(headers: Headers, decision: string): boolean {
  const [partition, offset] = decision.split(':').map(Number);
  return (headers.get('x-read-position') ?? '')
    .split(',')
    .map((at) => at.split(':').map(Number))
    .some(([of, position]) => of === partition && position! > offset!);
}
