import { isSuccessful, Payload, type EndedTaskStatus, type TaskEnded } from '@partitura/model';
import type { Draft } from '../draft.ts';
import { isHeld } from '../evolve/task-reported.ts';
import type { Node } from '../graph/graph.ts';
import { tooLargeForTask, valueBytesMax } from '../limits.ts';
import { retryVerdict } from '../retry-policy.ts';
import { draftOf, type Task } from '../state/task.ts';
import { taskAt } from '../state/task-table.ts';
import type { Turn } from './turn.ts';

/** An outcome as it was reported; what becomes of it is decided here. */
export interface Outcome {
  readonly status: EndedTaskStatus;
  readonly output: Payload;
  readonly reason?: string | undefined;
  readonly workerId?: string | undefined;
}

const reasonLengthMax = 500;

/**
 * Gives an open attempt its outcome: with its retry, if another attempt follows, and COMPLETED_WITH_ERRORS for optional
 * tasks that failed for good.
 *
 * @param then `follow`: go on with what follows; `entered`: what follows was entered together with the task.
 */
export function endTask(turn: Turn, seq: number, outcome: Outcome, then: 'follow' | 'entered' = 'follow'): void {
  const task = taskAt(turn.run.tasks, seq);
  const node = turn.nodeOf(task);
  const fitting = fit(turn, task, outcome);
  const reason = fitting.reason?.slice(0, reasonLengthMax);
  const resolved = resolve(task, node, fitting, turn.at);
  const event: Draft<TaskEnded> = {
    type: 'TaskEnded',
    taskId: task.plan.taskId,
    status: resolved.status,
    output: fitting.output,
    retried: resolved.retried,
  };
  if (reason !== undefined) event.reason = reason;
  if (outcome.workerId !== undefined) event.workerId = outcome.workerId;
  turn.emit(event);
  if (then === 'follow' && turn.run.phase === 'running' && !isHeld(turn.run)) turn.agenda.later({ do: 'follow', seq });
}

/** An output that nobody could carry on is no output. */
function fit(turn: Turn, task: Task, outcome: Outcome): Outcome {
  if (outcome.output.size <= valueBytesMax) return outcome;
  const reason = tooLargeForTask(outcome.output, task.plan.taskId, turn.run.id);
  return { ...outcome, status: 'FAILED_WITH_TERMINAL_ERROR', output: Payload.empty, reason };
}

function resolve(
  task: Task,
  node: Node,
  outcome: Outcome,
  at: number,
): { readonly status: EndedTaskStatus; readonly retried: boolean } {
  if (isSuccessful(outcome.status)) return { status: outcome.status, retried: false };
  const ended = draftOf(task);
  ended.status = outcome.status;
  const verdict = retryVerdict(ended, at, node.retry);
  if (verdict.kind === 'retry') return { status: outcome.status, retried: true };
  if (verdict.kind === 'no' && node.task.optional === true) return { status: 'COMPLETED_WITH_ERRORS', retried: false };
  return { status: outcome.status, retried: false };
}
