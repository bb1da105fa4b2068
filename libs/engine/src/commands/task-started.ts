import { rejection, type TaskStarted } from '@partitura/model';
import { accepted, refused, repeated, type WorkflowDecision } from './decision.ts';
import { isOpen } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import type { Turn } from '../settle/turn.ts';

/** A worker began with a hand-over. Whoever asks again gets the same answer; whoever comes too late is told. */
export function taskStarted(turn: Turn, command: TaskStarted): WorkflowDecision {
  const task = taskById(turn.run.tasks, command.taskId);
  if (task === undefined) return refused(rejection('TASK_NOT_FOUND', `No such task found by id: ${command.taskId}`));
  if (!isOpen(task))
    return refused(rejection('TASK_ENDED', `Task ${command.taskId} has ended with status ${task.status}`));
  if (command.dispatch !== task.dispatch || task.dueAt !== 0) {
    const reason = `Task ${command.taskId} was handed out again (${task.dispatch}) since hand-over ${command.dispatch}`;
    return refused(rejection('STALE_DISPATCH', reason));
  }
  if (task.polledDispatch === command.dispatch) return repeated();
  const { taskId, dispatch, workerId } = command;
  turn.emit(
    workerId === undefined
      ? { type: 'TaskPolled', taskId, dispatch }
      : { type: 'TaskPolled', taskId, dispatch, workerId },
  );
  return accepted(turn);
}
