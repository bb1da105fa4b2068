import { ApiError, type TaskUpdate } from '@partitura/conductor-api';
import { taskId } from '@partitura/model';
import type { FastifyRequest } from 'fastify';
import type { RouteContext } from './context.ts';

const unproven = new ApiError(403, 'report a task under the id with which it was handed out', { error: 'FORBIDDEN' });

/** The task that is meant, and under which hand-over it was given out, where the caller shows that. */
interface Meant {
  readonly id: string;
  readonly dispatch?: number;
}

/**
 * The task that a worker names: by its id, or by the token that it got instead. Throws 403 for a forged token, and for an
 * id from a caller who may only work: he must show that the task was handed out.
 */
function provenTask(
  { ports }: RouteContext,
  { showsTokens }: Pick<FastifyRequest, 'showsTokens'>,
  text: string,
): Meant {
  const read = ports.authentication?.taskTokens.read(text);
  if (read?.kind === 'token') return { id: read.taskId, dispatch: read.dispatch };
  if (read?.kind === 'forged' || showsTokens) throw unproven;
  return { id: text };
}

/** The report, about the task that its sender may report about. */
export function provenUpdate(
  context: RouteContext,
  request: Pick<FastifyRequest, 'showsTokens'>,
  update: TaskUpdate,
): TaskUpdate {
  const { id, dispatch } = provenTask(context, request, update.taskId);
  if (dispatch === undefined) return update;
  return {
    ...update,
    taskId: id,
    result: update.result && { ...update.result, taskId: taskId(id), dispatch },
  };
}

/** The id of a task about which the caller may say something. */
export function provenTaskId(
  context: RouteContext,
  request: Pick<FastifyRequest, 'showsTokens'>,
  text: string,
): string {
  return provenTask(context, request, text).id;
}

/** For reading: whoever has a token may use it as the id. */
export function readableTaskId({ ports }: RouteContext, text: string): string {
  const read = ports.authentication?.taskTokens.read(text);
  return read?.kind === 'token' ? read.taskId : text;
}
