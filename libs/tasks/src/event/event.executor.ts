import type { TaskRecord } from '@partitura/model';
import { failedOutcome, type Executor, type ExecutorOptions, type ExecutorOutcome } from '../executor.ts';

/** Sends the messages of EVENT tasks, and waits until they are durable. */
export function eventExecutor({ sinks }: Pick<ExecutorOptions, 'sinks'>): Executor {
  return { type: 'EVENT', execute: (task) => publish(task, sinks) };
}

async function publish(task: TaskRecord, sinks: ExecutorOptions['sinks']): Promise<ExecutorOutcome> {
  const message = task.input.object;
  const event = message['event_produced'];
  if (typeof event !== 'string') return failedOutcome('the message names no sink');
  try {
    await sinks.publish({ id: task.taskId, event, key: task.workflowId, payload: task.input });
  } catch (error) {
    return { ...failedOutcome(error instanceof Error ? error.message : String(error)), output: message };
  }
  return { status: message['asyncComplete'] === true ? 'IN_PROGRESS' : 'COMPLETED', output: message };
}
