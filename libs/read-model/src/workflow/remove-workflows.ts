import { integerArray, statement, textArray, type Queries } from '@partitura/postgres';
import type { RemovedAttempts } from '../projection/partition-changes.ts';

/** `~` ends the workflow id inside a task id, and the next character, DEL, ends the range of those ids. */
const ofWorkflow = (table: string): string =>
  `DELETE FROM read_model.${table} AS t USING unnest($1::text[]) AS r (workflow_id)
   WHERE t.task_id >= r.workflow_id || '~' AND t.task_id < r.workflow_id || E'\\x7f'`;

const deleteLogs = statement('task_log_delete', ofWorkflow('task_log'));
const deleteTasks = statement('task_delete', ofWorkflow('task'));
const deleteWorkflows = statement(
  'workflow_delete',
  'DELETE FROM read_model.workflow AS w USING unnest($1::text[]) AS r (workflow_id) WHERE w.workflow_id = r.workflow_id',
);

const deleteAttempts = statement(
  'attempt_delete',
  'DELETE FROM read_model.task AS t USING unnest($1::text[]) AS r (task_id) WHERE t.task_id = r.task_id',
);

/** Forgets attempts that their run has forgotten. What workers logged about them stays. */
export async function removeTasks(queries: Queries, taskIds: readonly string[]): Promise<void> {
  if (taskIds.length > 0) await queries.run(deleteAttempts, [textArray(taskIds)]);
}

/** Forgets runs, of whatever age, with their tasks and logs. The archive keeps their history. */
export async function removeWorkflows(queries: Queries, workflowIds: readonly string[]): Promise<void> {
  if (workflowIds.length === 0) return;
  const ids = [textArray(workflowIds)];
  await Promise.all([queries.run(deleteLogs, ids), queries.run(deleteTasks, ids), queries.run(deleteWorkflows, ids)]);
}

const deleteNumbers = statement(
  'attempt_delete_by_seq',
  `DELETE FROM read_model.task AS t USING unnest($1::text[], $2::integer[], $3::integer[]) AS r (workflow_id, first, last)
   WHERE t.task_id >= r.workflow_id || '~' AND t.task_id < r.workflow_id || E'\\x7f' AND t.seq BETWEEN r.first AND r.last`,
);

/** Forgets attempts by their numbers, which may be given out again afterwards. What workers logged about them stays. */
export async function removeAttempts(queries: Queries, removed: readonly RemovedAttempts[]): Promise<void> {
  if (removed.length === 0) return;
  await queries.run(deleteNumbers, [
    textArray(removed.map(({ workflowId }) => workflowId)),
    integerArray(removed.map(({ from }) => from)),
    integerArray(removed.map(({ to }) => to)),
  ]);
}
