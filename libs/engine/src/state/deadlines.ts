import type { Task } from './task.ts';
import { isOpen } from './task.ts';

/** Which limit a deadline belongs to. */
export type DeadlineKind = 'total' | 'task' | 'poll' | 'response';

export interface Deadline {
  readonly kind: DeadlineKind;
  /** Epoch ms. */
  readonly at: number;
}

/** When the engine itself acts for the task; 0: never. */
export function timerOf(task: Task): number {
  return isOpen(task) ? task.dueAt : 0;
}

/** The earliest limit of the task; 0: none. */
export function deadlineOf(task: Task): number {
  let earliest = 0;
  for (const deadline of deadlinesOf(task)) {
    if (earliest === 0 || deadline.at < earliest) earliest = deadline.at;
  }
  return earliest;
}

const none: readonly Deadline[] = [];

/**
 * The limits that act on the task now, in the order in which they are examined. Policy ALERT_ONLY acts on nothing; the
 * response time-out knows no policy. Clocks start when the task can be polled or was polled, not when it was scheduled
 * (Conductor adds start and retry delays, for poll even twice); only the total time-out spans everything.
 */
export function deadlinesOf(task: Task): readonly Deadline[] {
  const { limits } = task.plan;
  if (!isOpen(task) || isUnlimited(task)) return none;
  const found: Deadline[] = [];
  if (limits.timeoutPolicy !== 'ALERT_ONLY') {
    if (limits.totalTimeoutMs > 0)
      found.push({ kind: 'total', at: task.plan.firstScheduledAt + limits.totalTimeoutMs });
    if (limits.timeoutMs > 0 && task.startedAt > 0) found.push({ kind: 'task', at: task.startedAt + limits.timeoutMs });
    if (limits.pollTimeoutMs > 0 && task.status === 'SCHEDULED' && task.dueAt === 0 && task.offeredAt > 0) {
      found.push({ kind: 'poll', at: task.offeredAt + limits.pollTimeoutMs });
    }
  }
  if (limits.responseTimeoutMs > 0 && task.status === 'IN_PROGRESS') {
    found.push({ kind: 'response', at: task.updatedAt + limits.responseTimeoutMs + task.callbackAfterSeconds * 1000 });
  }
  return found;
}

function isUnlimited({ plan: { limits } }: Task): boolean {
  return (
    limits.timeoutMs === 0 &&
    limits.totalTimeoutMs === 0 &&
    limits.pollTimeoutMs === 0 &&
    limits.responseTimeoutMs === 0
  );
}
