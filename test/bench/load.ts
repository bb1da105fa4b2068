import { Pool } from 'undici';
import { openKafkaLog } from '@partitura/log-kafka';
import type { Clock } from '@partitura/log';
import { createWorker } from '@partitura/worker';
import type { SystemUnderTest } from './system-under-test.ts';

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Keep-alive calls to one server. */
export class Api {
  readonly #pool: Pool;

  constructor(base: string) {
    this.#pool = new Pool(base, { connections: 256, pipelining: 1 });
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<any> {
    const response = await this.#pool.request({
      method,
      path: `/api${path}`,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${text.slice(0, 200)}`);
    return response.headers['content-type']?.includes('json') === true ? JSON.parse(text) : text;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

export interface Workers {
  close(): Promise<void>;
}

/** Workers as SDKs are: batch polls, one update per task. */
export function httpWorkers(api: Api, type: string, pollers: number): Workers {
  let closing = false;
  const polling = Array.from({ length: pollers }, async (_, i) => {
    while (!closing) {
      const tasks = (await api.call('GET', `/tasks/poll/batch/${type}?workerid=w${i}&count=50&timeout=500`)) as {
        workflowInstanceId: string;
        taskId: string;
      }[];
      await Promise.all(
        tasks.map(({ workflowInstanceId, taskId }) =>
          api.call('POST', '/tasks', { workflowInstanceId, taskId, status: 'COMPLETED', outputData: { done: true } }),
        ),
      );
    }
  });
  // A worker that ends early would leave its tasks to time-outs, and the figures would tell of nothing else.
  for (const worker of polling)
    worker.catch((error: unknown) => {
      if (closing) return;
      console.error('a worker failed:', error);
      process.exit(1);
    });
  return {
    close: async () => {
      closing = true;
      await Promise.allSettled(polling);
    },
  };
}

/** One member of the consumer group, straight on Kafka. */
export async function nativeWorkers(kafka: NonNullable<SystemUnderTest['kafka']>, type: string): Promise<Workers> {
  const log = await openKafkaLog({ brokers: kafka.brokers, clientId: 'bench-worker' });
  const worker = await createWorker({
    log,
    clock,
    namespace: kafka.namespace,
    concurrency: 500,
    handlers: { [type]: () => ({ done: true }) },
  });
  return {
    close: async () => {
      await worker.close(2_000);
      await log.close();
    },
  };
}

export const sequenceOf = (name: string, type: string, tasks: number): object => ({
  name,
  version: 1,
  schemaVersion: 2,
  ownerEmail: 'bench@example.com',
  tasks: Array.from({ length: tasks }, (_, i) => ({
    name: type,
    taskReferenceName: `t${i}`,
    type: 'SIMPLE',
    inputParameters: { n: '${workflow.input.n}' },
  })),
});

export function percentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? NaN;
}
