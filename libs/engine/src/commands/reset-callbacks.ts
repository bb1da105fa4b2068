import { isHeld } from '../evolve/task-reported.ts';
import { Agenda } from '../settle/agenda.ts';
import { recall } from '../settle/recall.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, type WorkflowDecision } from './decision.ts';

/** What waits for its time to be handed out is handed out now; while nothing else may go on, as far as one entry holds it. */
export function resetCallbacks(turn: Turn): WorkflowDecision {
  const { postponed } = turn.run;
  recall(turn, 1);
  if (!isHeld(turn.run)) settle(turn);
  else if (turn.agenda.hasItems()) {
    const waiting = postponed === undefined ? new Agenda() : Agenda.from(postponed);
    for (let item = waiting.take(); item !== undefined; item = waiting.take()) turn.agenda.later(item);
    turn.emit({ type: 'WorkPostponed', agenda: turn.agenda.toPayload() });
  }
  return accepted(turn);
}
