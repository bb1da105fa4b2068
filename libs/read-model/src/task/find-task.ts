import type { TaskView } from '@partitura/model';
import { statement, type Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { taskFields, taskView, type TaskRow } from './task-view.ts';

const selectTask = statement(
  'task_find',
  `SELECT ${taskFields}, w.name, w.definition_hash, w.correlation_id, w.priority
   FROM read_model.task AS t LEFT JOIN read_model.workflow AS w ON w.workflow_id = split_part(t.task_id, '~', 1)
   WHERE t.task_id = $1`,
);

interface TaskOfRunRow extends TaskRow {
  readonly name: string | null;
  readonly definition_hash: string | null;
  readonly correlation_id: string | null;
  readonly priority: number | null;
}

/** One attempt. */
export async function findTask(
  queries: Queries,
  definitions: PinnedDefinitions,
  id: string,
): Promise<TaskView | undefined> {
  const [row] = await queries.rows<TaskOfRunRow>(selectTask, [id]);
  if (row === undefined) return undefined;
  const hash = row.definition_hash ?? '';
  const pinned = await definitions.load(queries, [hash]);
  const run = {
    name: row.name ?? '',
    priority: row.priority ?? 0,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
  };
  return taskView(row, run, pinned(hash));
}
