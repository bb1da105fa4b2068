import { openKafkaLog } from '@partitura/log-kafka';
import { createWorker } from '@partitura/worker';
import { clock } from './clock.ts';
import type { Conductor, HandedTask } from './conductor.ts';

export interface Workers {
  close(): Promise<void>;
}

/** Workers as SDKs are: batch polls, and one update per task. They are done at once with what they get. */
export function httpWorkers(conductor: Conductor, type: string, pollers: number): Workers {
  let closing = false;
  const update = ({ workflowInstanceId, taskId }: HandedTask): Promise<unknown> =>
    conductor.call('POST', '/tasks', { workflowInstanceId, taskId, status: 'COMPLETED', outputData: { done: true } });
  const polling = Array.from({ length: pollers }, async (_, i) => {
    while (!closing) {
      const path = `/tasks/poll/batch/${type}?workerid=w${i}&count=50&timeout=500`;
      await Promise.all((await conductor.json<HandedTask[]>('GET', path)).map(update));
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

/** One member of the consumer groups, straight on Kafka. */
export async function nativeWorkers(
  { brokers, namespace }: { readonly brokers: readonly string[]; readonly namespace: string },
  types: readonly string[],
): Promise<Workers> {
  const log = await openKafkaLog({ brokers, clientId: 'bench-worker' });
  const done = { done: true };
  const handlers = Object.fromEntries(types.map((type) => [type, () => done]));
  const worker = await createWorker({ log, clock, namespace, concurrency: 1_000, handlers });
  return {
    close: async () => {
      await worker.close(2_000);
      await log.close();
    },
  };
}
