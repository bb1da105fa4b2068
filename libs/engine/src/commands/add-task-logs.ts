import { rejection, type AddTaskLogs } from '@partitura/model';
import type { Turn } from '../settle/turn.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';

export function addTaskLogs(turn: Turn, command: AddTaskLogs): WorkflowDecision {
  if (taskById(turn.run.tasks, command.taskId) === undefined) {
    return refused(rejection('TASK_NOT_FOUND', `No such task found by id: ${command.taskId}`));
  }
  turn.emit({ type: 'TaskLogsAdded', taskId: command.taskId, logs: command.logs });
  return accepted(turn);
}
