import type { Decision, Payload, Rejection, WorkflowEvent } from '@partitura/model';
import type { Turn } from '../settle/turn.ts';
import type { WorkflowState } from '../state/workflow-state.ts';

export type WorkflowDecision = Decision<WorkflowState, WorkflowEvent>;

/** What the turn has come to. */
export function accepted(turn: Turn, result?: Payload): WorkflowDecision {
  const { events, state } = turn;
  return { kind: 'accepted', events, state, ...(result !== undefined && { result }) };
}

export const refused = (rejection: Rejection): WorkflowDecision => ({ kind: 'rejected', rejection });

export const repeated = (result?: Payload): WorkflowDecision =>
  result === undefined ? { kind: 'repeated' } : { kind: 'repeated', result };
