import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KafkaInstallation } from './kafka-installation.ts';
import { eventually, ServerProcess } from './server-process.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const example = join(repository, 'deploy/examples/plug-ins/shout');

interface Running {
  readonly api: string;
  close(): Promise<void>;
}

/** As the example's README says: a path, seen from the directory in which the server starts. */
const byPath = { PARTITURA_TASK_KINDS: './deploy/examples/plug-ins/shout/shout.mjs' };

async function startByPath(): Promise<Running> {
  const dataDir = mkdtempSync(join(tmpdir(), 'plug-in-'));
  const server = await ServerProcess.start('by path', { ...byPath, PARTITURA_DATA_DIR: dataDir });
  return {
    api: server.url,
    close: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** The plug-in is a package that is installed beside the product, in a directory of somebody else's. */
async function startByPackage(): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'plug-in-'));
  const home = join(directory, 'node_modules', 'shouting');
  mkdirSync(home, { recursive: true });
  copyFileSync(join(example, 'shout.mjs'), join(home, 'index.mjs'));
  writeFileSync(join(home, 'package.json'), '{"name":"shouting","version":"1.0.0","exports":"./index.mjs"}');
  symlinkSync(join(repository, 'node_modules', '@partitura'), join(directory, 'node_modules', '@partitura'));
  const server = await ServerProcess.start('by package', { PARTITURA_TASK_KINDS: 'shouting' }, directory);
  return {
    api: server.url,
    close: async () => {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

async function startOnKafka(): Promise<Running> {
  const installation = await KafkaInstallation.start({
    name: 'plug-in',
    processes: ['api', 'decider', 'projector', 'system-worker'],
    settings: byPath,
  });
  return { api: installation.apis[0]!, close: () => installation.close() };
}

describe.each([
  { where: 'in one process, by its path', start: startByPath },
  { where: 'in one process, by the name of its package', start: startByPackage },
  { where: 'in a process per role, on Kafka', start: startOnKafka },
])('a plug-in that adds task kinds, $where', ({ start }) => {
  const workflow = JSON.parse(readFileSync(join(example, 'workflow.json'), 'utf8'));
  let running: Running;

  const send = async (path: string, body: unknown): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${running.api}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  const run = async (input: object): Promise<any> => {
    const { text: id } = await send('/workflow/shout', input);
    return eventually('the workflow ends', async () => {
      const shown: any = await fetch(`${running.api}/api/workflow/${id}`).then((response) => response.json());
      return shown.status === 'RUNNING' ? undefined : shown;
    });
  };

  beforeAll(async () => {
    running = await start();
    expect(await send('/metadata/workflow', workflow)).toMatchObject({ status: 200 });
  });
  afterAll(() => running.close());

  it('is carried out, within the decision and by the system worker', async () => {
    expect(await run({ text: 'hello' })).toMatchObject({
      status: 'COMPLETED',
      output: { said: 'HELLO!', time: expect.stringMatching(/^\d\d:\d\d:\d\d$/) },
      tasks: [
        { taskType: 'SHOUT', status: 'COMPLETED', inputData: { text: 'hello' }, outputData: { said: 'HELLO!' } },
        { taskType: 'TELL_TIME', status: 'COMPLETED', inputData: { zone: 'Europe/Rome' } },
      ],
    });
  });

  it('fails as its own code says', async () => {
    expect(await run({ text: 7 })).toMatchObject({
      status: 'FAILED',
      tasks: [{ taskType: 'SHOUT', status: 'FAILED', reasonForIncompletion: 'there is no text to shout' }],
    });
  });

  it('has its own rules asked when a definition is registered', async () => {
    const silent = { ...workflow, name: 'silent', tasks: [{ ...workflow.tasks[0], inputParameters: {} }] };
    expect(await send('/metadata/workflow', silent)).toEqual({
      status: 400,
      text: expect.stringContaining('inputParameters.text is required for taskType: SHOUT taskName: shout'),
    });
  });
});
