import type { SearchResult, WorkflowSearch, WorkflowSearchField, WorkflowView } from '@partitura/model';
import type { Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql, type SearchColumns } from '../search/search-sql.ts';
import { workflowFields, workflowViews, type WorkflowRow } from './workflow-view.ts';

const columns: SearchColumns<WorkflowSearchField> = {
  workflowId: { sql: 'w.workflow_id', type: 'text' },
  workflowType: { sql: 'w.name', type: 'text' },
  version: { sql: 'w.version', type: 'number' },
  correlationId: { sql: 'w.correlation_id', type: 'text' },
  status: { sql: 'w.status', type: 'text' },
  startTime: { sql: 'w.create_time', type: 'number' },
  endTime: { sql: 'w.end_time', type: 'number' },
  updateTime: { sql: 'w.update_time', type: 'number' },
  executionTime: { sql: 'CASE WHEN w.end_time > 0 THEN w.end_time - w.create_time ELSE 0 END', type: 'number' },
  parentWorkflowId: { sql: 'w.parent_workflow_id', type: 'text' },
  reasonForIncompletion: { sql: 'w.reason', type: 'text' },
  event: { sql: 'w.event', type: 'text' },
  createdBy: { sql: 'w.created_by', type: 'text' },
  priority: { sql: 'w.priority', type: 'number' },
};
const texts = ['w.workflow_id', 'w.name', 'w.correlation_id', 'w.status', 'w.reason'];

/** A page of runs, without tasks; newest first unless the search says otherwise. */
export async function searchWorkflows(
  queries: Queries,
  definitions: PinnedDefinitions,
  search: WorkflowSearch,
): Promise<SearchResult<WorkflowView>> {
  const { where, orderBy, parameters } = searchSql(search, columns, texts, 'w.create_time DESC, w.workflow_id');
  const from = `FROM read_model.workflow AS w WHERE ${where}`;
  const rows = await queries.rows<WorkflowRow>(
    `SELECT ${workflowFields} ${from} ORDER BY ${orderBy} LIMIT ${search.size} OFFSET ${search.start}`,
    parameters,
  );
  return {
    totalHits: await countMatches(queries, from, parameters, search, rows.length),
    results: await workflowViews(queries, definitions, rows),
  };
}
