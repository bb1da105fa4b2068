import { CommandBus } from '@partitura/command-bus';
import { environmentSecrets, type SecretLookup } from '@partitura/expressions';
import type { Clock, Log } from '@partitura/log';
import { Defect, Fault } from '@partitura/model';
import { topicNames } from '@partitura/wire';
import { randomUUID } from 'node:crypto';
import { consumeQueue } from './queue-consumer.ts';
import { RecordContext, type TaskHandler, type TaskHandlers, type TaskInputs } from './task-handler.ts';
import { outcomeOf } from './task-outcome.ts';
import { TaskReports } from './task-reports.ts';

export interface WorkerOptions<Inputs extends TaskInputs = TaskInputs> {
  readonly log: Log;
  readonly clock: Clock;
  /** Default `partitura`. */
  readonly namespace?: string;
  readonly handlers: TaskHandlers<Inputs>;
  /** Tasks of this domain only; absent: those of none. */
  readonly domain?: string;
  /** Attempts at once per task type; default 16. */
  readonly concurrency?: number;
  /** Shown with the tasks it works on; default a random name. */
  readonly workerId?: string;
  /** Where answers find this process: a name that no other living process has; default a random one. */
  readonly instance?: string;
  /** Installation key, for workers that are trusted with it; others send what anybody may send. */
  readonly key?: Uint8Array;
  /**
   * What `${workflow.secrets.NAME}` is in the handler's input; the log never holds it. Default: variables of this
   * process's environment, `CONDUCTOR_SECRET_NAME`.
   */
  readonly secrets?: SecretLookup;
  /** Hears of everything that is repeated or given up. */
  readonly onAlarm?: (what: string, why: unknown) => void;
}

export interface Worker {
  /** Attempts in hand. */
  readonly running: number;
  /** Finishes what is in hand, at most `drainMs` (default 10 s), and leaves the groups. Closes nothing it was handed. */
  close(drainMs?: number): Promise<void>;
}

const concurrencyMost = 10_000;

/**
 * Works on task types straight from their topics, as one member of their consumer groups. Rejects with `Fault`
 * UNKNOWN_TOPIC where there is no installation of this namespace.
 */
export async function createWorker<Inputs extends TaskInputs>(options: WorkerOptions<Inputs>): Promise<Worker> {
  const { log, clock, namespace = 'partitura', domain, concurrency = 16 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > concurrencyMost)
    throw new Defect(`a worker cannot work on ${String(concurrency)} tasks at once`);
  const onAlarm = options.onAlarm ?? (() => undefined);
  const secrets = options.secrets ?? environmentSecrets(process.env).lookup;
  const bus = await openBus(options, namespace, onAlarm);
  const reports = new TaskReports(bus, options.workerId ?? `worker-${randomUUID()}`);
  const handlers = Object.entries<TaskHandler<never>>(options.handlers);
  const consumers = await Promise.all(
    handlers.map(([type, handler]) =>
      consumeQueue({
        log,
        clock,
        reports,
        namespace,
        queue: domain === undefined ? { type } : { type, domain },
        concurrency,
        secrets,
        execute: async (task, attempt) =>
          outcomeOf(await handler(task.input.object as never, new RecordContext(task, attempt))),
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

async function openBus(
  { log, clock, key, instance = `worker-${randomUUID()}` }: Pick<WorkerOptions, 'log' | 'clock' | 'key' | 'instance'>,
  namespace: string,
  onAlarm: (what: string, why: unknown) => void,
): Promise<CommandBus> {
  const { commands } = topicNames(namespace);
  const partitions = (await log.describeTopics([commands])).get(commands)?.partitions;
  if (partitions === undefined) {
    const what = `there is no installation "${namespace}" on this log: topic ${commands} does not exist`;
    throw new Fault('UNKNOWN_TOPIC', what, { retryable: true });
  }
  return CommandBus.open({
    log,
    clock,
    namespace,
    partitions,
    instance,
    onAlarm,
    sender: key === undefined ? { as: 'outsider' } : { as: 'product', key },
  });
}
