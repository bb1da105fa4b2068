import type { SearchCondition, SearchResult, TaskSearch, TaskSearchField, TaskView } from '@partitura/model';
import type { Database } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql, type SearchColumns } from '../search/search-sql.ts';
import { withinTime } from '../search/within-time.ts';
import { joinedRun, runFields, taskFields, taskOfRunViews, taskWithRun, type TaskOfRunRow } from './task-of-run.ts';

/** `t` is the attempt, `w` its run. */
export const taskSearchColumns: SearchColumns<TaskSearchField> = {
  taskId: { sql: 't.task_id', type: 'text' },
  taskType: { sql: 't.task_type', type: 'text' },
  taskDefName: { sql: 't.task_def_name', type: 'text' },
  referenceTaskName: { sql: 't.reference_name', type: 'text' },
  status: { sql: 't.status', type: 'text' },
  // A range of the primary key: attempts of a run stand together in it.
  workflowId: {
    sql: "split_part(t.task_id, '~', 1)",
    type: 'text',
    equals: (id) => `(t.task_id >= ${id} || '~' AND t.task_id < ${id} || chr(127))`,
  },
  workflowType: { sql: 'w.name', type: 'text' },
  correlationId: { sql: 'w.correlation_id', type: 'text' },
  scheduledTime: { sql: 't.scheduled_time', type: 'number' },
  startTime: { sql: 't.start_time', type: 'number' },
  endTime: { sql: 't.end_time', type: 'number' },
  updateTime: { sql: 't.update_time', type: 'number' },
  executionTime: { sql: 'CASE WHEN t.end_time > 0 THEN t.end_time - t.start_time ELSE 0 END', type: 'number' },
  queueWaitTime: { sql: 'CASE WHEN t.start_time > 0 THEN t.start_time - t.scheduled_time ELSE 0 END', type: 'number' },
  reasonForIncompletion: { sql: 't.reason', type: 'text' },
  domain: { sql: 't.domain', type: 'text' },
  workerId: { sql: 't.worker_id', type: 'text' },
  input: { sql: 't.input', type: 'document' },
  output: { sql: 't.output', type: 'document' },
};
export const taskSearchTexts = ['t.task_id', 't.reference_name', 't.task_def_name', 't.status', 't.reason'];

/** A page of task attempts of all runs; newest first unless the search says otherwise. */
export async function searchTasks(
  database: Database,
  definitions: PinnedDefinitions,
  search: TaskSearch,
): Promise<SearchResult<TaskView>> {
  const { where, orderBy, parameters } = searchSql(
    search,
    taskSearchColumns,
    taskSearchTexts,
    't.scheduled_time DESC, t.task_id',
  );
  // Runs are joined to the rows of the page alone, unless the search asks something of them.
  const asksOfRuns = search.orderBy.some(({ field }) => ofRuns.has(field)) || mentionsRuns(search.where);
  const from = `FROM ${asksOfRuns ? taskWithRun : 'read_model.task AS t'} WHERE ${where}`;
  const page = `ORDER BY ${orderBy} LIMIT ${search.size} OFFSET ${search.start}`;
  const select = asksOfRuns
    ? `SELECT ${taskFields}, ${runFields} ${from} ${page}`
    : `SELECT ${taskFields}, ${runFields} FROM (SELECT t.* ${from} ${page}) AS t ${joinedRun} ORDER BY ${orderBy}`;
  return withinTime(database, async (queries) => {
    const rows = await queries.rows<TaskOfRunRow>(select, parameters);
    return {
      totalHits: await countMatches(queries, from, parameters, search, rows.length),
      results: await taskOfRunViews(queries, definitions, rows),
    };
  });
}

const ofRuns: ReadonlySet<TaskSearchField> = new Set(['workflowType', 'correlationId']);

function mentionsRuns(condition: SearchCondition<TaskSearchField> | undefined): boolean {
  if (condition === undefined) return false;
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some((part) => mentionsRuns(part));
    case 'not':
      return mentionsRuns(condition.condition);
    default:
      return ofRuns.has(condition.field);
  }
}
