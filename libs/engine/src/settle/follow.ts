import { retryVerdict } from '../retry-policy.ts';
import type { Node } from '../graph/graph.ts';
import { asksNobodyElse, hasFailed, isOpen, type Task } from '../state/task.ts';
import { newestOf, taskAt } from '../state/task-table.ts';
import { ask } from './ask.ts';
import type { Turn } from './turn.ts';
import { failWorkflow, failWorkflowBy } from './end-workflow.ts';
import { spotOf, type Place } from './agenda.ts';
import { makeAttempt } from './enter.ts';
import { placeOf } from './step.ts';
import { wakeJoins } from './wake-joins.ts';
import { wakeTask } from './wake-task.ts';
import { loopAround } from './iterate.ts';

/** Goes on after a task has ended; one that is still open had an answer at a time when nothing might follow from it. */
export function follow(turn: Turn, seq: number): void {
  const task = taskAt(turn.run.tasks, seq);
  if (isOpen(task)) {
    if (asksNobodyElse(task)) ask(turn, seq);
    return;
  }
  const node = turn.nodeOf(task);
  if (hasFailed(task)) {
    const verdict = retryVerdict(task, task.endedAt, node.retry);
    if (verdict.kind === 'retry') {
      if (newestOf(turn.run.tasks, task.plan.referenceName) !== task) return;
      retry(turn, task, verdict.delaySeconds, verdict.jitterMs);
      return;
    }
    if (verdict.kind === 'outOfTime') {
      failWorkflow(turn, verdict.reason, task.status === 'TIMED_OUT' ? 'TIMED_OUT' : 'FAILED');
      return;
    }
    if (node.task.permissive !== true) {
      failWorkflowBy(turn, task);
      return;
    }
  }
  wakeJoins(turn, task);
  const place = placeOf(turn, task);
  if (node.loop !== undefined && !goesOn(turn, task, node, place)) return;
  const ends = node.kind.traits.endsFlow && task.status === 'COMPLETED';
  if (node.after.to === 'task' && !ends) {
    turn.agenda.next({ do: 'enter', ...spotOf(turn.neighbour(node, node.after.number), place) });
  } else if (node.loop !== undefined && !isLongDone(turn, node, place)) {
    turn.agenda.later({ do: 'iterated', ...spotOf(turn.neighbour(node, node.loop), place) });
  }
}

/** Whether the same task has run in the next iteration: whoever is followed again then has nothing to say to the loop. */
function isLongDone(turn: Turn, node: Node, { suffix, iteration }: Place): boolean {
  const outer = suffix.slice(0, suffix.lastIndexOf('__'));
  return newestOf(turn.run.tasks, `${node.task.taskReferenceName}${outer}__${iteration + 1}`) !== undefined;
}

/** Whether the loop around a task goes on after it. It hears of a failure that the workflow itself has tolerated. */
function goesOn(turn: Turn, task: Task, node: Node, place: Place): boolean {
  const loop = loopAround(turn, node, place);
  if (loop === undefined || !isOpen(loop)) return false;
  if (!hasFailed(task)) return true;
  wakeTask(turn, loop.plan.seq, { kind: 'bodyFailed', reason: task.reason });
  return isOpen(taskAt(turn.run.tasks, loop.plan.seq));
}

/** The next attempt: same place, freshly rendered input over the old one. */
function retry(turn: Turn, failed: Task, delaySeconds: number, jitterMs: number): void {
  const delayMs = delaySeconds * 1000 + jitterMs;
  makeAttempt(turn, turn.nodeOf(failed), placeOf(turn, failed), {
    retrying: { of: failed, dueAt: delayMs > 0 ? turn.at + delayMs : 0, delaySeconds },
  });
}
