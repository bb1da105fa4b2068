import type { SearchResult, TaskStatus, TaskView } from '@partitura/model';
import { statement, type Database } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { findWorkflow } from '../workflow/find-workflow.ts';
import { taskFields, taskIdRange, taskView, type TaskRow } from './task-view.ts';

export interface TaskPage {
  /** Rows to skip. */
  readonly start: number;
  readonly count: number;
  /** Absent: any. */
  readonly statuses?: readonly TaskStatus[];
}

export const taskPageMax = 5_000;

const matching = `FROM read_model.task AS t
  WHERE t.task_id >= $1 AND t.task_id < $2 AND ($3::text[] IS NULL OR t.status = ANY($3))`;
const selectPage = statement(
  'task_page',
  `SELECT ${taskFields} ${matching} ORDER BY t.seq, t.attempt OFFSET $4::bigint LIMIT $5::bigint`,
);
const countAll = statement('task_page_count', `SELECT count(*) AS n ${matching}`);

/** A page of the attempts of the newest run under this id, by seq; undefined when there is no such run. */
export async function listTasks(
  database: Database,
  definitions: PinnedDefinitions,
  workflowId: string,
  page: TaskPage,
): Promise<SearchResult<TaskView> | undefined> {
  const run = await findWorkflow(database, definitions, workflowId, { includeTasks: false });
  if (run === undefined) return undefined;
  const { from, to } = taskIdRange(run.workflowId, run.startIndex);
  const filter = [from, to, page.statuses ?? null] as const;
  return database.snapshot(async (queries) => {
    const rows = await queries.rows<TaskRow>(selectPage, [...filter, page.start, Math.min(page.count, taskPageMax)]);
    const [total] = await queries.rows<{ n: number }>(countAll, filter);
    return { totalHits: total?.n ?? 0, results: rows.map((row) => taskView(row, run, run.definition)) };
  });
}
