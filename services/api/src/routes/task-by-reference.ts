import { badRequest, notFound, workflowText, type ApiError } from '@partitura/conductor-api';
import {
  isEnded,
  isUserWorkflowId,
  Payload,
  reportableStatuses,
  type ReportableStatus,
  type TaskView,
  type WorkflowView,
} from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import type { Done, Sender } from '../commands/dispatcher.ts';
import { markDecision, sendEmpty, sendJson, sendText } from '../http/answers.ts';
import { readObject } from '../http/json-body.ts';
import { absent, serve, unknownRun, withinLimit, type Call, type RouteContext } from './context.ts';

/** Reports about the open task under a reference name: for people and programs that know no task ids. */
export function taskByReferenceRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'updateTaskByReference', async (call) => {
    const report = reportOf(call);
    const task = await freshOpenTask(context, call.path('workflowId'), call.path('taskRefName'));
    // Conductor says nothing about tasks that are not there, nor about runs.
    if (task === undefined) return sendEmpty(call.reply);
    markDecision(call.reply, await reportMerged(context, call, task, report));
    return sendText(call.reply, task.taskId);
  });

  serve(app, 'updateTaskByReferenceSync', async (call) => {
    const report = reportOf(call);
    const task = await freshOpenTask(context, call.path('workflowId'), call.path('taskRefName'));
    if (task === undefined) throw noOpenTask(call.path('workflowId'), call.path('taskRefName'));
    const done = await reportMerged(context, call, task, report);
    markDecision(call.reply, done);
    await context.fresh.ofDecision(done.partition, done.offset);
    const run = await context.ports.readModel.workflow(task.workflowId, { includeTasks: true });
    if (run === undefined) throw unknownRun(task.workflowId);
    return sendJson(call.reply, workflowText(run, context.rendering()));
  });
}

export const noOpenTask = (run: string, reference: string): ApiError =>
  notFound(`Found no running task ${reference} of workflow ${run} to update`);

export interface Report {
  readonly status: ReportableStatus;
  readonly output: Payload;
  readonly workerId: string | undefined;
}

/** Status from the path, output from the body. */
export function reportOf({ path, query, body }: Call): Report {
  const text = path('status');
  const status = reportableStatuses.find((known) => known === text);
  if (status === undefined) throw badRequest(`status must be one of ${reportableStatuses.join(', ')}, not ${text}`);
  return { status, output: readObject(body), workerId: query.text('workerid') };
}

/** Reports with the given output merged over what the task has reported before. */
export function reportMerged(context: RouteContext, by: Sender, task: TaskView, report: Report): Promise<Done> {
  const { status, output, workerId } = report;
  const before = task.output.object;
  const merged = Object.keys(before).length === 0 ? output : Payload.of({ ...before, ...output.object });
  return context.dispatcher.dispatch(by, task.workflowId, {
    type: 'TaskResult',
    taskId: task.taskId,
    status,
    output: withinLimit(merged, 'the output'),
    callbackAfterSeconds: 0,
    ...(workerId !== undefined && { workerId }),
    extendLease: false,
    logs: [],
  });
}

/** A run with its tasks, as everything acknowledged so far has left it; throws 503 where one may be on its way. */
export async function freshRunWithTasks(
  context: RouteContext,
  id: string,
): Promise<{ readonly run: WorkflowView; readonly stale: boolean } | undefined> {
  if (!isUserWorkflowId(id)) return undefined;
  const { stale } = await context.fresh.ofAggregate(id);
  const run = await context.ports.readModel.workflow(id, { includeTasks: true });
  if (run !== undefined) return { run, stale };
  if (stale) throw absent({ stale }, unknownRun(id));
  return undefined;
}

/** The open task under a reference; throws 503 where it may be on its way: a report that nobody took would be lost. */
export async function freshOpenTask(
  context: RouteContext,
  id: string,
  reference: string,
): Promise<TaskView | undefined> {
  const found = await freshRunWithTasks(context, id);
  if (found === undefined) return undefined;
  const task = openTaskOf(found.run, reference);
  if (task === undefined && found.stale) throw absent(found, noOpenTask(id, reference));
  return task;
}

/** The first open task under the reference; failing that, the one of a loop whose name without iteration it is. */
function openTaskOf(run: WorkflowView, reference: string): TaskView | undefined {
  const open = run.tasks.filter(({ status }) => !isEnded(status));
  return (
    open.find(({ referenceName }) => referenceName === reference) ??
    open.find(({ referenceName }) => referenceName.replace(/__\d+$/, '') === reference)
  );
}
