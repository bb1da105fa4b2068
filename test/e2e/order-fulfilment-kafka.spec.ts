import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { openKafkaLog } from '@partitura/log-kafka';
import type { Clock, Log } from '@partitura/log';
import { isEnded } from '@partitura/model';
import { openPostgres } from '@partitura/postgres';
import { dumpReadModel } from '@partitura/read-model';
import { createDatabase, sharedKafka, sharedPostgres, type TestDatabase } from '@partitura/testing';
import { topicNames } from '@partitura/wire';
import { createWorker, type Worker } from '@partitura/worker';
import { randomBytes } from 'node:crypto';
import { admittedEntries } from './admitted-entries.ts';
import {
  expectedOutput,
  orderInput,
  shopHandlers,
  startCarrier,
  taskDefs,
  workflows,
  type Carrier,
} from './order-shop.ts';
import { eventually, runToEnd, ServerProcess } from './server-process.ts';

const orders = 60;
const partitions = 4;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

describe('the order fulfilment on Kafka and Postgres, a process per role, while deciders die and freeze', () => {
  const namespace = `e2e-${randomBytes(4).toString('hex')}`;
  const topics = topicNames(namespace);
  const { handlers } = shopHandlers();
  const processes: ServerProcess[] = [];
  let brokers: readonly string[];
  let database: TestDatabase;
  let carrier: Carrier;
  let log: Log;
  let worker: Worker;
  let api: ServerProcess;
  let settings: Record<string, string>;

  const start = async (role: string, name = role): Promise<ServerProcess> => {
    const started = await ServerProcess.start(name, { ...settings, PARTITURA_ROLES: role });
    processes.push(started);
    return started;
  };
  const get = async (path: string): Promise<any> => {
    const response = await fetch(`${api.url}/api${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${api.url}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const countCompleted = async (): Promise<number> =>
    (await get('/workflow/search?size=1&query=workflowType%3Dorder_fulfilment%20AND%20status%3DCOMPLETED')).totalHits;

  beforeAll(async () => {
    brokers = await sharedKafka();
    database = await createDatabase(await sharedPostgres(), { name: 'order_fulfilment' });
    carrier = await startCarrier();
    settings = {
      PARTITURA_LOG: 'kafka',
      PARTITURA_KAFKA_BROKERS: brokers.join(','),
      PARTITURA_NAMESPACE: namespace,
      PARTITURA_PARTITIONS: String(partitions),
      PARTITURA_LOG_LEVEL: 'info',
      DATABASE_URL: database.url,
    };
    api = await start('api');
    await Promise.all(['projector', 'system-worker'].map((role) => start(role)));
  }, 180_000);

  afterAll(async () => {
    await worker.close(1_000);
    await log.close();
    await Promise.all(processes.map((process) => process.stop()));
    await carrier.close();
    await database.drop();
  }, 60_000);

  it('ends every order right, gives each attempt one outcome, and shows exactly what the journal holds', async () => {
    const first = await start('decider', 'decider 1');
    const second = await start('decider', 'decider 2');
    await eventually('definitions are registered', async () => {
      await send('POST', '/metadata/taskdefs', taskDefs);
      await send('PUT', '/metadata/workflow', workflows);
      return true;
    });

    log = await openKafkaLog({ brokers, clientId: 'shop' });
    worker = await createWorker({
      log,
      clock,
      namespace,
      concurrency: 8,
      handlers: Object.fromEntries(
        Object.entries(handlers).map(([type, handler]) => [
          type,
          (input, task) => handler(input, { taskId: task.taskId, retryCount: task.attempt }) as never,
        ]),
      ),
    });

    // Any Kafka producer can start a workflow: JSON, keyed by the workflow id.
    const producer = new KafkaClient({
      brokers: [...brokers],
      clientId: 'any-producer',
      logLevel: logLevel.NOTHING,
    }).producer();
    await producer.connect();
    const place = (from: number, to: number): Promise<unknown> =>
      producer.send({
        topic: topics.commands,
        messages: Array.from({ length: to - from }, (_, i) => {
          const workflowId = `order-${from + i}`;
          const start = {
            type: 'StartWorkflow',
            workflowId,
            name: 'order_fulfilment',
            input: orderInput(from + i, carrier.url),
          };
          return { key: workflowId, value: JSON.stringify(start) };
        }),
      });

    await place(0, orders / 3);
    await eventually('some orders are done', async () => ((await countCompleted()) >= 5 ? true : undefined));
    await first.kill();
    await place(orders / 3, (2 * orders) / 3);
    const third = await start('decider', 'decider 3');
    await eventually(
      'the survivors carry on',
      async () => ((await countCompleted()) >= orders / 2 ? true : undefined),
      90_000,
    );
    second.freeze();
    await place((2 * orders) / 3, orders);
    await eventually(
      'the frozen decider was replaced',
      async () => ((await countCompleted()) >= orders - 5 ? true : undefined),
      90_000,
    );
    second.thaw();
    await eventually(
      'all orders are done',
      async () => ((await countCompleted()) === orders ? true : undefined),
      90_000,
    );
    await producer.disconnect();
    expect(third.output).not.toContain('"level":"fatal"');

    for (let number = 0; number < orders; number++) {
      const run = await get(`/workflow/order-${number}?includeTasks=true`);
      expect({ number, status: run.status, output: run.output }).toEqual({
        number,
        status: 'COMPLETED',
        output: expectedOutput(number),
      });
    }

    const { outcomes, statuses } = await refoldJournal(log, topics.journal);
    for (const [task, count] of outcomes) expect({ task, count }).toEqual({ task, count: 1 });
    const shown = await get('/workflow/search?size=1000');
    expect(shown.results.map((run: any) => [run.workflowId, run.status]).sort()).toEqual([...statuses].sort());

    const readModel = openPostgres({ url: database.url });
    const before = await dumpReadModel(readModel);
    const said = await runToEnd(['rebuild-read-model'], settings);
    expect(said).toContain(`partition ${partitions} of ${partitions}`);
    const after = await dumpReadModel(readModel);
    await readModel.close();
    expect(after.length).toBeGreaterThan(orders * 10);
    expect(after).toEqual(before);
  }, 400_000);
});

/** Outcomes per task attempt and the final status per workflow, as the journal has them. */
async function refoldJournal(
  log: Log,
  topic: string,
): Promise<{ outcomes: Map<string, number>; statuses: Map<string, string> }> {
  const outcomes = new Map<string, number>();
  const statuses = new Map<string, string>();
  for await (const { entry } of admittedEntries(log, topic, partitions)) {
    if (entry.kind !== 'decision') continue;
    for (const event of entry.events) {
      if (event.type === 'TaskEnded' && isEnded(event.status))
        outcomes.set(event.taskId, (outcomes.get(event.taskId) ?? 0) + 1);
      if (event.type === 'WorkflowStarted') statuses.set(entry.aggregate, 'RUNNING');
      if (event.type === 'WorkflowEnded') statuses.set(entry.aggregate, event.status);
    }
  }
  return { outcomes, statuses };
}
