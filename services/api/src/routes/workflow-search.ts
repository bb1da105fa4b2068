import {
  listText,
  readTaskSearch,
  readWorkflowSearch,
  workflowSummaryText,
  workflowText,
} from '@partitura/conductor-api';
import type { SearchResult, WorkflowView } from '@partitura/model';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { serve, type RouteContext } from './context.ts';
import { freshList } from './fresh-list.ts';

/** Searching runs, by what they are or by what their tasks are. */
export function workflowSearchRoutes(app: FastifyInstance, context: RouteContext): void {
  const { readModel } = context.ports;
  const { searches } = context;

  serve(app, 'searchWorkflows', async (call) => {
    const search = readWorkflowSearch(call.query);
    await freshList(context, call);
    return sendPage(call.reply, await searches.run(() => readModel.searchWorkflows(search)), workflowSummaryText);
  });

  serve(app, 'searchWorkflowsV2', async (call) => {
    const search = readWorkflowSearch(call.query);
    await freshList(context, call);
    return sendPage(call.reply, await searches.run(() => readModel.searchWorkflows(search)), inFull(context));
  });

  serve(app, 'searchWorkflowsByTasks', async (call) => {
    const search = readTaskSearch(call.query);
    await freshList(context, call);
    return sendPage(
      call.reply,
      await searches.run(() => readModel.searchWorkflowsByTasks(search)),
      workflowSummaryText,
    );
  });

  serve(app, 'searchWorkflowsByTasksV2', async (call) => {
    const search = readTaskSearch(call.query);
    await freshList(context, call);
    return sendPage(call.reply, await searches.run(() => readModel.searchWorkflowsByTasks(search)), inFull(context));
  });
}

function inFull(context: RouteContext): (run: WorkflowView) => string {
  const rendering = context.rendering();
  return (run) => workflowText(run, rendering);
}

function sendPage(
  reply: FastifyReply,
  { totalHits, results }: SearchResult<WorkflowView>,
  text: (run: WorkflowView) => string,
): FastifyReply {
  return sendJson(reply, `{"totalHits":${totalHits},"results":${listText(results.map((run) => text(run)))}}`);
}
