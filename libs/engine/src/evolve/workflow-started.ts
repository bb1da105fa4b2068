import { List } from 'immutable';
import type { EventMeta, WorkflowId, WorkflowStarted, WorkflowStartRefused } from '@partitura/model';
import type { Draft } from '../draft.ts';
import type { Refused, Run, Start } from '../state/workflow-state.ts';
import { noTasks } from '../state/task-table.ts';

export function workflowStarted(event: WorkflowStarted, meta: EventMeta): Run {
  return newRun(withoutBody(event), meta);
}

/** A run of which nothing has been done. */
export function newRun(start: Start, meta: EventMeta): Run {
  return {
    phase: 'running',
    id: meta.aggregate as WorkflowId,
    startIndex: meta.startIndex,
    startedAt: meta.at,
    start,
    clockFrom: meta.at,
    timeoutAt: start.timeoutAt,
    lastRetriedAt: 0,
    updatedAt: meta.at,
    variables: start.variables,
    tasks: noTasks,
    dataBytes: 0,
    timers: undefined,
    deadlines: undefined,
    unfollowed: List(),
    postponed: undefined,
    end: undefined,
    quarantinedBecause: undefined,
  };
}

/** The body is kept once per partition, not once per run. */
function withoutBody(event: WorkflowStarted): Start {
  if (event.definition === undefined) return event;
  const { name, version, definitionHash, input, variables, priority, taskToDomain, timeoutAt } = event;
  const start: Draft<Start> = {
    type: 'WorkflowStarted',
    name,
    version,
    definitionHash,
    input,
    variables,
    priority,
    taskToDomain,
    timeoutAt,
  };
  if (event.correlationId !== undefined) start.correlationId = event.correlationId;
  if (event.parent !== undefined) start.parent = event.parent;
  if (event.createdBy !== undefined) start.createdBy = event.createdBy;
  if (event.event !== undefined) start.event = event.event;
  if (event.idempotencyKey !== undefined) start.idempotencyKey = event.idempotencyKey;
  if (event.externalInputPayloadStoragePath !== undefined) {
    start.externalInputPayloadStoragePath = event.externalInputPayloadStoragePath;
  }
  if (event.replyTo !== undefined) start.replyTo = event.replyTo;
  return start;
}

export function workflowStartRefused(event: WorkflowStartRefused, meta: EventMeta): Refused {
  return { phase: 'refused', id: meta.aggregate as WorkflowId, refusal: event };
}
