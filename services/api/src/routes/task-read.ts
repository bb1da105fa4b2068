import { listText, notFound, readTaskSearch, taskLogsText, taskSummaryText, taskText } from '@partitura/conductor-api';
import { isUserWorkflowId, workflowOfTask, type SearchResult, type TaskView } from '@partitura/model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { markFreshness, sendJson, sendNoContent } from '../http/answers.ts';
import type { Freshness } from '../reads/freshness.ts';
import { freshList } from './fresh-list.ts';
import { readableTaskId } from './task-proof.ts';
import { absent, serve, type Call, type RouteContext } from './context.ts';

/** Reading task attempts and their logs. */
export function taskReadRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;
  const { searches } = context;

  serve(app, 'getTask', async (call) => {
    const id = readableTaskId(context, call.path('taskId'));
    const unknown = notFound(`Task not found for taskId: ${id}`);
    const freshness = await awaitTask(context, call, id);
    if (freshness === undefined) throw unknown;
    const task = await readModel.task(id);
    if (task === undefined) throw absent(freshness, unknown);
    return sendJson(
      call.reply,
      taskText(task, { ...context.rendering(), isNotFollowed: false, isReplacedByRetry: false }),
    );
  });

  serve(app, 'getTaskLogs', async (call) => {
    const id = readableTaskId(context, call.path('taskId'));
    const logs = (await awaitTask(context, call, id)) === undefined ? [] : await readModel.taskLogs(id);
    return logs.length === 0 ? sendNoContent(call.reply) : sendJson(call.reply, taskLogsText(id, logs));
  });

  serve(app, 'searchTasks', async (call) => {
    const search = readTaskSearch(call.query);
    await freshList(context, call);
    const { now } = context.rendering();
    return sendPage(call.reply, await searches.run(() => readModel.searchTasks(search)), (task) =>
      taskSummaryText(task, now),
    );
  });

  serve(app, 'searchTasksV2', async (call) => {
    const search = readTaskSearch(call.query);
    await freshList(context, call);
    const surround = { ...context.rendering(), isNotFollowed: false, isReplacedByRetry: false };
    return sendPage(call.reply, await searches.run(() => readModel.searchTasks(search)), (task) =>
      taskText(task, surround),
    );
  });
}

function sendPage(
  reply: FastifyReply,
  { totalHits, results }: SearchResult<TaskView>,
  text: (task: TaskView) => string,
): FastifyReply {
  return sendJson(reply, `{"totalHits":${totalHits},"results":${listText(results.map((task) => text(task)))}}`);
}

/** Waits until the read model knows what was acknowledged; undefined for texts that are no task id at all. */
async function awaitTask(context: RouteContext, { reply }: Call, id: string): Promise<Freshness | undefined> {
  const run = workflowOfTask(id);
  if (run === undefined || !isUserWorkflowId(run)) return undefined;
  const freshness = await context.fresh.ofAggregate(run);
  markFreshness(reply, freshness);
  return freshness;
}
