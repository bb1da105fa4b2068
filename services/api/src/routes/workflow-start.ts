import { ApiError, readStartByPath, readStartRequest } from '@partitura/conductor-api';
import { Payload, workflowId, type Json, type StartWorkflow, type WorkflowId } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import type { Done, Sender } from '../commands/dispatcher.ts';
import { markDecision, sendText } from '../http/answers.ts';
import { readMembers, readObject } from '../http/json-body.ts';
import { nameWithinLimit, serve, withinLimit, type RouteContext } from './context.ts';
import { startKeyed } from './keyed-start.ts';
import { checkedOrRefused } from './workflow-definitions.ts';

/** Starting runs: `POST /api/workflow…`. */
export function workflowStartRoutes(app: FastifyInstance, context: RouteContext): void {
  serve(app, 'startWorkflow', async (call) => {
    const { body, reply } = call;
    const start = checkedStart(readStartRequest(readMembers(body), 'startWorkflow'), context, 'startWorkflow');
    const { id, done } = await startRun(context, call, start);
    if (done !== undefined) markDecision(reply, done);
    return sendText(reply, id);
  });

  serve(app, 'startWorkflowByName', async (call) => {
    const { path, query, body, reply } = call;
    const name = path('name');
    const start = checkedStart(readStartByPath(name, readObject(body), query), context, 'startWorkflow');
    const { id, done } = await startRun(context, call, start).catch((error: unknown) => {
      throw inWordsOfPathForm(error, start);
    });
    if (done !== undefined) markDecision(reply, done);
    return sendText(reply, id);
  });
}

/** A start within the limits, with its inline definition checked and completed. */
export function checkedStart(start: StartWorkflow, { ports }: RouteContext, operation: string): StartWorkflow {
  nameWithinLimit(start.name, 'the name of a workflow');
  nameWithinLimit(start.correlationId ?? '', 'a correlation id');
  nameWithinLimit(start.idempotencyKey ?? '', 'an idempotency key');
  withinLimit(start.input, 'the input');
  if (start.definition === undefined) return start;
  const definition = checkedOrRefused(start.definition.value, `${operation}.arg0.workflowDef`, ports);
  return { ...start, definition: withinLimit(Payload.of(definition as unknown as Json), 'the definition') };
}

/** Starts a run, unless its idempotency key belongs to one. */
export async function startRun(
  context: RouteContext,
  by: Sender,
  start: StartWorkflow,
): Promise<{ readonly id: WorkflowId; readonly done: Done | undefined }> {
  const send = (id: WorkflowId): Promise<Done> => context.dispatcher.dispatch(by, id, start);
  const { idempotencyKey } = start;
  if (idempotencyKey === undefined) {
    const id = workflowId(context.ports.freshId());
    return { id, done: await send(id) };
  }
  const started = await startKeyed(context, { ...start, idempotencyKey }, send);
  if ('existing' in started) return { id: started.existing.workflowId, done: undefined };
  return { id: started.id, done: started.sent };
}

/** The two forms of a start say differently that there is no such definition. */
function inWordsOfPathForm(error: unknown, { name, version }: StartWorkflow): unknown {
  const shown = version ?? 'null';
  const isThis =
    error instanceof ApiError && error.message === `No such workflow defined. name=${name}, version=${shown}`;
  return isThis ? new ApiError(404, `No such workflow found by name: ${name}, version: ${shown}`) : error;
}
