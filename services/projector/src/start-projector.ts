import type { Clock, Log } from '@partitura/log';
import type { JournalRecord } from '@partitura/model';
import type { Database } from '@partitura/postgres';
import type { PositionBoard } from '@partitura/read-model';
import type { Logger, Metrics, PartHealth } from '@partitura/telemetry';
import { groupNames, journalCodec, topicNames } from '@partitura/wire';
import { ArchivePointer } from './archive-pointer.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Alarm } from './journal-source.ts';
import { PartitionProjection } from './partition-projection.ts';
import { observeProjections } from './projector-telemetry.ts';

export interface ProjectorOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  /** Unique name of this process. */
  readonly instance: string;
  /** Migrated. */
  readonly database: Database;
  /** Shared with whoever reads in this process. */
  readonly board: PositionBoard;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings?: Partial<ProjectorSettings>;
  /** Default: the journal's codec. */
  readonly decode?: (value: Uint8Array) => JournalRecord;
}

export interface ProjectorSettings {
  /** How long changes may wait for company while nobody waits for them. */
  readonly lingerMs: number;
  /** Bytes of records that are written without waiting longer. */
  readonly batchBytes: number;
  /** Bytes of records that may wait for the database, shared evenly by all partitions; above, journals are not read on. */
  readonly pendingBytesMax: number;
}

export const projectorDefaults: ProjectorSettings = {
  lingerMs: 250,
  batchBytes: 2 * 1024 * 1024,
  pendingBytesMax: 32 * 1024 * 1024,
};

export interface RunningProjector {
  health(): PartHealth;
  /** Writes what is folded, then leaves the group. */
  close(): Promise<void>;
}

/** Owns partition numbers and takes their journals into the read model. */
export async function startProjector(options: ProjectorOptions): Promise<RunningProjector> {
  const { log, clock, namespace, partitions, instance, database, board, logger, metrics } = options;
  const settings = { ...projectorDefaults, ...options.settings };
  const topics = topicNames(namespace);
  const projections = new Map<number, PartitionProjection>();
  const observer = observeProjections(logger, metrics, () => [...projections.values()]);
  const pointer = new ArchivePointer({ log, clock, topic: topics.journal, group: groupNames(namespace).archived });
  const onAlarm = (alarm: Alarm): void => observer.alarm(alarm);
  const writer = new BatchWriter({
    database,
    clock,
    board,
    lingerMs: settings.lingerMs,
    batchBytes: settings.batchBytes,
    onAlarm,
    onWritten: (steps, tookMs) => {
      for (const { partition, to } of steps) pointer.written(partition, to.offset);
      observer.written(steps, tookMs);
    },
  });
  const journal = { log, topic: topics.journal, decode: options.decode ?? ((value) => journalCodec.decode(value)) };

  const acquire = (partition: number): void => {
    const projection = new PartitionProjection(partition, {
      journal,
      database,
      clock,
      pendingBytesMax: settings.pendingBytesMax / partitions,
      onOpen: (offset) => {
        if (projections.get(partition) === projection) board.project(partition, offset);
      },
      onPending: () => writer.pending(),
      onAlarm,
    });
    projections.set(partition, projection);
    writer.add(projection);
  };
  const release = (partition: number): void => {
    projections.get(partition)?.close();
    projections.delete(partition);
    writer.remove(partition);
    board.release(partition);
  };
  const ownership = await log.own({
    group: groupNames(namespace).projector,
    topic: topics.journal,
    count: partitions,
    instance,
    onAcquire: acquire,
    onRelease: release,
  });

  return {
    health: () => healthOf([...projections.values()], writer),
    close: async () => {
      await writer.close();
      await pointer.close();
      await ownership.close();
    },
  };
}

function healthOf(projections: readonly PartitionProjection[], writer: BatchWriter): PartHealth {
  const byPhase = projections.map(({ partition, phase, position, lag }) => ({ partition, phase, position, lag }));
  const failing = writer.failingSince === undefined ? {} : { databaseFailingSince: writer.failingSince };
  // A database that is down is no reason to restart this process: it goes on by itself.
  return { ready: !byPhase.some(({ phase }) => phase === 'halted'), details: { partitions: byPhase, ...failing } };
}
