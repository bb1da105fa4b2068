import type {
  Payload,
  SearchResult,
  TaskLog,
  TaskSearch,
  TaskView,
  WorkflowSearch,
  WorkflowView,
} from '@partitura/model';
import type { Database } from '@partitura/postgres';
import { readHistory, type ArchivedHistory } from './archive/read-history.ts';
import { PinnedDefinitions } from './definition/pinned-definitions.ts';
import { findTask } from './task/find-task.ts';
import { listOpenTasks } from './task/list-open-tasks.ts';
import { listTasks, type TaskPage } from './task/list-tasks.ts';
import { searchTasks } from './task/search-tasks.ts';
import { findTaskLogs } from './task-log/find-task-logs.ts';
import { findCorrelated, type CorrelatedQuery } from './workflow/find-correlated.ts';
import { findWorkflow } from './workflow/find-workflow.ts';
import { listRunning, type RunningQuery } from './workflow/list-running.ts';
import { searchWorkflowsByTasks } from './workflow/search-workflows-by-tasks.ts';
import { searchWorkflows } from './workflow/search-workflows.ts';

/**
 * Everything that can be asked of the read model. Rejects with the faults of the database port, and with
 * `INVALID_SEARCH` and `TOO_MANY_TASKS`.
 */
export class ReadModel {
  readonly #database: Database;
  readonly #definitions = new PinnedDefinitions();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest run under this id. */
  workflow(id: string, options: { readonly includeTasks: boolean }): Promise<WorkflowView | undefined> {
    return findWorkflow(this.#database, this.#definitions, id, options);
  }

  /** A page of runs, without tasks. */
  searchWorkflows(search: WorkflowSearch): Promise<SearchResult<WorkflowView>> {
    return searchWorkflows(this.#database, this.#definitions, search);
  }

  /** A page of runs of which some task attempt matches, without tasks. */
  searchWorkflowsByTasks(search: TaskSearch): Promise<SearchResult<WorkflowView>> {
    return searchWorkflowsByTasks(this.#database, this.#definitions, search);
  }

  /** Ids of runs of one name, oldest first. */
  running(query: RunningQuery): Promise<readonly string[]> {
    return listRunning(this.#database, query);
  }

  /** Runs by correlation id; every asked id is a key. */
  correlated(query: CorrelatedQuery): Promise<ReadonlyMap<string, readonly WorkflowView[]>> {
    return findCorrelated(this.#database, this.#definitions, query);
  }

  /** One task attempt. */
  task(id: string): Promise<TaskView | undefined> {
    return findTask(this.#database, this.#definitions, id);
  }

  /** A page of task attempts of all runs. */
  searchTasks(search: TaskSearch): Promise<SearchResult<TaskView>> {
    return searchTasks(this.#database, this.#definitions, search);
  }

  /** A page of the attempts of one type that have not ended, oldest first. */
  openTasks(query: {
    readonly taskType: string;
    readonly start: number;
    readonly count: number;
  }): Promise<readonly TaskView[]> {
    return listOpenTasks(this.#database, this.#definitions, query);
  }

  /** A page of the task attempts of a run; undefined when there is no such run. */
  tasks(workflowId: string, page: TaskPage): Promise<SearchResult<TaskView> | undefined> {
    return listTasks(this.#database, this.#definitions, workflowId, page);
  }

  /** What workers logged for one task attempt. */
  taskLogs(taskId: string): Promise<readonly TaskLog[]> {
    return findTaskLogs(this.#database, taskId);
  }

  /** The history of the newest run under an id, and how far the archive of its partition goes. */
  history(partition: number, workflowId: string): Promise<ArchivedHistory> {
    return readHistory(this.#database, partition, workflowId);
  }

  /** Archived bodies of definitions that histories are pinned to; the answer is the empty object for unknown hashes. */
  pinned(hashes: Iterable<string>): Promise<(hash: string) => Payload> {
    return this.#definitions.load(this.#database, hashes);
  }
}
