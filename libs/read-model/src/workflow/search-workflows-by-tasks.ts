import type { SearchCondition, SearchResult, TaskSearch, TaskSearchField, WorkflowView } from '@partitura/model';
import type { Database } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { countMatches } from '../search/count-matches.ts';
import { searchSql } from '../search/search-sql.ts';
import { withinTime } from '../search/within-time.ts';
import { taskSearchColumns, taskSearchTexts } from '../task/search-tasks.ts';
import { taskWithRun } from '../task/task-of-run.ts';
import { workflowFields, workflowViews, type WorkflowRow } from './workflow-view.ts';

/** Counting stops here: each run costs a look at its tasks. */
const countedByTasksMax = 10_000;

/** A page of runs of which some task attempt matches, each once, without tasks; newest first. */
export async function searchWorkflowsByTasks(
  database: Database,
  definitions: PinnedDefinitions,
  search: TaskSearch,
): Promise<SearchResult<WorkflowView>> {
  const { where, parameters } = searchSql(search, taskSearchColumns, taskSearchTexts, 't.task_id');
  const matching = namesTasks(search.where)
    ? // Few attempts: from them to their runs.
      `w.workflow_id IN (SELECT split_part(t.task_id, '~', 1) FROM ${taskWithRun} WHERE ${where})`
    : // From the newest run on, each by a short range of the tasks' primary key, until the page is full. OFFSET keeps
      // Postgres from joining all runs with all tasks instead.
      `EXISTS (SELECT FROM read_model.task AS t
         WHERE t.task_id >= w.workflow_id || '~' AND t.task_id < w.workflow_id || chr(127) AND (${where}) OFFSET 0)`;
  const from = `FROM read_model.workflow AS w WHERE ${matching}`;
  return withinTime(database, async (queries) => {
    const rows = await queries.rows<WorkflowRow>(
      `SELECT ${workflowFields} ${from}
       ORDER BY w.create_time DESC, w.workflow_id LIMIT ${search.size} OFFSET ${search.start}`,
      parameters,
    );
    return {
      totalHits: await countMatches(queries, from, parameters, search, rows.length, countedByTasksMax),
      results: await workflowViews(queries, definitions, rows),
    };
  });
}

/** Whether the search can only match attempts that it names. */
function namesTasks(where: SearchCondition<TaskSearchField> | undefined): boolean {
  if (where?.kind === 'all') return where.of.some((part) => namesTasks(part));
  return where?.kind === 'oneOf' && (where.field === 'taskId' || where.field === 'workflowId');
}
