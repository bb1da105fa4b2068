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

/** The earliest limit of the task; 0: none. Nothing is made for the answer: every event asks twice. */
export function deadlineOf(task: Task): number {
  if (!isOpen(task) || isUnlimited(task)) return 0;
  let earliest = 0;
  for (const kind of kinds) {
    const at = limitAt(task, kind);
    if (at > 0 && (earliest === 0 || at < earliest)) earliest = at;
  }
  return earliest;
}

const none: readonly Deadline[] = [];
/** In the order in which they are examined. */
const kinds: readonly DeadlineKind[] = ['total', 'task', 'poll', 'response'];

/** The limits that act on the task now, in the order in which they are examined. */
export function deadlinesOf(task: Task): readonly Deadline[] {
  if (!isOpen(task) || isUnlimited(task)) return none;
  return kinds.map((kind) => ({ kind, at: limitAt(task, kind) })).filter(({ at }) => at > 0);
}

/**
 * When a limit acts; 0: not at all. Policy ALERT_ONLY acts on nothing; the response time-out knows no policy. Clocks start
 * when the task can be polled or was polled, not when it was scheduled (Conductor adds start and retry delays, for poll
 * even twice); only the total time-out spans everything.
 */
function limitAt(task: Task, kind: DeadlineKind): number {
  const { limits } = task.plan;
  const acts = limits.timeoutPolicy !== 'ALERT_ONLY';
  switch (kind) {
    case 'total':
      return acts && limits.totalTimeoutMs > 0 ? task.plan.firstScheduledAt + limits.totalTimeoutMs : 0;
    case 'task':
      return acts && limits.timeoutMs > 0 && task.startedAt > 0 ? task.startedAt + limits.timeoutMs : 0;
    case 'poll':
      return acts && limits.pollTimeoutMs > 0 && task.status === 'SCHEDULED' && task.dueAt === 0 && task.offeredAt > 0
        ? task.offeredAt + limits.pollTimeoutMs
        : 0;
    case 'response':
      return limits.responseTimeoutMs > 0 && task.status === 'IN_PROGRESS'
        ? task.updatedAt + limits.responseTimeoutMs + task.callbackAfterSeconds * 1000
        : 0;
  }
}

function isUnlimited({ plan: { limits } }: Task): boolean {
  return (
    limits.timeoutMs === 0 &&
    limits.totalTimeoutMs === 0 &&
    limits.pollTimeoutMs === 0 &&
    limits.responseTimeoutMs === 0
  );
}
