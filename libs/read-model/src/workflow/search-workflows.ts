import type { SearchResult, WorkflowSearch, WorkflowSearchField, WorkflowView } from '@partitura/model';
import { storable, type Database, type Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql, type SearchColumns, type SearchSql } from '../search/search-sql.ts';
import { withinTime } from '../search/within-time.ts';
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
  input: { sql: 'w.input', type: 'document' },
  output: { sql: 'w.output', type: 'document' },
};
const texts = ['w.workflow_id', 'w.name', 'w.correlation_id', 'w.status', 'w.reason'];
const newestFirst = 'w.create_time DESC, w.workflow_id';

/**
 * A page of runs, without tasks; newest first unless the search says otherwise. One word of free text that is exactly
 * an id, a correlation id or a name means the runs that it names; only otherwise texts are looked through for it.
 */
export function searchWorkflows(
  database: Database,
  definitions: PinnedDefinitions,
  search: WorkflowSearch,
): Promise<SearchResult<WorkflowView>> {
  return withinTime(database, async (queries) => {
    const word = search.text?.trim() ?? '';
    for (const named of word === '' || /\s/.test(word) ? [] : [byId, byName]) {
      const found = await page(queries, definitions, search, namedBy(search, word, named));
      if (found.totalHits > 0) return found;
    }
    return page(queries, definitions, search, searchSql(search, columns, texts, newestFirst));
  });
}

// Two small look-ups first: an OR in the condition itself would be answered by walking through all runs by time.
const byId = (word: string): string => `w.workflow_id IN (
  SELECT n.workflow_id FROM read_model.workflow AS n WHERE n.workflow_id = ${word}
  UNION ALL SELECT n.workflow_id FROM read_model.workflow AS n WHERE n.correlation_id = ${word})`;
const byName = (word: string): string => `w.name = ${word}`;

function namedBy(search: WorkflowSearch, word: string, condition: (placeholder: string) => string): SearchSql {
  const { where: wanted, orderBy: order, start, size } = search;
  const rest = { ...(wanted !== undefined && { where: wanted }), orderBy: order, start, size };
  const { where, orderBy, parameters } = searchSql(rest, columns, [], newestFirst);
  return {
    where: `${condition(`$${parameters.length + 1}`)} AND ${where}`,
    orderBy,
    parameters: [...parameters, storable(word)],
  };
}

async function page(
  queries: Queries,
  definitions: PinnedDefinitions,
  search: WorkflowSearch,
  { where, orderBy, parameters }: SearchSql,
): Promise<SearchResult<WorkflowView>> {
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
