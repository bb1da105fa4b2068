import { revivalTaskType } from '@partitura/aggregates';
import type { CommandBus } from '@partitura/command-bus';
import { environmentSecrets, type SecretLookup } from '@partitura/expressions';
import type { Clock, Log } from '@partitura/log';
import { Payload, type TaskRecord } from '@partitura/model';
import type { ReadModel, ReadPositions } from '@partitura/read-model';
import type { TaskKinds } from '@partitura/engine';
import { executors, type ExecutorOptions, type TaskKindPlugIn } from '@partitura/tasks/executors';
import type { Logger, Metrics, PartHealth } from '@partitura/telemetry';
import {
  consumeQueue,
  noReports,
  TaskReports,
  type Attempt,
  type QueueConsumer,
  type TaskOutcome,
} from '@partitura/worker';
import { KafkaPublishers, type KafkaClusters } from './kafka-port.ts';
import { programMetrics } from './program-metrics.ts';
import { revivalFrom } from './revival.ts';
import { sinkPort } from './sink-port.ts';
import { workflowPort } from './workflow-port.ts';

export interface SystemWorkerOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  readonly instance: string;
  readonly bus: CommandBus;
  readonly readModel: ReadModel;
  readonly positions: ReadPositions;
  readonly partitions: number;
  /** What executors may do; how they reach workflows and topics is arranged here. */
  readonly executors: Omit<ExecutorOptions, 'workflows' | 'sinks' | 'kafka'>;
  readonly taskKinds: TaskKinds;
  readonly plugIns: readonly TaskKindPlugIn[];
  readonly kafkaClusters: KafkaClusters;
  /** Whether the log is a Kafka cluster. */
  readonly onKafka: boolean;
  /** Put into inputs for the moment of execution. Default: variables of the environment, `CONDUCTOR_SECRET_…`. */
  readonly secrets?: SecretLookup;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Attempts at once per kind; default 64. */
  readonly concurrency?: number;
}

export interface RunningSystemWorker {
  health(): PartHealth;
  close(drainMs: number): Promise<void>;
}

/** Carries out the IO halves of system tasks, and reads ended workflows back from the archive. */
export async function startSystemWorker(options: SystemWorkerOptions): Promise<RunningSystemWorker> {
  const { log, clock, namespace, instance, bus, readModel, logger, metrics, concurrency = 64 } = options;
  const done = metrics.counter('system_tasks_total', 'System tasks carried out', ['type', 'status']);
  const onAlarm = (what: string, why: unknown): void => logger.warn(why === undefined ? {} : { error: why }, what);
  const consume = (
    type: string,
    reports: TaskReports | typeof noReports,
    execute: (task: TaskRecord, attempt: Attempt) => Promise<TaskOutcome>,
    secrets?: SecretLookup,
  ): Promise<QueueConsumer> =>
    consumeQueue({
      log,
      clock,
      reports,
      namespace,
      queue: { type },
      concurrency,
      ...(secrets !== undefined && { secrets }),
      execute: async (task, attempt) => {
        const outcome = await execute(task, attempt);
        done.add(1, { type, status: outcome.status });
        return outcome;
      },
      onAlarm,
    });

  const revive = revivalFrom(readModel, bus, options.taskKinds);
  const reports = new TaskReports(bus, instance);
  const secrets = options.secrets ?? environmentSecrets(process.env).lookup;
  const kafka = new KafkaPublishers(options.kafkaClusters, clock);
  const ports = {
    ...options.executors,
    programs: { ...options.executors.programs, onRun: programMetrics(metrics) },
    workflows: workflowPort(options),
    sinks: sinkPort(options),
    kafka,
  };
  const kinds = [...executors(ports), ...options.plugIns.flatMap((plugIn) => plugIn.executors?.(ports) ?? [])];
  const consumers = await Promise.all([
    consume(revivalTaskType, noReports, (task) => revive(task)),
    ...kinds.map((executor) =>
      consume(
        executor.type,
        reports,
        async (task, { signal }) => {
          const { status, output, reason } = await executor.execute(task, signal);
          return { status, output: Payload.of(output), ...(reason === undefined ? {} : { reason }) };
        },
        executor.takesSecrets === true ? secrets : undefined,
      ),
    ),
  ]);
  const running = (): number => consumers.reduce((sum, consumer) => sum + consumer.running, 0);
  metrics.gauge('system_tasks_running', 'System tasks being carried out', [], (gauge) => gauge.set(running()));
  return {
    health: () => ({ ready: true, details: { running: running() } }),
    close: async (drainMs) => {
      await Promise.all(consumers.map((consumer) => consumer.close(drainMs)));
      await Promise.all(kinds.map(async (kind) => kind.close?.()));
      await kafka.close();
    },
  };
}
