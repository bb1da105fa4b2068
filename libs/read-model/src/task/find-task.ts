import type { TaskView } from '@partitura/model';
import { statement, type Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { runFields, taskFields, taskOfRunViews, taskWithRun, type TaskOfRunRow } from './task-of-run.ts';

const selectTask = statement(
  'task_find',
  `SELECT ${taskFields}, ${runFields} FROM ${taskWithRun} WHERE t.task_id = $1`,
);

/** One attempt. */
export async function findTask(
  queries: Queries,
  definitions: PinnedDefinitions,
  id: string,
): Promise<TaskView | undefined> {
  const rows = await queries.rows<TaskOfRunRow>(selectTask, [id]);
  return (await taskOfRunViews(queries, definitions, rows))[0];
}
