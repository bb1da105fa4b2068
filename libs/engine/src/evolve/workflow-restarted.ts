import { List } from 'immutable';
import type { EventMeta, SeqRange, WorkflowRerun, WorkflowRestarted } from '@partitura/model';
import { dataBytesOf, type Task } from '../state/task.ts';
import { allTasks, endedTableWithout, tableOf } from '../state/task-table.ts';
import { draftOfRun, type Run } from '../state/workflow-state.ts';
import { newRun } from './workflow-started.ts';

/** Nothing is left but the id, who started it, and with what. */
export function workflowRestarted(run: Run, event: WorkflowRestarted, meta: EventMeta): Run {
  const { version, definitionHash, variables, timeoutAt } = event;
  return newRun({ ...run.start, version, definitionHash, variables, timeoutAt }, meta);
}

/** What is left has ended, so there is nothing that any clock could be about. */
export function workflowRerun(run: Run, event: WorkflowRerun, meta: EventMeta): Run {
  const { input = run.start.input, correlationId = run.start.correlationId, variables = run.variables } = event;
  const { tasks, dataBytes } = withoutRanges(run, event.removed);
  const next = draftOfRun(run);
  next.phase = 'running';
  next.start = { ...run.start, input, ...(correlationId !== undefined && { correlationId }) };
  next.clockFrom = meta.at;
  next.timeoutAt = event.timeoutAt;
  next.updatedAt = meta.at;
  next.variables = variables;
  next.tasks = tasks;
  next.dataBytes = dataBytes;
  next.timers = undefined;
  next.deadlines = undefined;
  next.unfollowed = List();
  next.end = undefined;
  next.quarantinedBecause = undefined;
  return next;
}

/** Which is less work: to take away what is removed, or to put together what is kept. */
function withoutRanges(run: Run, removed: readonly SeqRange[]): Pick<Run, 'tasks' | 'dataBytes'> {
  const { bySeq } = run.tasks;
  const count = removed.reduce((sum, { from, to }) => sum + Math.min(to, bySeq.size) - from + 1, 0);
  if (run.tasks.openCount === 0 && count * 4 < bySeq.size) return withoutTasks(run, removed);
  const kept = Array.from(allTasks(run.tasks)).filter(({ plan }) => !isWithin(plan.seq, removed));
  return {
    tasks: tableOf(kept, kept.at(-1)?.plan.seq ?? 0),
    dataBytes: kept.reduce((sum: number, task: Task) => sum + dataBytesOf(task), 0),
  };
}

function withoutTasks(run: Run, removed: readonly SeqRange[]): Pick<Run, 'tasks' | 'dataBytes'> {
  const gone: Task[] = [];
  for (const { from, to } of removed) {
    for (let seq = from; seq <= Math.min(to, run.tasks.bySeq.size); seq++) {
      const task = run.tasks.bySeq.get(seq - 1);
      if (task !== undefined) gone.push(task);
    }
  }
  return {
    tasks: endedTableWithout(run.tasks, gone),
    dataBytes: gone.reduce((sum, task) => sum - dataBytesOf(task), run.dataBytes),
  };
}

/** @param ranges In ascending order. */
function isWithin(seq: number, ranges: readonly SeqRange[]): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle] as SeqRange;
    if (seq < range.from) high = middle;
    else if (seq > range.to) low = middle + 1;
    else return true;
  }
  return false;
}
