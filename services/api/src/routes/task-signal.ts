import { badRequest, notFound } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';
import { markDecision, sendEmpty, sendJson } from '../http/answers.ts';
import { findTask, isOpenWait, type FoundTask } from './blocking-task.ts';
import { absent, serve, unknownRun, type Call, type RouteContext } from './context.ts';
import { answerText, readStrategy, standstill } from './synchronous.ts';
import { freshRunWithTasks, reportMerged, reportOf } from './task-by-reference.ts';

const timeoutMsMax = 60_000;

/** Signals end the WAIT at which a run stands, in the run itself or in a child. */
export function taskSignalRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'signalWorkflow', async (call) => {
    await signal(context, call);
    return sendEmpty(call.reply);
  });

  serve(app, 'signalWorkflowSync', async (call) => {
    const { query, path, reply } = call;
    const strategy = readStrategy(query);
    const timeoutMs = query.integer('timeoutMillis', 5_000);
    if (timeoutMs < 0 || timeoutMs > timeoutMsMax) {
      throw badRequest(`timeoutMillis must lie within 0..${timeoutMsMax}`);
    }
    const signalled = await signal(context, call);
    const id = path('workflowId');
    if (signalled === undefined) throw notFound(`Found no blocked task in workflow ${id} to signal`);
    const { stop, timedOut } = await standstill(
      context,
      id,
      { references: [], from: signalled.task.taskId },
      timeoutMs,
    );
    const about = { strategy, requestId: context.ports.freshId(), target: stop.target, timedOut };
    return sendJson(reply, answerText(context, about, stop.blocking));
  });
}

/** Reports to the first open WAIT; undefined when the run stands at none. */
async function signal(context: RouteContext, call: Call): Promise<FoundTask | undefined> {
  const id = call.path('workflowId');
  const report = reportOf(call);
  const seen = await freshRunWithTasks(context, id);
  if (seen === undefined) throw unknownRun(id);
  const found = await findTask(seen.run, isOpenWait, context.ports.readModel);
  if (found === undefined) {
    if (seen.stale) throw absent(seen, notFound(`Workflow ${id} waits for no signal`));
    return undefined;
  }
  const done = await reportMerged(context, call, found.task, report);
  markDecision(call.reply, done);
  await context.fresh.ofDecision(done.partition, done.offset);
  return found;
}
