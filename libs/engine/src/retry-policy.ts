import type { TaskDef, TaskId } from '@partitura/model';
import { hash32 } from './content-hash.ts';
import type { RetryRule } from './graph/graph.ts';
import type { Task } from './state/task.ts';

/** Whether a failed attempt is followed by another one. */
export type RetryVerdict =
  | { readonly kind: 'retry'; readonly delaySeconds: number; readonly jitterMs: number }
  /** Attempts are left, but the time for all of them together is used up. */
  | { readonly kind: 'outOfTime'; readonly reason: string }
  | { readonly kind: 'no' };

const secondsMax = 2147483647;

/**
 * @param failed The attempt with its outcome.
 * @param failedAt Epoch ms.
 */
export function retryVerdict(failed: Task, failedAt: number, rule: RetryRule): RetryVerdict {
  if (failed.status !== 'FAILED' && failed.status !== 'TIMED_OUT') return { kind: 'no' };
  if (failed.attempt >= rule.count) return { kind: 'no' };
  const { plan } = failed;
  const { totalTimeoutMs } = plan.limits;
  const elapsed = failedAt - plan.firstScheduledAt;
  if (totalTimeoutMs > 0 && elapsed >= totalTimeoutMs) {
    const limit = totalTimeoutMs / 1000;
    const spent = Math.floor(elapsed / 1000);
    const reason = `Task ${plan.taskId}/${plan.taskDefName} exceeded total timeout of ${limit} seconds (elapsed ${spent} seconds across all attempts). No further retries will be attempted.`;
    return { kind: 'outOfTime', reason };
  }
  return {
    kind: 'retry',
    delaySeconds: retryDelaySeconds(rule.def, failed.attempt),
    jitterMs: jitterMs(rule.def, plan.taskId),
  };
}

/** @param attempt Number of the attempt that failed; the first is 0. */
export function retryDelaySeconds(def: TaskDef, attempt: number): number {
  const delay = Math.max(0, def.retryDelaySeconds);
  const uncapped = ((): number => {
    switch (def.retryLogic) {
      case 'LINEAR_BACKOFF':
        return delay * def.backoffScaleFactor * (attempt + 1);
      case 'EXPONENTIAL_BACKOFF':
        return delay * 2 ** attempt;
      default:
        return delay;
    }
  })();
  const seconds = Math.min(uncapped, secondsMax);
  return def.maxRetryDelaySeconds > 0 ? Math.min(seconds, def.maxRetryDelaySeconds) : seconds;
}

/** Spreads retries evenly over the jitter. A function of the attempt's id: a decision has no dice. */
function jitterMs(def: TaskDef, taskId: TaskId): number {
  return def.backoffJitterMs > 0 ? hash32(taskId) % (def.backoffJitterMs + 1) : 0;
}
