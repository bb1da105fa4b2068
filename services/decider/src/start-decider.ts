import { randomUUID } from 'node:crypto';
import {
  deciders,
  innerState,
  joinDeciders,
  restateDefinition,
  reviveTask,
  type MaybeDefinition,
} from '@partitura/aggregates';
import type { DefinitionsCopy } from '@partitura/definitions';
import { definitionEnvironment, type DefinitionEnvironment } from '@partitura/expressions';
import {
  alarmAdvice,
  hostPartitions,
  journalDefaults,
  type JournalSettings,
  type PartitionStatus,
  type Phase,
} from '@partitura/journal';
import type { Clock, Log } from '@partitura/log';
import { definitionAggregate, isWorkflowAggregate } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import type { TaskKinds } from '@partitura/engine';
import type { Logger, Metrics, PartHealth } from '@partitura/telemetry';
import { groupNames, partitionOf, taskTopicSpec, topicNames, type RegisteredSchemas } from '@partitura/wire';
import { createJournalCodec } from './journal-codec.ts';
import { observeJournal } from './journal-telemetry.ts';
import { QueueTrimmer } from './trim-queues.ts';

export interface DeciderOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly instance: string;
  readonly definitions: DefinitionsCopy;
  /** Default: the product's. */
  readonly taskKinds?: TaskKinds;
  /** Installation key. */
  readonly key?: Uint8Array;
  /** Command schemas as a registry knows them. */
  readonly registered?: RegisteredSchemas;
  /** What definitions may read of the environment. Default: variables of this process, `CONDUCTOR_ENV_…`. */
  readonly environment?: DefinitionEnvironment;
  readonly settings?: Partial<JournalSettings>;
  /** How often queues are relieved of hand-overs that are done. Default: a minute. */
  readonly trimQueuesEveryMs?: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface RunningDecider {
  health(): PartHealth;
  /** Stops consuming, lets what was decided settle, leaves the group. */
  close(): Promise<void>;
}

/** Owns partitions and decides what happens in them. */
export async function startDecider(options: DeciderOptions): Promise<RunningDecider> {
  const {
    log,
    clock,
    namespace,
    partitions,
    replicationFactor,
    instance,
    definitions,
    key,
    registered,
    environment = definitionEnvironment(process.env),
    logger,
    metrics,
  } = options;
  const topics = topicNames(namespace);
  const groups = groupNames(namespace);
  const host = await hostPartitions({
    log,
    clock,
    domain: joinDeciders(deciders(options.taskKinds ?? taskKinds, { environment })),
    codec: createJournalCodec({
      commandsTopic: topics.commands,
      partitions,
      ...(key === undefined ? {} : { key }),
      ...(registered === undefined ? {} : { registered }),
    }),
    topics: {
      journal: topics.journal,
      commands: topics.commands,
      definitions: topics.definitions,
      replies: topics.replies,
      deadLetters: topics.deadLetters,
      restoreGroup: groups.restore,
      readerGroups: [groups.archived],
      deciderGroup: groups.decider,
      taskTopic: (queue) =>
        taskTopicSpec(namespace, queue, replicationFactor === undefined ? {} : { replicationFactor }),
      queueGroup: (queue) => groups.queue(queue.type, queue.domain),
      taskPartition: partitionOf,
    },
    partitionOf: (id) => partitionOf(id, partitions),
    definitions,
    reviveTask,
    restate: (id, state) =>
      isWorkflowAggregate(id) ? [] : restateDefinition(id, innerState(state) as MaybeDefinition),
    freshToken: randomUUID,
    observer: observeJournal(logger, metrics, clock),
    settings: { ...journalDefaults, owner: instance, partitions, ...options.settings },
  });
  const stopHealing = definitions.onOvertaken(({ kind, name }) => host.restate(definitionAggregate(kind, name)));
  const inPhase = (wanted: Phase): readonly PartitionStatus[] =>
    host.partitions().filter(({ phase }) => phase === wanted);
  const trimmer = new QueueTrimmer({
    log,
    clock,
    namespace,
    isResponsible: () => inPhase('owning').some(({ partition }) => partition === 0),
    everyMs: options.trimQueuesEveryMs ?? 60_000,
    onTrouble: (topic, why) => logger.warn({ topic, error: why }, 'hand-overs that are done cannot be removed yet'),
  });
  metrics.gauge('partitions_owned', 'Partitions this process decides', [], (gauge) =>
    gauge.set(inPhase('owning').length),
  );
  metrics.gauge('partitions_halted', 'Partitions that wait for a person: nothing is decided in them', [], (gauge) =>
    gauge.set(inPhase('halted').length),
  );
  return {
    health: () => {
      const halted = inPhase('halted');
      const details = { partitions: host.partitions() };
      return halted.length === 0 ? { ready: true, details } : { ready: false, problem: problemOf(halted), details };
    },
    close: async () => {
      stopHealing();
      await trimmer.close();
      await host.close();
    },
  };
}

/** What was found in each, and what to do about it. */
function problemOf(halted: readonly PartitionStatus[]): string {
  return halted
    .map(({ partition, code, reason }) => {
      const advice = code === undefined ? '' : `; ${alarmAdvice[code]}`;
      return `partition ${partition} is halted (${code ?? 'unknown'}): ${reason ?? ''}${advice}`;
    })
    .join('\n');
}
