import { listText, notFound, readTaskSearch, taskLogsText, taskSummaryText, taskText } from '@partitura/conductor-api';
import { isUserWorkflowId, workflowOfTask } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { markFreshness, sendJson, sendNoContent } from '../http/answers.ts';
import { minimumPositions } from './minimum-position.ts';
import { serve, type Call, type RouteContext } from './context.ts';

/** Reading task attempts and their logs. */
export function taskReadRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;

  serve(app, 'getTask', async (call) => {
    const id = call.path('taskId');
    const task = (await awaitTask(context, call, id)) ? await readModel.task(id) : undefined;
    if (task === undefined) throw notFound(`Task not found for taskId: ${id}`);
    return sendJson(
      call.reply,
      taskText(task, { ...context.rendering(), isNotFollowed: false, isReplacedByRetry: false }),
    );
  });

  serve(app, 'getTaskLogs', async (call) => {
    const id = call.path('taskId');
    const logs = (await awaitTask(context, call, id)) ? await readModel.taskLogs(id) : [];
    return logs.length === 0 ? sendNoContent(call.reply) : sendJson(call.reply, taskLogsText(id, logs));
  });

  serve(app, 'searchTasks', async ({ query, request, reply }) => {
    const search = readTaskSearch(query);
    markFreshness(reply, await context.fresh.ofList(minimumPositions(request.headers, context.settings.partitions)));
    const { totalHits, results } = await readModel.searchTasks(search);
    const { now } = context.rendering();
    return sendJson(
      reply,
      `{"totalHits":${totalHits},"results":${listText(results.map((task) => taskSummaryText(task, now)))}}`,
    );
  });
}

/** Waits until the read model knows what was acknowledged; false for texts that are no task id at all. */
async function awaitTask(context: RouteContext, { reply }: Call, id: string): Promise<boolean> {
  const run = workflowOfTask(id);
  if (run === undefined || !isUserWorkflowId(run)) return false;
  markFreshness(reply, await context.fresh.ofAggregate(run));
  return true;
}
