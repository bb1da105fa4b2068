import { invariant, type Wake } from '@partitura/model';
import { endTask } from '../settle/end-task.ts';
import { handOver } from '../settle/hand-over.ts';
import { beginLate, isHeldBack } from '../settle/held-back.ts';
import { endWorkflow, failWorkflow } from '../settle/end-workflow.ts';
import { settle } from '../settle/settle.ts';
import type { Turn } from '../settle/turn.ts';
import { wakeTask } from '../settle/wake-task.ts';
import { deadlinesOf, timerOf, type Deadline } from '../state/deadlines.ts';
import { earliestDue } from '../state/due-times.ts';
import type { Task } from '../state/task.ts';
import { taskAt } from '../state/task-table.ts';
import { accepted, type WorkflowDecision } from './decision.ts';

/**
 * Time has passed: promises are kept (waits end, delayed attempts are handed over), then limits act. What does not fit
 * into one entry is due again at once.
 */
export function wake(turn: Turn, signal: Wake): WorkflowDecision {
  keepPromises(turn, signal.timersThrough);
  settle(turn);
  if (turn.run.phase === 'running') enforceLimits(turn, signal.deadlinesThrough);
  settle(turn);
  return accepted(turn);
}

function keepPromises(turn: Turn, through: number): void {
  for (;;) {
    const due = earliestDue(turn.run.timers);
    if (due === undefined || due.time > through || turn.isFull) return;
    const task = taskAt(turn.run.tasks, due.seq);
    if (task.plan.queue !== undefined || task.plan.child !== undefined) {
      handOver(turn, task.plan.taskId, task.dispatch + 1);
    } else if (isHeldBack(task)) {
      beginLate(turn, task);
    } else {
      wakeTask(turn, due.seq, { kind: 'time' });
    }
    invariant(
      timerOf(taskAt(turn.run.tasks, due.seq)) !== due.time,
      `task ${task.plan.taskId} did not act at its time`,
    );
  }
}

function enforceLimits(turn: Turn, through: number): void {
  const { timeoutAt } = turn.run;
  if (timeoutAt > 0 && timeoutAt <= through) {
    timeOutWorkflow(turn);
    return;
  }
  for (;;) {
    const due = earliestDue(turn.run.deadlines);
    if (due === undefined || due.time > through || turn.isFull || turn.run.phase !== 'running') return;
    const task = taskAt(turn.run.tasks, due.seq);
    const missed = deadlinesOf(task).find(({ at }) => at <= through);
    invariant(missed !== undefined, `task ${task.plan.taskId} has no limit at ${due.time}`);
    timeOutTask(turn, task, missed);
  }
}

function timeOutTask(turn: Turn, task: Task, missed: Deadline): void {
  const reason = timeoutReason(task, missed, turn.at);
  const hard = missed.kind !== 'response' && task.plan.limits.timeoutPolicy === 'TIME_OUT_WF';
  if (!hard) {
    endTask(turn, task.plan.seq, { status: 'TIMED_OUT', output: task.output, reason });
    return;
  }
  const { taskId } = task.plan;
  turn.emit({ type: 'TaskEnded', taskId, status: 'TIMED_OUT', output: task.output, reason, retried: false });
  endWorkflow(turn, { status: 'TIMED_OUT', reason, failedTaskId: taskId, compensated: true });
}

function timeOutWorkflow(turn: Turn): void {
  const { timeoutSeconds, timeoutPolicy } = turn.graph.definition;
  const elapsed = seconds(turn.at - turn.run.clockFrom);
  const reason = `Workflow timed out after ${elapsed} seconds. Timeout configured as ${timeoutSeconds} seconds. Timeout policy configured to ${timeoutPolicy}`;
  failWorkflow(turn, reason, 'TIMED_OUT');
}

function timeoutReason(task: Task, { kind }: Deadline, at: number): string {
  const { taskId, taskDefName, limits, firstScheduledAt } = task.plan;
  const policy = limits.timeoutPolicy;
  switch (kind) {
    case 'total': {
      const elapsed = seconds(at - firstScheduledAt);
      return `Task ${taskDefName}/${taskId} exceeded total timeout of ${limits.totalTimeoutMs / 1000} seconds (elapsed ${elapsed} seconds across all attempts including retry delays). Timeout policy: ${policy}`;
    }
    case 'task': {
      const elapsed = seconds(at - task.startedAt);
      return `Task timed out after ${elapsed} seconds. Timeout configured as ${limits.timeoutMs / 1000} seconds. Timeout policy configured to ${policy}`;
    }
    case 'poll': {
      const elapsed = seconds(at - task.offeredAt);
      return `Task poll timed out after ${elapsed} seconds. Poll timeout configured as ${limits.pollTimeoutMs / 1000} seconds. Timeout policy configured to ${policy}`;
    }
    case 'response':
      return `responseTimeout: ${limits.responseTimeoutMs / 1000} exceeded for the taskId: ${taskId} with Task Definition: ${taskDefName}`;
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
