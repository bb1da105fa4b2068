import type { Accepted, Decision, Payload, Rejection, WorkflowEvent } from '@partitura/model';
import type { Draft } from '../draft.ts';
import type { Turn } from '../settle/turn.ts';
import type { WorkflowState } from '../state/workflow-state.ts';

export type WorkflowDecision = Decision<WorkflowState, WorkflowEvent>;

/** What the turn has come to. */
export function accepted({ events, state, states }: Turn, result?: Payload): WorkflowDecision {
  const decision: Draft<Accepted<WorkflowState, WorkflowEvent>> = { kind: 'accepted', events, state, states };
  if (result !== undefined) decision.result = result;
  return decision;
}

export const refused = (rejection: Rejection): WorkflowDecision => ({ kind: 'rejected', rejection });

export const repeated = (result?: Payload): WorkflowDecision =>
  result === undefined ? { kind: 'repeated' } : { kind: 'repeated', result };
