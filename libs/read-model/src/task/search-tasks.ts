import type { SearchResult, TaskSearch, TaskSearchField, TaskView } from '@partitura/model';
import type { Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql, type SearchColumns } from '../search/search-sql.ts';
import { runFields, taskFields, taskOfRunViews, taskWithRun, type TaskOfRunRow } from './task-of-run.ts';

/** `t` is the attempt, `w` its run. */
export const taskSearchColumns: SearchColumns<TaskSearchField> = {
  taskId: { sql: 't.task_id', type: 'text' },
  taskType: { sql: 't.task_type', type: 'text' },
  taskDefName: { sql: 't.task_def_name', type: 'text' },
  referenceTaskName: { sql: 't.reference_name', type: 'text' },
  status: { sql: 't.status', type: 'text' },
  workflowId: { sql: 'w.workflow_id', type: 'text' },
  workflowType: { sql: 'w.name', type: 'text' },
  correlationId: { sql: 'w.correlation_id', type: 'text' },
  scheduledTime: { sql: 't.scheduled_time', type: 'number' },
  startTime: { sql: 't.start_time', type: 'number' },
  endTime: { sql: 't.end_time', type: 'number' },
  updateTime: { sql: 't.update_time', type: 'number' },
  executionTime: { sql: 'CASE WHEN t.end_time > 0 THEN t.end_time - t.start_time ELSE 0 END', type: 'number' },
  queueWaitTime: { sql: 'CASE WHEN t.start_time > 0 THEN t.start_time - t.scheduled_time ELSE 0 END', type: 'number' },
  reasonForIncompletion: { sql: 't.reason', type: 'text' },
};
export const taskSearchTexts = ['t.task_id', 't.reference_name', 't.task_def_name', 't.status', 't.reason'];

/** A page of task attempts of all runs; newest first unless the search says otherwise. */
export async function searchTasks(
  queries: Queries,
  definitions: PinnedDefinitions,
  search: TaskSearch,
): Promise<SearchResult<TaskView>> {
  const { where, orderBy, parameters } = searchSql(
    search,
    taskSearchColumns,
    taskSearchTexts,
    't.scheduled_time DESC, t.task_id',
  );
  const from = `FROM ${taskWithRun} WHERE ${where}`;
  const rows = await queries.rows<TaskOfRunRow>(
    `SELECT ${taskFields}, ${runFields} ${from} ORDER BY ${orderBy} LIMIT ${search.size} OFFSET ${search.start}`,
    parameters,
  );
  return {
    totalHits: await countMatches(queries, from, parameters, search, rows.length),
    results: await taskOfRunViews(queries, definitions, rows),
  };
}
