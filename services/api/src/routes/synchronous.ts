import {
  ApiError,
  returnStrategies,
  taskRunText,
  workflowRunText,
  type Parameters,
  type Signalled,
} from '@partitura/conductor-api';
import { sleep } from '@partitura/log';
import type { TaskView, WorkflowId, WorkflowView } from '@partitura/model';
import { findTask, type FoundTask } from './blocking-task.ts';
import type { RouteContext } from './context.ts';

/** A run as a synchronous call found it, and the task for which it waits, if it does. */
export interface Stop {
  readonly target: WorkflowView;
  readonly blocking: FoundTask | undefined;
}

const firstLookMs = 100;
const lookMsMax = 1_000;

/** Looks at a run, less and less often, until `isStop`; never resolves once nobody listens any more. */
export async function watch(
  context: RouteContext,
  id: WorkflowId,
  isWanted: (task: TaskView) => boolean,
  isStop: (stop: Stop) => boolean,
  stopped: AbortSignal,
): Promise<Stop> {
  const { clock, readModel, logger } = context.ports;
  for (let pause = firstLookMs; ; pause = Math.min(pause * 1.5, lookMsMax)) {
    await sleep(clock, pause);
    if (stopped.aborted) return new Promise(() => undefined);
    try {
      // Not made fresh: a look that comes too early is followed by another, and making the projector hurry costs everybody.
      const target = await readModel.workflow(id, { includeTasks: true });
      const stop = target && { target, blocking: await findTask(target, isWanted, readModel) };
      if (stop && isStop(stop)) return stop;
    } catch (error) {
      logger.warn({ error }, 'a run that somebody waits for could not be looked at');
    }
  }
}

export function hasEnded({ target }: Stop): boolean {
  return target.status !== 'RUNNING' && target.status !== 'PAUSED';
}

export const readStrategy = (query: Parameters): Signalled['strategy'] =>
  query.choice('returnStrategy', returnStrategies, 'TARGET_WORKFLOW');

/** The answer in the form that the caller chose. */
export function answerText(context: RouteContext, about: Signalled, blocking: FoundTask | undefined): string {
  switch (about.strategy) {
    case 'TARGET_WORKFLOW':
      return workflowRunText(about, about.target, context.rendering());
    case 'BLOCKING_WORKFLOW':
      return workflowRunText(about, blocking?.run ?? about.target, context.rendering());
    case 'BLOCKING_TASK':
    case 'BLOCKING_TASK_INPUT':
      if (blocking === undefined) throw new ApiError(409, 'The workflow does not wait for a task');
      return taskRunText(about, blocking.task);
  }
}
