import { Fault, type WorkflowView } from '@partitura/model';
import { statement, type Database, type Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { taskFields, taskIdRange, taskView, type TaskRow } from '../task/task-view.ts';
import { withTasks, workflowFields, workflowViews, type WorkflowRow } from './workflow-view.ts';

const selectWorkflow = statement(
  'workflow_find',
  `SELECT ${workflowFields} FROM read_model.workflow AS w WHERE w.workflow_id = $1`,
);

const selectTasks = statement(
  'workflow_tasks',
  `SELECT ${taskFields} FROM read_model.task AS t WHERE t.task_id >= $1 AND t.task_id < $2 LIMIT $3::integer`,
);

const selectTasksBehind = statement(
  'workflow_tasks_behind',
  `SELECT ${taskFields} FROM read_model.task AS t
   WHERE t.task_id > $1 AND t.task_id < $2 ORDER BY t.task_id LIMIT $3::integer`,
);

/** So many rows are taken over at a time, between which others have their turn. */
const rowsPerTurn = 1_000;

/** An id with more attempts than this has its newest run looked up first. */
const attemptsTogetherMax = 500;

/** A run that has more attempts than this is read page by page. */
export const tasksAtOnceMax = 20_000;

/** The newest run under this id. */
export async function findWorkflow(
  database: Database,
  definitions: PinnedDefinitions,
  id: string,
  options: { readonly includeTasks: boolean },
): Promise<WorkflowView | undefined> {
  if (!options.includeTasks) return readWorkflow(database, definitions, id);
  // The attempts of all runs under the id: which run is the newest is not known yet.
  const [runs, attempts] = (await database.readTogether([
    { statement: selectWorkflow, values: [id] },
    { statement: selectTasks, values: [`${id}~`, `${id}\x7f`, attemptsTogetherMax + 1] },
  ])) as [readonly WorkflowRow[], readonly TaskRow[]];
  if (attempts.length <= attemptsTogetherMax) {
    const [view] = await workflowViews(database, definitions, runs);
    return view === undefined ? undefined : viewWith(view, attempts);
  }
  return database.snapshot(async (queries) => {
    const view = await readWorkflow(queries, definitions, id);
    return view === undefined ? undefined : readTasks(queries, view);
  });
}

async function readWorkflow(
  queries: Queries,
  definitions: PinnedDefinitions,
  id: string,
): Promise<WorkflowView | undefined> {
  const rows = await queries.rows<WorkflowRow>(selectWorkflow, [id]);
  return (await workflowViews(queries, definitions, rows))[0];
}

/** The view with all its attempts, by seq. Rejects with the fault TOO_MANY_TASKS rather than leaving some out. */
export async function readTasks(queries: Queries, view: WorkflowView): Promise<WorkflowView> {
  const { from, to } = taskIdRange(view.workflowId, view.startIndex);
  const all: TaskRow[] = [];
  for (let behind = from; ;) {
    const rows = await queries.rows<TaskRow>(selectTasksBehind, [behind, to, rowsPerTurn]);
    for (const row of rows) all.push(row);
    if (all.length > tasksAtOnceMax) {
      throw new Fault(
        'TOO_MANY_TASKS',
        `the run has more than ${tasksAtOnceMax} task attempts: ask for them in pages`,
        { retryable: false },
      );
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerTurn) return viewWith(view, all);
    behind = last.task_id;
  }
}

function viewWith(view: WorkflowView, rows: readonly TaskRow[]): WorkflowView {
  const { from } = taskIdRange(view.workflowId, view.startIndex);
  return withTasks(
    view,
    rows
      .filter(({ task_id }) => task_id.startsWith(from))
      .map((row) => taskView(row, view, view.definition))
      .sort((a, b) => a.seq - b.seq || a.attempt - b.attempt),
  );
}
