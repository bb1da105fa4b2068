import {
  ApiError,
  readStartRequest,
  returnStrategies,
  taskRunText,
  workflowRunText,
  type Signalled,
} from '@partitura/conductor-api';
import { sleep } from '@partitura/log';
import {
  Fault,
  Payload,
  workflowId,
  type StartWorkflow,
  type TaskView,
  type WorkflowId,
  type WorkflowView,
} from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import type { Done } from '../commands/dispatcher.ts';
import { markDecision, sendJson } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { findBlocking, type Blocking } from './blocking-task.ts';
import { serve, type RouteContext } from './context.ts';
import { checkedStart } from './workflow-start.ts';

const waitSecondsMax = 60;
/** Most runs end before the first look; later looks come less and less often. */
const firstLookMs = 100;
const lookMsMax = 1_000;

/** Synchronous execution: a start that is answered when the run has ended, or waits for somebody. */
export function workflowExecuteRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'executeWorkflow', async ({ path, query, body, reply }) => {
    const version = versionOf(path('version'));
    const seconds = query.integer('waitForSeconds', 0);
    if (seconds < 0 || seconds > waitSecondsMax) {
      throw new ApiError(400, `waitForSeconds must lie within 0..${waitSecondsMax}`);
    }
    const strategy = query.choice('returnStrategy', returnStrategies, 'TARGET_WORKFLOW');
    const requestId = query.text('requestId') ?? context.ports.freshId();
    const members = new Map(readMembers(body)).set('name', Payload.of(path('name')));
    if (version === 0) members.delete('version');
    else members.set('version', Payload.of(version));
    const order = checkedStart(readStartRequest(members, 'executeWorkflow'), context, 'executeWorkflow');
    const ran = await execute(
      context,
      order,
      (seconds === 0 ? 10 : seconds) * 1000,
      query.list('waitUntilTaskRef') ?? [],
    );
    if (ran.done !== undefined) markDecision(reply, ran.done);
    const about: Signalled = { strategy, requestId, target: ran.target, timedOut: ran.timedOut };
    return sendJson(reply, answerText(context, about, ran.blocking));
  });
}

interface Ran {
  readonly target: WorkflowView;
  readonly blocking: Blocking | undefined;
  readonly timedOut: boolean;
  readonly done: Done | undefined;
}

async function execute(
  context: RouteContext,
  start: StartWorkflow,
  waitMs: number,
  refs: readonly string[],
): Promise<Ran> {
  const id = workflowId(context.ports.freshId());
  const until = context.ports.clock.monotonic() + waitMs;
  const ended = context.dispatcher
    .dispatch(id, { ...start, replyWhenEnded: true }, { timeoutMs: waitMs })
    .then((done) => ({ done }), notAnswered);
  const looking = new AbortController();
  const first = await Promise.race([ended, watch(context, id, refs, looking.signal)]).finally(() => looking.abort());
  if ('blocking' in first) return { ...first, timedOut: false, done: undefined };
  const { done } = first;
  // The run has ended: its end must be seen, as long as the client is willing to wait.
  const leftMs = Math.max(lookMsMax, until - context.ports.clock.monotonic());
  if (done !== undefined) await context.fresh.ofDecision(done.partition, done.offset, leftMs);
  else await context.fresh.ofAggregate(id);
  const target = await context.ports.readModel.workflow(id, { includeTasks: true });
  if (target === undefined) {
    throw new ApiError(503, 'the workflow was sent but is not visible yet', { retryAfterSeconds: 1 });
  }
  return { target, done, timedOut: done === undefined, blocking: undefined };
}

/** No answer in time means that the run goes on; everything else is an error. */
function notAnswered(error: unknown): { readonly done: undefined } {
  if (error instanceof Fault && error.code === 'NO_ANSWER') return { done: undefined };
  throw error;
}

/** Resolves when the run waits for somebody; never when it ends or when nobody listens any more. */
async function watch(
  context: RouteContext,
  id: WorkflowId,
  refs: readonly string[],
  stop: AbortSignal,
): Promise<{ readonly target: WorkflowView; readonly blocking: Blocking }> {
  const { clock, readModel, logger } = context.ports;
  for (let pause = firstLookMs; ; pause = Math.min(pause * 1.5, lookMsMax)) {
    await sleep(clock, pause);
    if (stop.aborted) return new Promise(() => undefined);
    try {
      await context.fresh.ofAggregate(id);
      const target = await readModel.workflow(id, { includeTasks: true });
      const blocking = target && (await findBlocking(target, refs, readModel));
      if (target && blocking) return { target, blocking };
    } catch (error) {
      logger.warn({ error }, 'a run that somebody waits for could not be looked at');
    }
  }
}

function answerText(context: RouteContext, about: Signalled, blocking: Blocking | undefined): string {
  switch (about.strategy) {
    case 'TARGET_WORKFLOW':
      return workflowRunText(about, about.target, context.rendering());
    case 'BLOCKING_WORKFLOW':
      return workflowRunText(about, blocking?.run ?? about.target, context.rendering());
    case 'BLOCKING_TASK':
    case 'BLOCKING_TASK_INPUT':
      return taskRunText(about, blockingTask(blocking));
  }
}

function blockingTask(blocking: Blocking | undefined): TaskView {
  if (blocking === undefined) throw new ApiError(409, 'The workflow does not wait for a task');
  return blocking.task;
}

/** The path names the workflow; 0 is the highest version. */
function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isSafeInteger(version)) throw new ApiError(400, `a version is a whole number, not ${text}`);
  return version;
}
