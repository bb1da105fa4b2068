import { List } from 'immutable';
import {
  Payload,
  type EventMeta,
  type VariablesSet,
  type WorkflowEnded,
  type WorkflowQuarantined,
  type WorkflowResumed,
  type WorkflowRetried,
} from '@partitura/model';
import { draftOfRun, type Run } from '../state/workflow-state.ts';

export function workflowPaused(run: Run, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.phase = 'paused';
  next.updatedAt = meta.at;
  return next;
}

/** What ended while paused or quarantined is followed now, unless postponed work comes first and takes it along. */
export function workflowResumed(run: Run, event: WorkflowResumed, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.phase = 'running';
  next.clockFrom = meta.at;
  next.lastRetriedAt = meta.at;
  next.timeoutAt = event.timeoutAt;
  next.updatedAt = meta.at;
  if (run.postponed === undefined) next.unfollowed = List();
  next.quarantinedBecause = undefined;
  return next;
}

export function workflowRetried(run: Run, event: WorkflowRetried, meta: EventMeta): Run {
  const next = draftOfRun(requested(run, event.request));
  next.phase = 'running';
  next.clockFrom = meta.at;
  next.lastRetriedAt = meta.at;
  next.timeoutAt = event.timeoutAt;
  next.updatedAt = meta.at;
  next.end = undefined;
  next.unfollowed = List();
  next.quarantinedBecause = undefined;
  return next;
}

/** The parent's last word to this run; its next end answers it. */
export function requested(run: Run, request: number | undefined): Run {
  const { parent } = run.start;
  if (request === undefined || parent === undefined) return run;
  const next = draftOfRun(run);
  next.start = { ...run.start, parent: { ...parent, request } };
  return next;
}

export function workflowEnded(run: Run, event: WorkflowEnded, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.phase = 'ended';
  next.updatedAt = meta.at;
  next.timeoutAt = 0;
  next.unfollowed = List();
  next.postponed = undefined;
  next.end = { status: event.status, reason: event.reason, output: event.output, at: meta.at };
  return next;
}

export function workflowRemoved(run: Run, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.phase = 'removed';
  next.updatedAt = meta.at;
  return next;
}

export function workflowQuarantined(run: Run, event: WorkflowQuarantined, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.quarantinedBecause = event.reason;
  next.updatedAt = meta.at;
  return next;
}

export function variablesSet(run: Run, event: VariablesSet, meta: EventMeta): Run {
  const next = draftOfRun(run);
  next.variables = Payload.of({ ...run.variables.object, ...event.values.object });
  next.updatedAt = meta.at;
  return next;
}
