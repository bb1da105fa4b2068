import { bigintArray, integerArray, statement, textArray, type Queries } from '@partitura/postgres';
import type { TaskLogLine } from '../projection/partition-changes.ts';
import type { Placed } from '../projection/placed.ts';

const insertRows = statement(
  'task_log_insert',
  `INSERT INTO read_model.task_log (task_id, partition, journal_offset, line, created_time, message)
   SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[], $5::bigint[], $6::text[])
   ON CONFLICT DO NOTHING`,
);

export async function writeTaskLogs(queries: Queries, lines: readonly Placed<TaskLogLine>[]): Promise<void> {
  if (lines.length === 0) return;
  await queries.run(insertRows, [
    textArray(lines.map(({ change }) => change.taskId)),
    integerArray(lines.map(({ partition }) => partition)),
    bigintArray(lines.map(({ change }) => change.journalOffset)),
    integerArray(lines.map(({ change }) => change.line)),
    bigintArray(lines.map(({ change }) => Math.trunc(change.at))),
    textArray(lines.map(({ change }) => change.message)),
  ]);
}
