import { bigint, defineInsert, integer, text, type Queries } from '@partitura/postgres';
import type { TaskLogLine } from '../projection/partition-changes.ts';
import type { Placed } from '../projection/placed.ts';

const lineRows = defineInsert<Placed<TaskLogLine>>('read_model.task_log', [
  text('task_id', ({ change }) => change.taskId),
  integer('partition', ({ partition }) => partition),
  bigint('journal_offset', ({ change }) => change.journalOffset),
  integer('line', ({ change }) => change.line),
  bigint('created_time', ({ change }) => change.at),
  text('message', ({ change }) => change.message),
]);

export async function writeTaskLogs(
  queries: Queries,
  lines: readonly Placed<TaskLogLine>[],
  options?: { readonly tolerant?: boolean },
): Promise<void> {
  await queries.insert(lineRows, lines, options);
}
