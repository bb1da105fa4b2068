import type { WorkflowView } from '@partitura/model';
import { statement, storable, type Database } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { withinTime } from '../search/within-time.ts';
import { readTasks } from './find-workflow.ts';
import { workflowFields, workflowViews, type WorkflowRow } from './workflow-view.ts';

export interface CorrelatedQuery {
  readonly name: string;
  readonly correlationIds: readonly string[];
  /** False: only status RUNNING. */
  readonly includeClosed: boolean;
  readonly includeTasks: boolean;
}

export const correlatedMax = 1_000;

const selectCorrelated = statement(
  'workflow_correlated',
  `SELECT ${workflowFields} FROM read_model.workflow AS w
   WHERE w.correlation_id = ANY($2::text[]) AND w.name = $1 AND ($3::boolean OR w.status = 'RUNNING')
   ORDER BY w.create_time, w.workflow_id LIMIT ${correlatedMax}`,
);

/** Runs by their correlation ids, oldest first, at most {@link correlatedMax}; every asked id is a key. */
export async function findCorrelated(
  database: Database,
  definitions: PinnedDefinitions,
  query: CorrelatedQuery,
): Promise<ReadonlyMap<string, readonly WorkflowView[]>> {
  const { name, includeClosed, includeTasks } = query;
  return withinTime(database, async (queries) => {
    const ids = query.correlationIds.map(storable);
    const rows = await queries.rows<WorkflowRow>(selectCorrelated, [name, ids, includeClosed]);
    const found = new Map<string, WorkflowView[]>(query.correlationIds.map((id) => [id, []]));
    for (const view of await workflowViews(queries, definitions, rows)) {
      found.get(view.correlationId ?? '')?.push(includeTasks ? await readTasks(queries, view) : view);
    }
    return found;
  });
}
