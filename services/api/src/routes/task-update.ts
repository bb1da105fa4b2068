import { ApiError, readTaskUpdate, type TaskUpdate } from '@partitura/conductor-api';
import { isEnded, isUserWorkflowId, taskId, workflowOfTask, type TaskResult, type WorkflowId } from '@partitura/model';
import { limits, type Queue } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import { markDecision, sendEmpty, sendJson, sendNoContent, sendText } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { absent, requireTaskType, serve, unknownRun, withinLimit, type Call, type RouteContext } from './context.ts';
import { pollQueue } from './task-poll.ts';
import { provenTaskId, provenUpdate } from './task-proof.ts';

/** How long an update waits for the worker's next task. */
const nextTaskWaitMs = 100;

/** Reports of workers. */
export function taskUpdateRoutes(app: FastifyInstance, context: RouteContext): void {
  const { clock } = context.ports;

  serve(app, 'updateTask', async (call) => {
    const { body, reply, request } = call;
    const update = readTaskUpdate(readMembers(body), 'updateTask', clock.now());
    const done = await report(context, call, provenUpdate(context, request, update));
    if (done !== undefined) markDecision(reply, done);
    return sendText(reply, update.taskId);
  });

  serve(app, 'updateTaskAndPoll', async (call) => {
    const { body, reply, request } = call;
    const update = provenUpdate(context, request, readTaskUpdate(readMembers(body), 'updateTaskV2', clock.now()));
    const done = await report(context, call, update);
    if (done !== undefined) markDecision(reply, done);
    const next = await nextTask(context, call, update);
    return next === undefined ? sendNoContent(reply) : sendJson(reply, context.handOuts.text(next, request));
  });

  serve(app, 'addTaskLog', async (call) => {
    const { path, body, reply } = call;
    if (body.length === 0) throw new ApiError(400, 'Required request body is missing');
    if (body.length > limits.textChars) throw new ApiError(413, `a log line has at most ${limits.textChars} bytes`);
    const id = provenTaskId(context, call.request, path('taskId'));
    if (call.request.taskTypes !== undefined) await requireOwnTask(context, call, id);
    const run = workflowOfTask(id);
    // Conductor takes lines for tasks that it does not know; so do we, and drop them.
    if (run === undefined || !isUserWorkflowId(run)) return sendEmpty(reply);
    const log = { message: lineOf(body), at: clock.now() };
    const done = await context.dispatcher
      .dispatch(call, run, { type: 'AddTaskLogs', taskId: taskId(id), logs: [log] })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      });
    if (done !== undefined) markDecision(reply, done);
    return sendEmpty(reply);
  });
}

/** Sends the report to the run that the task's own id names. */
async function report(
  context: RouteContext,
  by: Call,
  update: TaskUpdate,
): Promise<{ readonly partition: number; readonly offset: number } | undefined> {
  const run = runOf(update);
  if (by.request.taskTypes !== undefined) await requireOwnTask(context, by, update.taskId);
  if (update.result === undefined) {
    await requireEnded(context, update, run);
    return undefined;
  }
  const result = checkedResult(update.result);
  const taken = context.ports.queues.takeReport(result.taskId);
  if (taken === undefined) return context.dispatcher.dispatch(by, run, result);
  if (taken.principal !== by.principal) {
    // The journal names for each step who took it.
    taken.release();
    return context.dispatcher.dispatch(by, run, result);
  }
  try {
    const done = await context.dispatcher.dispatch(by, run, { begun: taken.begun, ...result });
    taken.recorded();
    return done;
  } catch (error) {
    taken.release();
    throw error;
  }
}

/** A worker that is limited to some task types reports about these only. */
async function requireOwnTask(context: RouteContext, { request }: Call, id: string): Promise<void> {
  const queue = context.ports.queues.queueOf(id) ?? (await queueFromReadModel(context, id));
  requireTaskType(request, queue?.type ?? 'unknown');
}

function runOf({ taskId: id, workflowInstanceId }: TaskUpdate): WorkflowId {
  const run = workflowOfTask(id) ?? workflowInstanceId;
  if (!isUserWorkflowId(run)) throw unknownRun(workflowInstanceId);
  return run as WorkflowId;
}

/** A report within the limits; what is too long in it is cut off. */
export function checkedResult(result: TaskResult): TaskResult {
  withinLimit(result.output, 'the output');
  if (result.logs.length === 0 && result.reason === undefined) return result;
  const reason = result.reason?.slice(0, limits.textChars);
  const logs = result.logs.map((log) => ({ ...log, message: log.message.slice(0, limits.textChars) }));
  return { ...result, ...(reason !== undefined && { reason }), logs };
}

/** A report without status means something only where there is nothing left to report. */
async function requireEnded(context: RouteContext, update: TaskUpdate, run: WorkflowId): Promise<void> {
  const freshness = await context.fresh.ofAggregate(run);
  const task = await context.ports.readModel.task(update.taskId);
  if (task === undefined) throw absent(freshness, new ApiError(404, `No such task found by id: ${update.taskId}`));
  if (!isEnded(task.status)) throw missingStatus();
}

export const missingStatus = (): ApiError => new ApiError(400, 'Task status cannot be null or empty');

/** The next task of the queue that the reported one came from; none after progress and lease extensions. */
async function nextTask(context: RouteContext, call: Call, { taskId: id, result }: TaskUpdate) {
  if (result === undefined || result.status === 'IN_PROGRESS') return undefined;
  const queue = context.ports.queues.queueOf(id) ?? (await queueFromReadModel(context, id));
  if (queue === undefined) return undefined;
  const { workerId } = result;
  const request = { count: 1, timeoutMs: nextTaskWaitMs, ...queue, ...(workerId !== undefined && { workerId }) };
  const { tasks } = await pollQueue(context, call, request);
  return tasks[0];
}

async function queueFromReadModel({ ports }: RouteContext, id: string): Promise<Queue | undefined> {
  const task = await ports.readModel.task(id);
  if (task === undefined) return undefined;
  return { type: task.taskType, ...(task.domain !== undefined && { domain: task.domain }) };
}

/** The text of a log line: some SDKs send it as a JSON string, others as it is. */
function lineOf(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8');
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
