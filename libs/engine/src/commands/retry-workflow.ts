import { isSuccessful, rejection } from '@partitura/model';
import { newestAttempts } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';
import { timeoutFrom } from './start-workflow.ts';

/**
 * Brings a workflow that did not complete back to life. Of every reference the newest attempt decides: a failed one is
 * followed by a new attempt at once, a container (JOIN …) goes on under its old id.
 */
export function retryWorkflow(turn: Turn): WorkflowDecision {
  const newest = newestAttempts(turn);
  if (newest.length === 0) return refused(rejection('NOTHING_TO_RETRY', 'Workflow has not started yet'));
  const failed = newest.filter((task) => !isSuccessful(task.status));
  if (failed.length === 0 && turn.run.end?.status !== 'TIMED_OUT') {
    const reason = 'There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.';
    return refused(rejection('NOTHING_TO_RETRY', reason));
  }
  turn.emit({ type: 'WorkflowRetried', timeoutAt: timeoutFrom(turn.at, turn.graph.definition) });
  const containers = failed.filter((task) => turn.nodeOf(task).kind.traits.reopens);
  for (const task of newest) {
    if (isSuccessful(task.status)) turn.agenda.later({ do: 'mend', seq: task.plan.seq });
    else if (!containers.includes(task)) turn.agenda.later({ do: 'again', seq: task.plan.seq });
  }
  for (const task of containers) turn.agenda.later({ do: 'reopen', seq: task.plan.seq });
  settle(turn);
  return accepted(turn);
}
