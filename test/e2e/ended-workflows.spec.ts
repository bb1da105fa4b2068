import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { eventually, ServerProcess } from './server-process.ts';

interface Run {
  readonly status: string;
  readonly workflowVersion: number;
  readonly input: unknown;
  readonly tasks: readonly {
    readonly taskId: string;
    readonly referenceTaskName: string;
    readonly status: string;
    readonly retryCount: number;
    readonly subWorkflowId?: string;
    readonly inputData: unknown;
  }[];
}

const simple = (ref: string): object => ({ name: `em_${ref}`, taskReferenceName: ref, type: 'SIMPLE' });
const definitions = [
  { name: 'em_flow', version: 1, tasks: [simple('a'), simple('b'), simple('c')] },
  { name: 'em_child', version: 1, tasks: [simple('a'), simple('b')] },
  {
    name: 'em_parent',
    version: 1,
    tasks: [
      {
        name: 's',
        taskReferenceName: 's',
        type: 'SUB_WORKFLOW',
        subWorkflowParam: { name: 'em_child', version: 1 },
      },
      simple('c'),
    ],
  },
];

/** Every ended workflow leaves memory at once, so each command here brings one back from the archive. */
describe('ended workflows that left memory, after their server was killed', () => {
  let dataDir: string;
  let server: ServerProcess;
  /** Runs by what is done to them. */
  const runs = { retried: '', restarted: '', rerun: '', resumed: '', rerunBelow: '' };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'partitura-ended-'));
    server = await start();
    await call(
      'POST',
      '/metadata/taskdefs',
      ['a', 'b', 'c'].map((ref) => ({ name: `em_${ref}`, retryCount: 0 })),
    );
    await call('PUT', '/metadata/workflow', definitions);
    runs.retried = await failedAt('em_flow', 'b');
    runs.restarted = await failedAt('em_flow', 'a');
    runs.rerun = await begin('em_flow');
    await finish(runs.rerun);
    runs.resumed = await failedBelow();
    runs.rerunBelow = await failedBelow();
    await call('PUT', '/metadata/workflow', [{ ...definitions[0], version: 2, tasks: [simple('c')] }]);
    await server.kill();
    server = await start();
  });

  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('are retried, with what had succeeded left alone', async () => {
    await call('POST', `/workflow/${runs.retried}/retry`);
    expect(states(await read(runs.retried))).toEqual(['a:COMPLETED', 'b:FAILED', 'b:SCHEDULED']);
    await finish(runs.retried);
  });

  it('are restarted with what is registered now, and again with that', async () => {
    const id = runs.restarted;
    await call('POST', `/workflow/${id}/restart?useLatestDefinitions=true`);
    const run = await read(id);
    expect([run.workflowVersion, states(run)]).toEqual([2, ['c:SCHEDULED']]);
    await finish(id);
    await call('POST', `/workflow/${id}/restart`);
    expect(states(await read(id))).toEqual(['c:SCHEDULED']);
  });

  it('are run again from a task that had completed', async () => {
    const id = runs.rerun;
    const b = (await read(id)).tasks[1];
    await call('POST', `/workflow/${id}/rerun`, { reRunFromTaskId: b?.taskId, taskInput: { again: true } });
    const run = await read(id);
    expect([run.status, states(run)]).toEqual(['RUNNING', ['a:COMPLETED', 'b:SCHEDULED']]);
    expect(run.tasks[1]).toMatchObject({ taskId: b?.taskId, inputData: { again: true } });
    await finish(id);
  });

  it('bring their parents back, and are brought back by them', async () => {
    const id = runs.resumed;
    const child = await childOf(id);
    await call('POST', `/workflow/${id}/retry?resumeSubworkflowTasks=true`);
    await reaches(child, 'RUNNING');
    await report(child, 'b', 'FAILED');
    await reaches(id, 'FAILED');
    await call('POST', `/workflow/${child}/retry`);
    await reaches(id, 'RUNNING');
    await report(child, 'b', 'COMPLETED');
    await finish(id);
    expect((await read(id)).tasks[0]?.subWorkflowId).toBe(child);
  });

  it('are run again from a task of their child, named to the parent', async () => {
    const id = runs.rerunBelow;
    const child = await childOf(id);
    const b = (await read(child)).tasks[1];
    expect(await call('POST', `/workflow/${id}/rerun`, { reRunFromTaskId: b?.taskId })).toBe(id);
    await reaches(id, 'RUNNING');
    expect((await read(child)).tasks[1]).toMatchObject({ taskId: b?.taskId, status: 'SCHEDULED' });
    await report(child, 'b', 'COMPLETED');
    await finish(id);
  });

  async function start(): Promise<ServerProcess> {
    return ServerProcess.start('ended', {
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_LOG_LEVEL: 'warn',
      PARTITURA_ENDED_IN_MEMORY: '0',
    });
  }

  async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const answer = await request(`${server.url}/api${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return String(answer.headers['content-type']).includes('json') ? JSON.parse(text) : text;
  }

  const read = (id: string): Promise<Run> => call('GET', `/workflow/${id}`) as Promise<Run>;
  const states = ({ tasks }: Run): string[] => tasks.map((task) => `${task.referenceTaskName}:${task.status}`);

  async function begin(name: string): Promise<string> {
    return (await call('POST', '/workflow', { name, version: 1, input: {} })) as string;
  }

  async function report(id: string, reference: string, status: string): Promise<void> {
    await eventually(`${reference} is there`, async () => {
      const answer = await call('POST', `/tasks/${id}/${reference}/${status}`, {});
      return answer === '' ? undefined : answer;
    });
  }

  async function reaches(id: string, status: string): Promise<void> {
    await eventually(`${id} is ${status}`, async () => ((await read(id)).status === status ? true : undefined));
  }

  async function failedAt(name: string, reference: string): Promise<string> {
    const id = await begin(name);
    for (const before of ['a', 'b', 'c'].filter((each) => each < reference)) await report(id, before, 'COMPLETED');
    await report(id, reference, 'FAILED');
    await reaches(id, 'FAILED');
    return id;
  }

  /** A parent that failed because of its child. */
  async function failedBelow(): Promise<string> {
    const id = await begin('em_parent');
    const child = await childOf(id);
    await report(child, 'a', 'COMPLETED');
    await report(child, 'b', 'FAILED');
    await reaches(id, 'FAILED');
    return id;
  }

  async function childOf(id: string): Promise<string> {
    return eventually('the child has its id', async () => (await read(id)).tasks[0]?.subWorkflowId);
  }

  /** Completes whatever is open until the run has completed. */
  async function finish(id: string): Promise<void> {
    await eventually(`${id} is complete`, async () => {
      const { status, tasks } = await read(id);
      const open = tasks.find((task) => task.status === 'SCHEDULED' || task.status === 'IN_PROGRESS');
      if (open !== undefined && open.subWorkflowId === undefined) await report(id, open.referenceTaskName, 'COMPLETED');
      return status === 'COMPLETED' ? true : undefined;
    });
  }
});
