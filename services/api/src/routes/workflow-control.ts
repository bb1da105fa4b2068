import { badRequest, readRerunRequest, readSkipRequest, workflowText, type Parameters } from '@partitura/conductor-api';
import { Payload, type Command, type RejectionCode, type RerunWorkflow, type WorkflowId } from '@partitura/model';
import { limits } from '@partitura/wire';
import type { FastifyInstance } from 'fastify';
import type { Done } from '../commands/dispatcher.ts';
import { markDecision, markFreshness, sendEmpty, sendJson, sendNoContent, sendText } from '../http/answers.ts';
import { readMembers, readObject } from '../http/json-body.ts';
import {
  absent,
  nameWithinLimit,
  runId,
  serve,
  unknownRun,
  withinLimit,
  type Call,
  type RouteContext,
} from './context.ts';
import { runOfTask } from './rerun-target.ts';

/** Statuses of refusals where Conductor's are not those of the table. */
export const controlRefusals = {
  // Conductor says "not found" of a run that is still running.
  RetryWorkflow: { WORKFLOW_NOT_ENDED: 404 },
  RemoveWorkflow: { WORKFLOW_NOT_ENDED: 400 },
  RerunWorkflow: { TASK_NOT_FOUND: 400 },
} as const satisfies Partial<Record<Command['type'], Partial<Record<RejectionCode, number>>>>;

/** What can be done with a run that exists. */
export function workflowControlRoutes(app: FastifyInstance, context: RouteContext): void {
  const order = async (call: Call, body: Command, id: WorkflowId = runId(call.path('workflowId'))): Promise<Done> => {
    const done = await context.dispatcher.dispatch(call, id, body, { refusals: refusalsOf(body) });
    markDecision(call.reply, done);
    return done;
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
    await order(call, { type: 'RetryWorkflow', resumeSubworkflowTasks });
    return sendNoContent(call.reply);
  });

  serve(app, 'restartWorkflow', async (call) => {
    await order(call, restart(call.query));
    return sendNoContent(call.reply);
  });

  serve(app, 'rerunWorkflow', async (call) => {
    const id = runId(call.path('workflowId'));
    const rerun = checkedRerun(readRerunRequest(readMembers(call.body)));
    await order(call, rerun, await runOfTask(context, id, rerun));
    return sendText(call.reply, id);
  });

  serve(app, 'skipTask', async (call) => {
    const reference = nameWithinLimit(call.path('taskReferenceName'), 'a reference name');
    if (call.query.text('taskInput') !== undefined || call.query.text('taskOutput') !== undefined) {
      throw badRequest('taskInput and taskOutput belong into the body');
    }
    const skip = readSkipRequest(reference, call.body.length === 0 ? new Map() : readMembers(call.body));
    if (skip.input !== undefined) withinLimit(skip.input, 'the input');
    if (skip.output !== undefined) withinLimit(skip.output, 'the output');
    await order(call, skip);
    return sendEmpty(call.reply);
  });

  serve(app, 'jumpToTask', async (call) => {
    const referenceName = nameWithinLimit(call.path('taskReferenceName'), 'a reference name');
    // Some clients send an empty object with every request that has no body.
    const input = call.body.length === 0 ? Payload.empty : withinLimit(readObject(call.body), 'the input');
    const given = Object.keys(input.object).length > 0;
    await order(call, { type: 'JumpToTask', referenceName, ...(given && { input }) });
    return sendEmpty(call.reply);
  });

  serve(app, 'resetCallbacks', async (call) => {
    await order(call, { type: 'ResetCallbacks' });
    return sendNoContent(call.reply);
  });

  serve(app, 'updateVariables', async (call) => {
    const values = withinLimit(readObject(call.body), 'the variables');
    const { partition, offset } = await order(call, { type: 'SetVariables', values });
    await context.fresh.ofDecision(partition, offset);
    const id = runId(call.path('workflowId'));
    const run = await context.ports.readModel.workflow(id, { includeTasks: true });
    if (run === undefined) throw unknownRun(id);
    return sendJson(call.reply, workflowText(run, context.rendering()));
  });

  serve(app, 'terminateWorkflow', async (call) => {
    await order(call, termination(call.query));
    return sendEmpty(call.reply);
  });

  serve(app, 'removeWorkflow', async (call) => {
    await order(call, removal(call.query));
    return sendEmpty(call.reply);
  });

  serve(app, 'terminateAndRemoveWorkflow', async (call) => {
    await order(call, termination(call.query));
    await order(call, { type: 'RemoveWorkflow', onlyEnded: false });
    return sendEmpty(call.reply);
  });

  serve(app, 'decideWorkflow', async ({ path, reply }) => {
    const id = runId(path('workflowId'));
    const freshness = await context.fresh.ofAggregate(id);
    markFreshness(reply, freshness);
    const run = await context.ports.readModel.workflow(id, { includeTasks: false });
    if (run === undefined) throw absent(freshness, unknownRun(id));
    return sendEmpty(reply);
  });
}

export function refusalsOf({ type }: Command): Partial<Record<RejectionCode, number>> {
  return Object.hasOwn(controlRefusals, type) ? controlRefusals[type as keyof typeof controlRefusals] : {};
}

export const restart = (query: Parameters): Command => ({
  type: 'RestartWorkflow',
  useLatestDefinitions: query.flag('useLatestDefinitions', false),
});

export const removal = (query: Parameters): Command => ({
  type: 'RemoveWorkflow',
  onlyEnded: query.flag('archiveWorkflow', true),
});

export function termination(query: Parameters): Command {
  const reason = query.text('reason');
  if ((reason?.length ?? 0) > limits.textChars) throw badRequest(`a reason has at most ${limits.textChars} characters`);
  const triggerFailureWorkflow = query.flag('triggerFailureWorkflow', false);
  return {
    type: 'TerminateWorkflow',
    ...(reason !== undefined && { reason }),
    byParent: false,
    ...(triggerFailureWorkflow && { triggerFailureWorkflow }),
  };
}

function checkedRerun(rerun: RerunWorkflow): RerunWorkflow {
  if (rerun.taskInput !== undefined) withinLimit(rerun.taskInput, 'the input of the task');
  if (rerun.workflowInput !== undefined) withinLimit(rerun.workflowInput, 'the input');
  nameWithinLimit(rerun.correlationId ?? '', 'a correlation id');
  return rerun;
}
