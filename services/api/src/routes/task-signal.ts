import { badRequest, notFound } from '@partitura/conductor-api';
import type { FastifyInstance } from 'fastify';
import { sleep } from '@partitura/log';
import { markDecision, sendEmpty, sendJson } from '../http/answers.ts';
import { blocks, findTask, isOpenWait, type FoundTask } from './blocking-task.ts';
import { serve, unknownRun, type Call, type RouteContext } from './context.ts';
import { answerText, hasEnded, readStrategy, watch, type Stop } from './synchronous.ts';
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
    const { stop, timedOut } = await standstill(context, id, signalled, timeoutMs);
    const about = { strategy, requestId: context.ports.freshId(), target: stop.target, timedOut };
    return sendJson(reply, answerText(context, about, stop.blocking));
  });
}

/** Reports to the first open WAIT; undefined when the run stands at none. */
async function signal(context: RouteContext, call: Call): Promise<FoundTask | undefined> {
  const id = call.path('workflowId');
  const report = reportOf(call);
  const run = await freshRunWithTasks(context, id);
  if (run === undefined) throw unknownRun(id);
  const found = await findTask(run, isOpenWait, context.ports.readModel);
  if (found === undefined) return undefined;
  const done = await reportMerged(context, call, found.task, report);
  markDecision(call.reply, done);
  await context.fresh.ofDecision(done.partition, done.offset);
  return found;
}

/** Where the run comes to rest after a signal: at its end, at the next WAIT, or where it is when the time is over. */
async function standstill(
  context: RouteContext,
  id: string,
  signalled: FoundTask,
  timeoutMs: number,
): Promise<{ readonly stop: Stop; readonly timedOut: boolean }> {
  const { readModel, clock } = context.ports;
  const isStop = (stop: Stop): boolean =>
    hasEnded(stop) || (stop.blocking !== undefined && stop.blocking.task.taskId !== signalled.task.taskId);
  const look = async (): Promise<Stop> => {
    const target = await freshRunWithTasks(context, id);
    if (target === undefined) throw unknownRun(id);
    return { target, blocking: await findTask(target, blocks([]), readModel) };
  };
  const now = await look();
  if (isStop(now)) return { stop: now, timedOut: false };
  const looking = new AbortController();
  const stopped = watch(context, now.target.workflowId, blocks([]), isStop, looking.signal);
  const stop = await Promise.race([stopped, sleep(clock, timeoutMs)]).finally(() => looking.abort());
  return stop === undefined ? { stop: await look(), timedOut: true } : { stop, timedOut: false };
}
