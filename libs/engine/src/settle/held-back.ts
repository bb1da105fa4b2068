import type { Task } from '../state/task.ts';
import { asksNobodyElse } from '../state/task.ts';
import type { Entry } from '../task-kind.ts';
import { endTask } from './end-task.ts';
import { enterAgain, entryOf } from './enter.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';

/** What is done here and now waits for a retry's delay as a scheduled task; whatever is handed out waits in its queue. */
export const isHeldBack = (task: Task): boolean => task.status === 'SCHEDULED' && asksNobodyElse(task);

/** An attempt that was held back begins, with the input that it was given when it was made. */
export function beginLate(turn: Turn, task: Task): void {
  const { seq, taskId, input } = task.plan;
  const entry: Entry = entryOf(turn, turn.nodeOf(task), placeOf(turn, task), taskId, input);
  if (entry.as === 'ended' && entry.then === undefined) endTask(turn, seq, entry);
  else enterAgain(turn, seq, input);
}
