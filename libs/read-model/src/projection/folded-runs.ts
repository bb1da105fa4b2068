import { Payload, type Decided, type WorkflowView } from '@partitura/model';
import { definitionIn } from '../definition/pinned-definitions.ts';
import { taskView } from '../task/task-view.ts';
import { rowOfTask } from '../task/row-of-task.ts';
import { rowOfWorkflow } from '../workflow/row-of-workflow.ts';
import { columnsOf, withTasks } from '../workflow/workflow-view.ts';
import { PartitionChanges } from './partition-changes.ts';

const notArchived = Number.POSITIVE_INFINITY;
const noRecord = new Uint8Array();

/**
 * What readers would see of runs whose whole history is at hand, worked out in memory by the projection itself: for
 * runs that are never written anywhere, and to compare what is written with what it should be.
 */
export class FoldedRuns {
  readonly #changes = new PartitionChanges(notArchived);
  readonly #partition: number;

  /** @param partition of the journal; 0 where there is no journal */
  constructor(partition = 0) {
    this.#partition = partition;
  }

  /** Folds the next entry; each run's history from its start on. */
  apply(entry: Decided, offset: number): void {
    this.#changes.apply(entry, offset, noRecord);
  }

  /**
   * The run with its attempts; undefined when there is none. `pinned` serves definitions that no entry carried.
   */
  view(workflowId: string, pinned: (hash: string) => Payload = () => Payload.empty): WorkflowView | undefined {
    const change = this.#changes.workflows.get(workflowId);
    const start = change?.started;
    if (change === undefined || start === undefined) return undefined;
    const carried = this.#changes.definitions.get(start.definitionHash);
    const definition = carried === undefined ? pinned(start.definitionHash) : definitionIn(carried);
    const run: WorkflowView = {
      ...columnsOf(rowOfWorkflow(change, start, this.#partition)),
      definition,
      tasks: [],
    };
    const prefix = `${workflowId}~${change.startIndex.toString(36)}.`;
    const tasks = [...this.#changes.tasks.values()]
      .filter(({ taskId }) => taskId.startsWith(prefix))
      .flatMap((task) => rowOfTask(task) ?? [])
      .map((row) => taskView(row, run, definition))
      .sort((a, b) => a.seq - b.seq || a.attempt - b.attempt);
    return withTasks(run, tasks);
  }
}
