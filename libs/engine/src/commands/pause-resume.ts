import { Agenda } from '../settle/agenda.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { Worklist } from '../settle/worklist.ts';
import { accepted, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/** Nothing new is scheduled and no failure acted upon until resume; what runs may end. Children go on. */
export function pauseWorkflow(turn: Turn): WorkflowDecision {
  turn.emit({ type: 'WorkflowPaused' });
  return accepted(turn);
}

/** Everything that ended meanwhile is processed now, in the order in which it was scheduled. */
export function resumeWorkflow(turn: Turn): WorkflowDecision {
  const { unfollowed, postponed } = turn.run;
  turn.emit({ type: 'WorkflowResumed', timeoutAt: timeoutFrom(turn.at, turn.graph.definition) });
  if (postponed !== undefined) return accepted(turn);
  turn.agenda = new Agenda();
  const inOrder = unfollowed.toArray().sort((a, b) => a - b);
  turn.agenda.later({ do: 'each', list: Worklist.of('follow', inOrder) });
  settle(turn);
  return accepted(turn);
}
