import { randomUUID } from 'node:crypto';
import { CommandBus } from '@partitura/command-bus';
import type { Clock, Log } from '@partitura/log';
import { Fault, type JsonObject, type TaskRecord } from '@partitura/model';
import { topicNames } from '@partitura/wire';
import { consumeQueue, type Attempt, type QueueConsumer } from './queue-consumer.ts';
import { TaskReports } from './task-reports.ts';
import { outcomeOf, type NotYet } from './task-outcome.ts';

/** One task as its handler sees it. */
export interface TaskContext extends Attempt {
  readonly taskId: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly referenceName: string;
  /** 0 for the first attempt: with the task id it is a key for idempotent calls to the outside. */
  readonly attempt: number;
  readonly iteration: number;
  readonly correlationId?: string;
  /** Output of an earlier {@link NotYet} of this attempt. */
  readonly output: JsonObject;
}

/** The result becomes the task's output. Throw to fail the attempt, `TerminalError` to forbid another; return `NotYet` to be asked again later. */
export type TaskHandler<Input extends JsonObject = JsonObject, Output extends JsonObject = JsonObject> = (
  input: Input,
  task: TaskContext,
) => Output | NotYet | Promise<Output | NotYet>;

export interface WorkerOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Default `partitura`. */
  readonly namespace?: string;
  /** Task type → handler. */
  readonly handlers: Readonly<Record<string, TaskHandler>>;
  readonly domain?: string;
  /** Attempts at once per task type; default 16. */
  readonly concurrency?: number;
  /** Default a random name. */
  readonly workerId?: string;
  /** Installation key, for workers that are trusted with it; others send what anybody may send. */
  readonly key?: Uint8Array;
  /** Hears of everything that is repeated or given up. */
  readonly onAlarm?: (what: string, why: unknown) => void;
}

export interface Worker {
  /** Attempts in hand. */
  readonly running: number;
  /** Finishes what is in hand, at most `drainMs` (default 10 s), and leaves the groups. Closes nothing it was handed. */
  close(drainMs?: number): Promise<void>;
}

/** Works on task types straight from their topics, as one member of their consumer groups. */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const { log, clock, namespace = 'partitura', handlers, domain, concurrency = 16, key } = options;
  const workerId = options.workerId ?? `worker-${randomUUID()}`;
  const onAlarm = options.onAlarm ?? (() => undefined);
  const commands = topicNames(namespace).commands;
  const partitions = (await log.describeTopics([commands])).get(commands)?.partitions;
  if (partitions === undefined)
    throw new Fault(
      'UNKNOWN_TOPIC',
      `there is no installation "${namespace}" on this log: topic ${commands} does not exist`,
      {
        retryable: true,
      },
    );
  // Replies go to one process, even if two workers were given the same name.
  const instance = `worker-${randomUUID()}`;
  const bus = await CommandBus.open({
    log,
    clock,
    namespace,
    partitions,
    instance,
    onAlarm,
    sender: key === undefined ? { as: 'outsider' } : { as: 'product', key },
  });
  const reports = new TaskReports(bus, workerId);
  const consumers = await Promise.all(
    Object.entries(handlers).map(([type, handler]): Promise<QueueConsumer> =>
      consumeQueue({
        log,
        clock,
        reports,
        namespace,
        queue: domain === undefined ? { type } : { type, domain },
        concurrency,
        execute: async (task, attempt) => outcomeOf(await handler(task.input.object, contextOf(task, attempt))),
        onAlarm,
      }),
    ),
  );
  return {
    get running() {
      return consumers.reduce((sum, consumer) => sum + consumer.running, 0);
    },
    async close(drainMs = 10_000) {
      await Promise.all(consumers.map((consumer) => consumer.close(drainMs)));
      bus.close();
    },
  };
}

function contextOf(task: TaskRecord, attempt: Attempt): TaskContext {
  return {
    taskId: task.taskId,
    workflowId: task.workflowId,
    workflowName: task.workflowName,
    referenceName: task.referenceName,
    attempt: task.attempt,
    iteration: task.iteration,
    ...(task.correlationId === undefined ? {} : { correlationId: task.correlationId }),
    output: task.output.object,
    signal: attempt.signal,
    log: (message) => attempt.log(message),
  };
}
