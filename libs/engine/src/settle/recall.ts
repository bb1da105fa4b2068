import { handOver } from './hand-over.ts';
import type { Turn } from './turn.ts';

/** Hands out what workers gave back for later, as far as this decision can hold it. */
export function recall(turn: Turn, from: number): void {
  const { size } = turn.run.tasks.bySeq;
  for (let seq = from; seq <= size && turn.run.tasks.openCount > 0; seq++) {
    const task = turn.run.tasks.bySeq.get(seq - 1);
    if (task?.status !== 'SCHEDULED' || task.dueAt === 0 || task.plan.queue === undefined) continue;
    if (!turn.kindOf(task).traits.worker) continue;
    if (turn.isFull) {
      turn.agenda.next({ do: 'recall', from: seq });
      return;
    }
    const { taskId } = task.plan;
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
}
