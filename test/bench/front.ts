// node test/dist/bench/front.js [--count N] [--connections N] [--only TEXT] [--profile DIR]
//
// What HTTP costs a server, beside a server of which nothing is asked: the floor for everything that comes over HTTP,
// and what our routes need above it, with deciders and queues that answer at once. CPU of the server's process alone.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildApi, apiDefaults, type ApiPorts } from '@partitura/service-api';
import { Library } from '@partitura/engine';
import { Payload, taskId, workflowId, type EndedRun, type JsonObject, type TaskRecord } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { createMetrics, silentLogger } from '@partitura/telemetry';
import { replyCodec } from '@partitura/wire';
import { fastify } from 'fastify';
import { clock } from './load/clock.ts';
import { sequence } from './load/definitions.ts';
import { HttpConnection } from './load/http-connection.ts';
import { closedLoop } from './load/loops.ts';

const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    count: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '64' },
    /** Only exchanges whose name holds this. */
    only: { type: 'string', default: '' },
    /** Where CPU profiles of the servers go. */
    profile: { type: 'string' },
  },
});

const run = workflowId('3e9fd9b2-6d3c-4f9e-9b0e-b5fa1b1d3f5c');
const answer = `${run}~4x.1.0`;
const definition = Payload.of(sequence('bench_ten', 'bench_ten_task', 10) as JsonObject);
const taskDefinition = Payload.of({ name: 'bench_ten_task', retryCount: 0, responseTimeoutSeconds: 3_600 });
const definitions = { workflow: () => definition, task: () => taskDefinition, latestVersion: () => 1 };
const input = Payload.fromBytes(Buffer.from('{"n":5}'));
const output = Payload.fromBytes(Buffer.from('{"done":true}'));

/** Servers by name, listening on a port of their own. */
const servers: Readonly<Record<string, () => Promise<number>>> = {
  socket: () =>
    new Promise((resolve) => {
      const text = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`;
      const server = createSocketServer({ noDelay: true }, (socket) => socket.on('data', () => socket.write(text)));
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  node: () =>
    new Promise((resolve) => {
      const server = createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          response.setHeader('content-type', 'text/plain;charset=UTF-8');
          response.setHeader('content-length', answer.length);
          response.end(answer);
        });
      });
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  fastify: async () => {
    const app = fastify({ logger: false });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.route({
      method: ['GET', 'POST'],
      url: '/*',
      handler: (_request, reply) => reply.header('content-type', 'text/plain;charset=UTF-8').send(answer),
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as AddressInfo).port;
  },
  api: async () => {
    const app = await buildApi(ports(), {
      ...apiDefaults,
      namespace: 'bench',
      partitions: 2,
      hostName: 'bench',
      version: '1',
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as AddressInfo).port;
  },
};

function ports(): ApiPorts {
  const reply = replyCodec.encode({
    instance: 'i',
    correlation: 1,
    outcome: { kind: 'accepted' },
    partition: 0,
    offset: 41,
    run: endedRun(),
  });
  const accepted = { instance: 'i', correlation: 1, outcome: { kind: 'accepted' }, partition: 0, offset: 41 } as const;
  const unused = (): never => {
    throw new Error('not asked here');
  };
  const nothing = unused as unknown as ApiPorts['readModel'];
  let ids = 0;
  return {
    bus: {
      call: ({ body }) => Promise.resolve(body.type === 'StartWorkflow' ? replyCodec.decode(reply) : accepted),
    },
    log: { offsets: () => Promise.resolve({ start: 0, end: 0 }) },
    readModel: nothing,
    positions: { waitFor: () => Promise.resolve(true), known: new Map() },
    definitions: {
      ...definitions,
      position: 1,
      reached: () => Promise.resolve(true),
      caughtUp: () => Promise.resolve(true),
      get: unused,
      list: () => [],
      versions: () => [1],
    },
    queues: {
      poll: ({ count, workerId = 'w' }) => ({
        polled: Promise.resolve({ tasks: Array.from({ length: count }, () => ({ task: record(), workerId, at: 5 })) }),
        cancel: () => undefined,
      }),
      undelivered: () => undefined,
      queueOf: () => ({ type: 'bench_ten_task' }),
      takeReport: () => undefined,
      flushReports: () => Promise.resolve(),
      sizes: () => Promise.resolve([]),
      pollData: () => Promise.resolve([]),
    },
    clock,
    health: { report: () => ({ healthy: true, parts: {} }) },
    metrics: createMetrics(),
    logger: silentLogger,
    taskKinds,
    environment: { configuration: {}, variables: new Map(), secretNames: [] },
    secrets: () => undefined,
    freshId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
  };
}

const workflowTask = Payload.of({ ...taskOf(definition), taskDefinition: taskDefinition.value }).bytes;

function taskOf({ object }: Payload): JsonObject {
  return (object['tasks'] as readonly JsonObject[])[0] ?? {};
}

function record(): TaskRecord {
  return {
    taskId: taskId(answer),
    workflowId: run,
    workflowName: 'bench_ten',
    workflowVersion: 1,
    taskType: 'bench_ten_task',
    taskDefName: 'bench_ten_task',
    referenceName: 't0',
    dispatch: 1,
    attempt: 0,
    seq: 1,
    iteration: 0,
    pollCount: 0,
    priority: 0,
    scheduledAt: 1_700_000_000_000,
    startedAt: 0,
    startDelaySeconds: 0,
    responseTimeoutSeconds: 3_600,
    input,
    // As it comes from the queue: other bytes each time.
    workflowTask: Payload.fromBytes(Buffer.from(workflowTask)),
    output: Payload.empty,
  };
}

function endedRun(): EndedRun {
  const pinned = new Library(taskKinds).pin(definition, definitions);
  if (pinned.kind !== 'pinned') throw new Error('the definition cannot be pinned');
  const at = 1_700_000_000_000;
  return {
    workflowId: run,
    name: 'bench_ten',
    version: 1,
    status: 'COMPLETED',
    createTime: at,
    updateTime: at + 30,
    endTime: at + 30,
    lastRetriedTime: 0,
    input,
    output,
    variables: Payload.empty,
    priority: 0,
    definitionHash: pinned.hash,
    tasks: Array.from({ length: 10 }, (_, i) => ({
      taskId: taskId(`${run}~4x.${i}.0`),
      referenceName: `t${i}`,
      taskType: 'bench_ten_task',
      taskDefName: 'bench_ten_task',
      status: 'COMPLETED' as const,
      seq: i + 1,
      attempt: 0,
      retried: false,
      iteration: 0,
      input,
      output,
      pollCount: 1,
      scheduledTime: at + i,
      startTime: at + i + 1,
      endTime: at + i + 2,
      updateTime: at + i + 2,
      startDelaySeconds: 0,
      callbackAfterSeconds: 0,
      responseTimeoutSeconds: 3_600,
      workerId: 'w0',
      node: i,
    })),
  };
}

if (values.serve !== undefined) {
  const port = await servers[values.serve]?.();
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.(port);
} else {
  const update = JSON.stringify({
    workflowInstanceId: run,
    taskId: answer,
    status: 'COMPLETED',
    outputData: { done: true },
  });
  const start = JSON.stringify({ name: 'bench_ten', version: 1, input: { n: 5 } });
  const poll = (count: number) => `/api/tasks/poll/batch/bench_ten_task?workerid=w0&count=${count}&timeout=500`;
  await measure('socket', [['POST /tasks, 220 bytes, answered unread', 'POST', '/api/tasks', update, 1]]);
  await measure('node', [
    ['POST /tasks', 'POST', '/api/tasks', update, 1],
    ['GET', 'GET', poll(1), undefined, 1],
  ]);
  await measure('fastify', [
    ['POST /tasks', 'POST', '/api/tasks', update, 1],
    ['GET', 'GET', poll(1), undefined, 1],
  ]);
  await measure('api', [
    ['POST /tasks', 'POST', '/api/tasks', update, 1],
    ['POST /tasks/update-v2', 'POST', '/api/tasks/update-v2', update, 1],
    ['poll, 1 task', 'GET', poll(1), undefined, 1],
    ['poll, 8 tasks, each', 'GET', poll(8), undefined, 8],
    ['execute, 10 tasks, each', 'POST', '/api/workflow/execute/bench_ten/1?waitForSeconds=60', start, 10],
  ]);
}

type Exchange = readonly [title: string, method: string, path: string, body: string | undefined, per: number];

async function measure(server: string, exchanges: readonly Exchange[]): Promise<void> {
  const wanted = exchanges.filter(([title]) => `${server} ${title}`.includes(values.only));
  if (wanted.length === 0) return;
  const execArgv = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const child = fork(fileURLToPath(import.meta.url), ['--serve', server], { execArgv });
  const told = (): Promise<number> =>
    new Promise((resolve) => child.once('message', (value) => resolve(Number(value))));
  const cpu = (): Promise<number> => {
    const answered = told();
    child.send('cpu');
    return answered;
  };
  try {
    const base = new URL(`http://127.0.0.1:${await told()}`);
    const connections = Array.from({ length: Number(values.connections) }, () => new HttpConnection(base));
    const load = (count: number, [, method, path, body]: Exchange): Promise<unknown> =>
      closedLoop(count, connections.length, async (n) => {
        // As many loops as connections: one of them is free.
        const connection = free.pop() ?? connections[n % connections.length];
        const { status } = (await connection?.request(method, path, body)) ?? { status: 0 };
        if (connection !== undefined) free.push(connection);
        if (status !== 200) throw new Error(`${method} ${path} was answered ${status}`);
      });
    const free = [...connections];
    for (const exchange of wanted) {
      const count = Math.ceil(Number(values.count) / Math.sqrt(exchange[4]));
      await load(count, exchange);
      const costs: number[] = [];
      for (let i = 0; i < 3; i++) {
        const before = await cpu();
        await load(count, exchange);
        costs.push(((await cpu()) - before) / count / exchange[4]);
      }
      const all = costs.map((cost) => cost.toFixed(1)).join(' ');
      console.log(`${server.padEnd(8)} ${exchange[0].padEnd(42)} ${all} µs`);
    }
    for (const connection of connections) connection.close();
  } finally {
    child.disconnect();
  }
}
