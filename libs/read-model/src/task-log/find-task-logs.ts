import type { TaskLog } from '@partitura/model';
import { statement, type Queries } from '@partitura/postgres';

export const taskLogsMax = 10_000;

const selectLogs = statement(
  'task_logs',
  `SELECT created_time AS at, message FROM read_model.task_log WHERE task_id = $1
   ORDER BY journal_offset, line LIMIT ${taskLogsMax}`,
);

/** What workers logged for one attempt, as it was recorded, at most {@link taskLogsMax} lines. */
export function findTaskLogs(queries: Queries, taskId: string): Promise<readonly TaskLog[]> {
  return queries.rows<TaskLog>(selectLogs, [taskId]);
}
