import type { TaskView } from '@partitura/model';
import { statement, type Database } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { withinTime } from '../search/within-time.ts';
import { runFields, taskFields, taskOfRunViews, type TaskOfRunRow } from './task-of-run.ts';
import { taskPageMax } from './list-tasks.ts';

// Open tasks are tasks of open runs, of which there are few and an index.
const selectOpen = statement(
  'task_open',
  `SELECT ${taskFields}, ${runFields} FROM read_model.workflow AS w JOIN read_model.task AS t
     ON t.task_id >= w.workflow_id || '~' AND t.task_id < w.workflow_id || chr(127)
   WHERE w.status IN ('RUNNING', 'PAUSED') AND t.task_type = $1 AND t.status IN ('SCHEDULED', 'IN_PROGRESS')
   ORDER BY t.scheduled_time, t.task_id OFFSET $2::bigint LIMIT $3::bigint`,
);

/** Attempts of a type that have not ended, oldest first. */
export function listOpenTasks(
  database: Database,
  definitions: PinnedDefinitions,
  query: { readonly taskType: string; readonly start: number; readonly count: number },
): Promise<readonly TaskView[]> {
  return withinTime(database, async (queries) => {
    const page = [query.taskType, query.start, Math.min(query.count, taskPageMax)] as const;
    return taskOfRunViews(queries, definitions, await queries.rows<TaskOfRunRow>(selectOpen, page));
  });
}
