import { handOver } from '../settle/hand-over.ts';
import type { Turn } from '../settle/turn.ts';
import { allTasks } from '../state/task-table.ts';
import { accepted, type WorkflowDecision } from './decision.ts';

/** What waits for its time to be handed out is handed out now. */
export function resetCallbacks(turn: Turn): WorkflowDecision {
  for (const task of allTasks(turn.run.tasks)) {
    const { taskId, queue } = task.plan;
    if (task.status !== 'SCHEDULED' || task.dueAt === 0 || queue === undefined) continue;
    if (!turn.nodeOf(task).kind.traits.worker) continue;
    const { status, output, reason, workerId } = task;
    turn.emit({
      type: 'TaskProgressed',
      taskId,
      status,
      output,
      ...(reason !== undefined && { reason }),
      ...(workerId !== undefined && { workerId }),
      callbackAfterSeconds: 0,
      dueAt: 0,
    });
    handOver(turn, taskId, task.dispatch + 1);
  }
  return accepted(turn);
}
