import { isEnded, type TaskView, type WorkflowView } from '@partitura/model';
import type { ReadModel } from '@partitura/read-model';

/** Where a run waits for somebody outside. */
export interface Blocking {
  readonly run: WorkflowView;
  readonly task: TaskView;
}

const depthMax = 10;

/**
 * The task for which a run waits: a WAIT that only a signal ends, or one of the named references once it has ended.
 * Children of running SUB_WORKFLOW tasks are looked at too.
 */
export async function findBlocking(
  run: WorkflowView,
  references: readonly string[],
  readModel: Pick<ReadModel, 'workflow'>,
  depth = 0,
): Promise<Blocking | undefined> {
  const task = run.tasks.find((one) => isBlocking(one, references));
  if (task !== undefined) return { run, task };
  if (depth >= depthMax) return undefined;
  for (const { taskType, status, subWorkflowId } of run.tasks) {
    if (taskType !== 'SUB_WORKFLOW' || isEnded(status) || subWorkflowId === undefined) continue;
    const child = await readModel.workflow(subWorkflowId, { includeTasks: true });
    const found = child && (await findBlocking(child, references, readModel, depth + 1));
    if (found) return found;
  }
  return undefined;
}

function isBlocking({ taskType, status, referenceName, input }: TaskView, references: readonly string[]): boolean {
  if (isEnded(status)) return references.includes(referenceName);
  return taskType === 'WAIT' && !('duration' in input.object) && !('until' in input.object);
}
