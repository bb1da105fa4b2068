import { statement, type Database, type Queries } from '@partitura/postgres';
import type { Payload } from '@partitura/model';
import { writeDefinitions, writeHistory } from '../archive/write-archive.ts';
import { advanceArchive, advancePositions, type Step } from '../position/positions.ts';
import { writeTasks } from '../task/write-tasks.ts';
import { writeTaskLogs } from '../task-log/write-task-logs.ts';
import { removeAttempts, removeTasks, removeWorkflows } from '../workflow/remove-workflows.ts';
import { writeWorkflows } from '../workflow/write-workflows.ts';
import type { PartitionChanges } from './partition-changes.ts';
import type { Placed } from './placed.ts';

export interface ChangeStep extends Step {
  readonly changes: PartitionChanges;
}

/** Somebody else moved these partitions: nothing of the transaction was written. */
export class Superseded extends Error {
  readonly partitions: readonly number[];

  constructor(partitions: readonly number[]) {
    super(`partitions ${partitions.join(', ')} were projected by somebody else meanwhile`);
    this.name = 'Superseded';
    this.partitions = partitions;
  }
}

export interface WriteOptions {
  /** Leave out rows that exist already instead of failing: for when that has happened. */
  readonly tolerant?: boolean;
  /** Something else that must happen in the same transaction. */
  readonly within?: (queries: Queries) => Promise<void>;
}

/**
 * Rows are changed by key, however few there were when the statement was planned. Left alone, a plan that was made for a
 * young table reads all of it for every transaction.
 */
const findRowsByKey = statement(
  'find_rows_by_key',
  `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
     set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
);

/**
 * Writes what stretches of several partitions change, with their positions, in one transaction. Rejects with
 * {@link Superseded} when a position is not where its step begins, else as the database does.
 */
export async function writeChanges(
  database: Database,
  steps: readonly ChangeStep[],
  options: WriteOptions = {},
): Promise<void> {
  await database.transaction(async (queries) => {
    const superseded = await advancePositions(queries, steps);
    if (superseded.length > 0) throw new Superseded(superseded);
    // Issued together, they travel together; Postgres runs them in this order.
    await Promise.all([writeRows(queries, steps, options), advanceArchive(queries, steps), options.within?.(queries)]);
  });
}

/** Writes rows alone, without positions, inside a transaction. */
export async function writeRows(
  queries: Queries,
  steps: readonly Pick<ChangeStep, 'partition' | 'changes'>[],
  options?: Pick<WriteOptions, 'tolerant'>,
): Promise<void> {
  const all = <C>(of: (changes: PartitionChanges) => Iterable<C>): Placed<C>[] => {
    const placed: Placed<C>[] = [];
    for (const { partition, changes } of steps) for (const change of of(changes)) placed.push({ partition, change });
    return placed;
  };
  const definitions = new Map<string, Payload>(steps.flatMap(({ changes }) => [...changes.definitions]));
  await Promise.all([
    queries.rows(findRowsByKey),
    writeDefinitions(queries, definitions),
    writeHistory(
      queries,
      all((changes) => changes.history),
      options,
    ),
    removeWorkflows(queries, [...new Set(steps.flatMap(({ changes }) => [...changes.removed]))]),
    removeAttempts(
      queries,
      steps.flatMap(({ changes }) => changes.removedAttempts),
    ),
    writeWorkflows(
      queries,
      all((changes) => changes.workflows.values()),
    ),
    writeTasks(
      queries,
      all((changes) => changes.tasks.values()),
      options,
    ),
    removeTasks(
      queries,
      steps.flatMap(({ changes }) => [...changes.removedTasks]),
    ),
    writeTaskLogs(
      queries,
      all((changes) => changes.logs),
      options,
    ),
  ]);
}
