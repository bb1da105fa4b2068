import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './server-process.ts';

interface Execution {
  readonly status: string;
  readonly output: Readonly<Record<string, unknown>>;
  readonly reasonForIncompletion?: string;
}

/** What it takes a program to be stopped, on a machine that has much else to do. */
const patienceMs = 120_000;

const hostile: readonly string[] = [
  'for (;;) {}',
  '/(a+)+$/.test("a".repeat(40) + "!")',
  'let s = "x"; for (;;) s += s',
  'new Array(1e9).fill(0).join("x".repeat(1e6))',
  '(function f() { try { f() } finally { f() } })()',
];

describe('endless and exploding scripts beside a plain workflow, on one partition', () => {
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'partitura-hostile-'));
    server = await ServerProcess.start('hostile', {
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_PARTITIONS: '1',
      PARTITURA_LOG_LEVEL: 'warn',
      PARTITURA_FSYNC: 'false',
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${server.url}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  const register = (name: string, expression: string): Promise<unknown> =>
    call('POST', '/metadata/workflow', {
      name,
      version: 1,
      ownerEmail: 'spec@example.com',
      tasks: [{ name: 'script', taskReferenceName: 'script', type: 'INLINE', inputParameters: { expression, n: 20 } }],
      timeoutSeconds: 0,
    });

  const start = async (name: string): Promise<string> => String(await call('POST', `/workflow/${name}`, {}));
  const execution = async (id: string): Promise<Execution> =>
    (await call('GET', `/workflow/${id}?includeTasks=false`)) as Execution;

  it('lets the plain one end while not one of the hostile ones has', async () => {
    await register('plain', '$.n * 2 + 2');
    await Promise.all(hostile.map((expression, at) => register(`hostile_${at}`, expression)));
    const ids = await Promise.all(Array.from({ length: 60 }, (_, at) => start(`hostile_${at % hostile.length}`)));

    // Every start of a plain workflow is decided and ended before the start of the next is even sent.
    for (let round = 0; round < 20; round++) {
      const done = await execution(await start('plain'));
      expect(done).toMatchObject({ status: 'COMPLETED', output: { result: 42 } });
    }
    const running = (await Promise.all(ids.map(execution))).filter(({ status }) => status === 'RUNNING');
    expect(running.length).toBeGreaterThan(30);
  });

  it('ends the hostile ones with a reason, and goes on', async () => {
    const id = await start('hostile_0');
    const until = Date.now() + patienceMs;
    let seen = await execution(id);
    while (seen.status === 'RUNNING' && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      seen = await execution(id);
    }
    expect(seen.status).toBe('FAILED');
    expect(seen.reasonForIncompletion).toContain('Error evaluating the script');
    expect(await execution(await start('plain'))).toMatchObject({ status: 'COMPLETED' });
  });
});
