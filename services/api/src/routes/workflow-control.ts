import type { Command, RejectionCode } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { markDecision, markFreshness, sendEmpty, sendNoContent } from '../http/answers.ts';
import { limits } from '@partitura/wire';
import { badRequest, type Parameters } from '@partitura/conductor-api';
import { runId, serve, unknownRun, type Call, type RouteContext } from './context.ts';

/** What can be done with a run that exists. */
export function workflowControlRoutes(app: FastifyInstance, context: RouteContext): void {
  const order = async (
    call: Call,
    body: Command,
    refusals: Partial<Record<RejectionCode, number>> = {},
  ): Promise<void> => {
    markDecision(
      call.reply,
      await context.dispatcher.dispatch(call, runId(call.path('workflowId')), body, { refusals }),
    );
  };

  serve(app, 'pauseWorkflow', async (call) => {
    await order(call, { type: 'PauseWorkflow' });
    return sendEmpty(call.reply);
  });

  serve(app, 'resumeWorkflow', async (call) => {
    await order(call, { type: 'ResumeWorkflow' });
    return sendEmpty(call.reply);
  });

  serve(app, 'retryWorkflow', async (call) => {
    const resumeSubworkflowTasks = call.query.flag('resumeSubworkflowTasks', false);
    // Conductor says "not found" of a run that is still running.
    await order(call, { type: 'RetryWorkflow', resumeSubworkflowTasks }, { WORKFLOW_NOT_ENDED: 404 });
    return sendNoContent(call.reply);
  });

  serve(app, 'terminateWorkflow', async (call) => {
    await order(call, termination(call.query));
    return sendEmpty(call.reply);
  });

  serve(app, 'removeWorkflow', async (call) => {
    const onlyEnded = call.query.flag('archiveWorkflow', true);
    await order(call, { type: 'RemoveWorkflow', onlyEnded }, { WORKFLOW_NOT_ENDED: 400 });
    return sendEmpty(call.reply);
  });

  serve(app, 'terminateAndRemoveWorkflow', async (call) => {
    await order(call, termination(call.query));
    await order(call, { type: 'RemoveWorkflow', onlyEnded: false });
    return sendEmpty(call.reply);
  });

  serve(app, 'decideWorkflow', async ({ path, reply }) => {
    const id = runId(path('workflowId'));
    markFreshness(reply, await context.fresh.ofAggregate(id));
    const run = await context.ports.readModel.workflow(id, { includeTasks: false });
    if (run === undefined) throw unknownRun(id);
    return sendEmpty(reply);
  });
}

function termination(query: Parameters): Command {
  const reason = query.text('reason');
  if ((reason?.length ?? 0) > limits.textChars) throw badRequest(`a reason has at most ${limits.textChars} characters`);
  return { type: 'TerminateWorkflow', ...(reason !== undefined && { reason }), byParent: false };
}
