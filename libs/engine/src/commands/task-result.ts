import { Payload, rejection, unreachable, type TaskResult } from '@partitura/model';
import { endTask } from '../settle/end-task.ts';
import { handOver } from '../settle/hand-over.ts';
import { settle } from '../settle/settle.ts';
import { ask } from '../settle/ask.ts';
import type { Turn } from '../settle/turn.ts';
import { wakeTask } from '../settle/wake-task.ts';
import { isHeld } from '../evolve/task-reported.ts';
import { asksNobodyElse, isAsking, isOpen, type Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import type { Signal } from '../task-kind.ts';
import { accepted, refused, repeated, type WorkflowDecision } from './decision.ts';

/**
 * A report about a task: progress, or its outcome. A report about something that is over changes nothing and is
 * answered like the first; only one of an earlier hand-over is refused.
 */
export function taskResult(turn: Turn, command: TaskResult): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined) return refused(rejection('TASK_NOT_FOUND', `No such task found by id: ${command.taskId}`));
  if (command.dispatch !== undefined && command.dispatch < task.dispatch) {
    const reason = `Task ${command.taskId} was handed out again (${task.dispatch}) since hand-over ${command.dispatch}`;
    return refused(rejection('STALE_DISPATCH', reason));
  }
  // The id of a task of ours, in which nothing has to be escaped.
  const result = Payload.ofAscii(`{"taskId":"${task.plan.taskId}"}`);
  if (turn.run.phase === 'ended' || !isOpen(task)) return repeated(result);
  if (isRepeatedProgress(task, command) || isRepeatedAnswer(task, command)) return repeated(result);
  apply(turn, begun(turn, task, command), command);
  return accepted(turn, result);
}

/** The task, begun by whoever reports, unless that was told before or belongs to another hand-over. */
function begun(turn: Turn, task: Task, { begun: told }: TaskResult): Task {
  if (told === undefined || told.dispatch !== task.dispatch || task.dueAt !== 0) return task;
  if (task.polledDispatch === told.dispatch) return task;
  const { taskId } = task.plan;
  const { dispatch, workerId } = told;
  const at = Math.min(Math.max(told.at, task.offeredAt), turn.at);
  turn.emit({ type: 'TaskPolled', taskId, dispatch, ...(workerId !== undefined && { workerId }), at });
  return taskById(turn.run.tasks, taskId) ?? task;
}

function apply(turn: Turn, task: Task, command: TaskResult): void {
  if (command.extendLease) {
    turn.emit({ type: 'TaskLeaseExtended', taskId: command.taskId });
    return;
  }
  if (command.logs.length > 0) turn.emit({ type: 'TaskLogsAdded', taskId: command.taskId, logs: command.logs });
  const { status } = command;
  switch (status) {
    case 'IN_PROGRESS':
      progress(turn, task, command);
      return;
    case 'COMPLETED':
    case 'FAILED':
    case 'FAILED_WITH_TERMINAL_ERROR':
    case 'CANCELED':
      if (isAsking(task) && command.dispatch !== undefined) {
        answer(turn, task, { kind: 'answered', status, output: command.output.object, reason: command.reason });
        return;
      }
      endTask(turn, task.plan.seq, {
        status,
        output: command.output,
        reason: command.reason,
        workerId: command.workerId,
      });
      settle(turn);
      return;
    default:
      unreachable(status);
  }
}

/**
 * Whoever was asked has answered. While nothing may follow from it, the answer is only noted: it is asked for again when
 * the workflow goes on.
 */
function answer(turn: Turn, task: Task, signal: Extract<Signal, { readonly kind: 'answered' }>): void {
  const { taskId, seq } = task.plan;
  if (isHeld(turn.run)) {
    const { output } = task;
    turn.emit({ type: 'TaskProgressed', taskId, status: 'IN_PROGRESS', output, callbackAfterSeconds: 0, dueAt: 0 });
    return;
  }
  wakeTask(turn, seq, signal);
  settle(turn);
}

/** A worker's task goes back to its queue, now or later; a task that somebody else completes stays as it is. */
function progress(turn: Turn, task: Task, command: TaskResult): void {
  const { taskId, output, reason, workerId } = command;
  const seconds = Math.max(0, Math.trunc(command.callbackAfterSeconds));
  const goesBack = task.plan.queue !== undefined && turn.nodeOf(task).kind.traits.worker;
  turn.emit({
    type: 'TaskProgressed',
    taskId,
    status: goesBack ? 'SCHEDULED' : 'IN_PROGRESS',
    output,
    ...(reason !== undefined && { reason }),
    ...(workerId !== undefined && { workerId }),
    callbackAfterSeconds: seconds,
    dueAt: goesBack ? (seconds > 0 ? turn.at + seconds * 1000 : 0) : task.dueAt,
  });
  if (isAsking(task) && !isHeld(turn.run)) ask(turn, task.plan.seq);
  if (goesBack && seconds === 0) handOver(turn, taskId, task.dispatch + 1);
}

/** What was asked has been answered already; the task goes on, and may be asked again. */
function isRepeatedAnswer(task: Task, { dispatch }: TaskResult): boolean {
  return dispatch !== undefined && dispatch > 0 && asksNobodyElse(task) && !isAsking(task);
}

/** The hand-over has been given back already, and the next one is not due yet. */
function isRepeatedProgress(task: Task, command: TaskResult): boolean {
  return (
    command.status === 'IN_PROGRESS' &&
    !command.extendLease &&
    command.dispatch !== undefined &&
    task.status === 'SCHEDULED' &&
    task.dueAt !== 0
  );
}
