import type { SearchResult, TaskSearch, WorkflowView } from '@partitura/model';
import type { Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql } from '../search/search-sql.ts';
import { taskSearchColumns, taskSearchTexts } from '../task/search-tasks.ts';
import { workflowFields, workflowViews, type WorkflowRow } from './workflow-view.ts';

/** A page of runs of which some task attempt matches, each once, without tasks; newest first. */
export async function searchWorkflowsByTasks(
  queries: Queries,
  definitions: PinnedDefinitions,
  search: TaskSearch,
): Promise<SearchResult<WorkflowView>> {
  const { where, parameters } = searchSql(search, taskSearchColumns, taskSearchTexts, 't.task_id');
  // Attempts of a run stand together in the primary key, so each run is looked at by a short range of it.
  const from = `FROM read_model.workflow AS w WHERE EXISTS (
    SELECT FROM read_model.task AS t
    WHERE t.task_id >= w.workflow_id || '~' AND t.task_id < w.workflow_id || chr(127) AND (${where}))`;
  const rows = await queries.rows<WorkflowRow>(
    `SELECT ${workflowFields} ${from} ORDER BY w.create_time DESC, w.workflow_id LIMIT ${search.size} OFFSET ${search.start}`,
    parameters,
  );
  return {
    totalHits: await countMatches(queries, from, parameters, search, rows.length),
    results: await workflowViews(queries, definitions, rows),
  };
}
