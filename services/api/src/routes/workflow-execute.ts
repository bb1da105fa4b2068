import { ApiError, readStartRequest, type RunShown } from '@partitura/conductor-api';
import { Fault, Payload, workflowId, type StartWorkflow, type WorkflowId } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import type { Done, Sender } from '../commands/dispatcher.ts';
import { markDecision, sendJson } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { blocks, mayBlock, type FoundTask } from './blocking-task.ts';
import { serve, type RouteContext } from './context.ts';
import { answerText, readStrategy, readWait, watch, type Stop } from './synchronous.ts';
import { startKeyed } from './keyed-start.ts';
import { checkedStart } from './workflow-start.ts';

/**
 * Synchronous execution: a start that is answered when the run has ended, or waits for somebody.
 *
 * The decider's answer tells of the ended run, so nothing is read and no read model is waited for. Runs that may wait
 * for somebody are looked at besides, and runs too large for an answer are read when they have ended.
 */
export function workflowExecuteRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'executeWorkflow', async (call) => {
    const { path, query, body, reply } = call;
    const version = versionOf(path('version'));
    const waitMs = readWait(query);
    const strategy = readStrategy(query);
    const members = new Map(readMembers(body)).set('name', Payload.of(path('name')));
    if (version === 0) members.delete('version');
    else members.set('version', Payload.of(version));
    const start = checkedStart(readStartRequest(members, 'executeWorkflow'), context, 'executeWorkflow');
    const ran = await execute(context, call, start, waitMs, query.list('waitUntilTaskRef') ?? []);
    if (ran.done !== undefined) markDecision(reply, ran.done);
    const requestId = query.text('requestId') ?? context.ports.freshId();
    return sendJson(reply, answerText(context, { strategy, requestId, ...ran }, ran.blocking));
  });
}

interface Ran {
  readonly target: RunShown;
  readonly blocking: FoundTask | undefined;
  readonly timedOut: boolean;
  readonly done: Done | undefined;
}

/** How long a run that has ended, as the decider says, may take to be seen so by readers. */
const visibleMs = 10_000;

/** Who names an idempotency key whose run is there already is answered with that run. */
async function execute(
  context: RouteContext,
  by: Sender,
  start: StartWorkflow,
  waitMs: number,
  references: readonly string[],
): Promise<Ran> {
  const run = (id: WorkflowId): Promise<Ran> => runUntil(context, by, id, start, waitMs, references);
  const { idempotencyKey } = start;
  if (idempotencyKey === undefined) return run(workflowId(context.ports.freshId()));
  const started = await startKeyed(context, { ...start, idempotencyKey }, run);
  if ('sent' in started) return started.sent;
  const target = await read(context, started.existing.workflowId, undefined);
  return { target, blocking: undefined, timedOut: false, done: undefined };
}

async function runUntil(
  context: RouteContext,
  by: Sender,
  id: WorkflowId,
  start: StartWorkflow,
  waitMs: number,
  references: readonly string[],
): Promise<Ran> {
  const ended = context.dispatcher
    .dispatch(by, id, { ...start, replyWhenEnded: true }, { timeoutMs: waitMs })
    .then((done) => ({ done }), notAnswered);
  const first = await (mayStop(context, start, references) ? stopOr(ended, context, id, references) : ended);
  if ('target' in first) return { ...first, timedOut: false, done: undefined };
  const { done } = first;
  const told = done?.run && context.endedRuns.shown(done.run, start);
  const target = told ?? (await read(context, id, done));
  return { target, done, timedOut: done === undefined, blocking: undefined };
}

/** Whichever comes first: the end, or a stop at which the run waits for somebody. */
async function stopOr<T>(
  ended: Promise<T>,
  context: RouteContext,
  id: WorkflowId,
  references: readonly string[],
): Promise<T | Stop> {
  const looking = new AbortController();
  const stop = watch(context, id, blocks(references), ({ blocking }) => blocking !== undefined, looking.signal);
  return Promise.race([ended, stop]).finally(() => looking.abort());
}

/** Whether the run may come to a stop before its end at which the caller wants to be answered. */
function mayStop({ ports }: RouteContext, start: StartWorkflow, references: readonly string[]): boolean {
  if (references.length > 0) return true;
  const definition = start.definition ?? ports.definitions.workflow(start.name, start.version);
  return definition === undefined || mayBlock(definition);
}

async function read(context: RouteContext, id: WorkflowId, done: Done | undefined): Promise<RunShown> {
  const { stale } =
    done === undefined
      ? await context.fresh.ofAggregate(id)
      : await context.fresh.ofDecision(done.partition, done.offset, visibleMs);
  const target = await context.ports.readModel.workflow(id, { includeTasks: true });
  // Of a run that is known to have ended nobody is told that it runs.
  if (target === undefined || (stale && done !== undefined)) {
    throw new ApiError(503, 'the workflow was sent but is not visible yet', { retryAfterSeconds: 1 });
  }
  return target;
}

/** No answer in time means that the run goes on; everything else is an error. */
function notAnswered(error: unknown): { readonly done: undefined } {
  if (error instanceof Fault && error.code === 'NO_ANSWER') return { done: undefined };
  throw error;
}

/** The path names the workflow; 0 is the highest version. */
function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isSafeInteger(version)) throw new ApiError(400, `a version is a whole number, not ${text}`);
  return version;
}
