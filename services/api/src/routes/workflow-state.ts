import { readStateUpdate, readTaskUpdate } from '@partitura/conductor-api';
import { Payload, type TaskResult, type WorkflowId } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { markDecision, sendJson } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { runId, serve, withinLimit, type RouteContext } from './context.ts';
import { answerText, readWait, standstill } from './synchronous.ts';
import { freshOpenTask, noOpenTask } from './task-by-reference.ts';
import { checkedResult, missingStatus } from './task-update.ts';

/** Variables and an open task of a run, changed together; answered with where the run comes to rest. */
export function workflowStateRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'updateWorkflowState', async (call) => {
    const { path, query, body, reply } = call;
    const id = runId(path('workflowId'));
    const waitMs = readWait(query);
    const { variables, report } = readStateUpdate(readMembers(body));
    const values = variables && withinLimit(variables, 'the variables');
    const result = report && (await resultOf(context, id, report));
    // Variables first: what goes on because of the task sees them.
    let done = values && (await context.dispatcher.dispatch(call, id, { type: 'SetVariables', values }));
    if (result !== undefined) done = await context.dispatcher.dispatch(call, id, result);
    if (done !== undefined) {
      markDecision(reply, done);
      await context.fresh.ofDecision(done.partition, done.offset);
    }
    const at = { references: query.list('waitUntilTaskRef') ?? [], ...(result && { from: result.taskId }) };
    const { stop, timedOut } = await standstill(context, id, at, waitMs);
    const requestId = query.text('requestId') ?? context.ports.freshId();
    const about = { strategy: 'TARGET_WORKFLOW', requestId, target: stop.target, timedOut } as const;
    return sendJson(reply, answerText(context, about, stop.blocking));
  });
}

async function resultOf(
  context: RouteContext,
  id: WorkflowId,
  { referenceName, taskResult }: { readonly referenceName: string; readonly taskResult: Payload },
): Promise<TaskResult> {
  const task = await freshOpenTask(context, id, referenceName);
  if (task === undefined) throw noOpenTask(id, referenceName);
  const members = new Map(readMembers(taskResult.bytes))
    .set('taskId', Payload.of(task.taskId))
    .set('workflowInstanceId', Payload.of(id));
  const { result } = readTaskUpdate(members, 'updateWorkflowState', context.ports.clock.now());
  if (result === undefined) throw missingStatus();
  return checkedResult(result);
}
