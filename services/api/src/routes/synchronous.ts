import {
  ApiError,
  returnStrategies,
  taskRunText,
  workflowRunText,
  type Parameters,
  type Signalled,
} from '@partitura/conductor-api';
import { sleep } from '@partitura/log';
import type { TaskId, TaskView, WorkflowId, WorkflowView } from '@partitura/model';
import { blocks, findTask, type FoundTask } from './blocking-task.ts';
import { unknownRun, type RouteContext } from './context.ts';
import { freshRunWithTasks } from './task-by-reference.ts';

/** A run as a synchronous call found it, and the task for which it waits, if it does. */
export interface Stop {
  readonly target: WorkflowView;
  readonly blocking: FoundTask | undefined;
}

const waitSecondsMax = 60;
const waitSecondsPreset = 10;

/** How long the caller wants to wait, in ms; 0 seconds mean what is usual. */
export function readWait(query: Parameters): number {
  const seconds = query.integer('waitForSeconds', 0);
  if (seconds < 0 || seconds > waitSecondsMax) {
    throw new ApiError(400, `waitForSeconds must lie within 0..${waitSecondsMax}`);
  }
  return (seconds === 0 ? waitSecondsPreset : seconds) * 1000;
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

/**
 * Where a run comes to rest after something was done with it: at its end, at the next WAIT, at one of some references
 * once it has ended, or where it is when the time is over.
 */
export async function standstill(
  context: RouteContext,
  id: string,
  at: { readonly references: readonly string[]; /** The task that it stood at before. */ readonly from?: TaskId },
  timeoutMs: number,
): Promise<{ readonly stop: Stop; readonly timedOut: boolean }> {
  const { readModel, clock } = context.ports;
  const isWanted = blocks(at.references);
  const isStop = (stop: Stop): boolean =>
    hasEnded(stop) || (stop.blocking !== undefined && stop.blocking.task.taskId !== at.from);
  const look = async (): Promise<Stop> => {
    const target = (await freshRunWithTasks(context, id))?.run;
    if (target === undefined) throw unknownRun(id);
    return { target, blocking: await findTask(target, isWanted, readModel) };
  };
  const now = await look();
  if (isStop(now)) return { stop: now, timedOut: false };
  const looking = new AbortController();
  const stopped = watch(context, now.target.workflowId, isWanted, isStop, looking.signal);
  const stop = await Promise.race([stopped, sleep(clock, timeoutMs)]).finally(() => looking.abort());
  return stop === undefined ? { stop: await look(), timedOut: true } : { stop, timedOut: false };
}

function hasEnded({ target }: Stop): boolean {
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
