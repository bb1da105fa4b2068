import type { Payload } from '@partitura/model';
import { badRequest } from '../errors/api-error.ts';
import { Body, type Members } from './body.ts';

export interface StateUpdate {
  readonly variables: Payload | undefined;
  /** What is reported about the open task under that reference; a `TaskResult` that need not name the task. */
  readonly report: { readonly referenceName: string; readonly taskResult: Payload } | undefined;
}

/** `WorkflowStateUpdate` → what is to be changed; at least one of both. */
export function readStateUpdate(members: Members): StateUpdate {
  const body = new Body(members);
  const variables = body.object('variables') ?? undefined;
  const referenceName = body.text('taskReferenceName') ?? '';
  const taskResult = body.object('taskResult') ?? undefined;
  if ((referenceName === '') !== (taskResult === undefined)) {
    throw badRequest('taskReferenceName and taskResult belong together: send both, or neither');
  }
  if (variables === undefined && taskResult === undefined) {
    throw badRequest('Nothing to update: send variables, or taskReferenceName and taskResult');
  }
  return { variables, report: taskResult && { referenceName, taskResult } };
}
