import type { TaskRecord } from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';
import { kafkaRequest } from './kafka-request.ts';

/** Publishes the records of tasks, and waits for the broker's answer. Outcomes and texts are Conductor's. */
export function kafkaPublishExecutor({ kafka }: Pick<ExecutorOptions, 'kafka'>): Executor {
  return { type: 'KAFKA_PUBLISH', takesSecrets: true, execute: (task) => publish(task, kafka) };
}

async function publish(task: TaskRecord, kafka: ExecutorOptions['kafka']): Promise<ExecutorOutcome> {
  const input = task.input.object;
  const request = kafkaRequest(input);
  if (typeof request === 'string') return failedOutcome(request);
  try {
    await kafka.publish(request);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failedOutcome(`Failed to invoke kafka task due to: ${why}`);
  }
  return { status: input['asyncComplete'] === true ? 'IN_PROGRESS' : 'COMPLETED', output: {} };
}
