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
import type { Run } from '../state/workflow-state.ts';

export function workflowPaused(run: Run, meta: EventMeta): Run {
  return { ...run, phase: 'paused', updatedAt: meta.at };
}

/** What ended while paused or quarantined is followed now, unless postponed work comes first and takes it along. */
export function workflowResumed(run: Run, event: WorkflowResumed, meta: EventMeta): Run {
  return {
    ...run,
    phase: 'running',
    clockFrom: meta.at,
    lastRetriedAt: meta.at,
    timeoutAt: event.timeoutAt,
    updatedAt: meta.at,
    unfollowed: run.postponed === undefined ? List() : run.unfollowed,
    quarantinedBecause: undefined,
  };
}

export function workflowRetried(run: Run, event: WorkflowRetried, meta: EventMeta): Run {
  return {
    ...requested(run, event.request),
    phase: 'running',
    clockFrom: meta.at,
    lastRetriedAt: meta.at,
    timeoutAt: event.timeoutAt,
    updatedAt: meta.at,
    end: undefined,
    unfollowed: List(),
    quarantinedBecause: undefined,
  };
}

/** The parent's last word to this run; its next end answers it. */
export function requested(run: Run, request: number | undefined): Run {
  const { parent } = run.start;
  if (request === undefined || parent === undefined) return run;
  return { ...run, start: { ...run.start, parent: { ...parent, request } } };
}

export function workflowEnded(run: Run, event: WorkflowEnded, meta: EventMeta): Run {
  return {
    ...run,
    phase: 'ended',
    updatedAt: meta.at,
    timeoutAt: 0,
    unfollowed: List(),
    postponed: undefined,
    end: { status: event.status, reason: event.reason, output: event.output, at: meta.at },
  };
}

export function workflowRemoved(run: Run, meta: EventMeta): Run {
  return { ...run, phase: 'removed', updatedAt: meta.at };
}

export function workflowQuarantined(run: Run, event: WorkflowQuarantined, meta: EventMeta): Run {
  return { ...run, quarantinedBecause: event.reason, updatedAt: meta.at };
}

export function variablesSet(run: Run, event: VariablesSet, meta: EventMeta): Run {
  const variables = Payload.of({ ...run.variables.object, ...event.values.object });
  return { ...run, variables, updatedAt: meta.at };
}
