import {
  isEnded,
  tasksInOrder,
  type Payload,
  type TaskView,
  type WorkflowDef,
  type WorkflowView,
} from '@partitura/model';
import type { ReadModel } from '@partitura/read-model';

/** A task of a run, or of a child in which the run waits. */
export interface FoundTask {
  readonly run: WorkflowView;
  readonly task: TaskView;
}

const depthMax = 10;

/** The first task that is asked for; children of running SUB_WORKFLOW tasks are looked through too, depth first. */
export async function findTask(
  run: WorkflowView,
  isWanted: (task: TaskView) => boolean,
  readModel: Pick<ReadModel, 'workflow'>,
  depth = 0,
): Promise<FoundTask | undefined> {
  const task = run.tasks.find(isWanted);
  if (task !== undefined) return { run, task };
  if (depth >= depthMax) return undefined;
  for (const { taskType, status, subWorkflowId } of run.tasks) {
    if (taskType !== 'SUB_WORKFLOW' || isEnded(status) || subWorkflowId === undefined) continue;
    const child = await readModel.workflow(subWorkflowId, { includeTasks: true });
    const found = child && (await findTask(child, isWanted, readModel, depth + 1));
    if (found) return found;
  }
  return undefined;
}

const mayBlockByDefinition = new WeakMap<Payload, boolean>();
/** Waits, and tasks that may turn out to be waits or have them inside. */
const blockingTypes: ReadonlySet<string> = new Set(['WAIT', 'SUB_WORKFLOW', 'DYNAMIC', 'FORK_JOIN_DYNAMIC']);

/** Whether a run of this definition can come to wait for a signal, itself or in a child. */
export function mayBlock(definition: Payload): boolean {
  let may = mayBlockByDefinition.get(definition);
  if (may === undefined) {
    const tasks = tasksInOrder(definition.object as unknown as WorkflowDef);
    may = tasks.some(({ type }) => blockingTypes.has(type));
    mayBlockByDefinition.set(definition, may);
  }
  return may;
}

/** A WAIT that has not ended. */
export function isOpenWait({ taskType, status }: TaskView): boolean {
  return taskType === 'WAIT' && !isEnded(status);
}

/** What a synchronous call stops at: a WAIT that only a signal ends, or one of some references once it has ended. */
export function blocks(references: readonly string[]): (task: TaskView) => boolean {
  return (task) => {
    if (isEnded(task.status)) return references.includes(task.referenceName);
    return isOpenWait(task) && !('duration' in task.input.object) && !('until' in task.input.object);
  };
}
