import { invariant, type TaskId } from '@partitura/model';
import type { Draft } from '../draft.ts';
import { addDue, removeDue, type DueTimes } from '../state/due-times.ts';
import { deadlineOf, timerOf } from '../state/deadlines.ts';
import { dataBytesOf, draftOf, type Task } from '../state/task.ts';
import { addTask, replaceTask, taskById } from '../state/task-table.ts';
import { draftOfRun, type Run } from '../state/workflow-state.ts';

/** The run with one more task. */
export function withNewTask(run: Run, task: Task, at: number): Draft<Run> {
  const next = draftOfRun(run);
  const { seq } = task.plan;
  next.updatedAt = at;
  next.tasks = addTask(run.tasks, task);
  next.dataBytes = run.dataBytes + dataBytesOf(task);
  next.timers = moveDue(run.timers, 0, timerOf(task), seq);
  next.deadlines = moveDue(run.deadlines, 0, deadlineOf(task), seq);
  return next;
}

/** The run in which a task has changed. Its clocks follow from the task. */
export function withTask(run: Run, before: Task, after: Task, at: number): Draft<Run> {
  const next = draftOfRun(run);
  const { seq } = after.plan;
  next.updatedAt = at;
  next.tasks = replaceTask(run.tasks, before, after);
  if (after.output !== before.output) {
    next.dataBytes = run.dataBytes + after.output.size - before.output.size;
  }
  next.timers = moveDue(run.timers, timerOf(before), timerOf(after), seq);
  next.deadlines = moveDue(run.deadlines, deadlineOf(before), deadlineOf(after), seq);
  return next;
}

/** The run without what it keeps because of a task, except for its place in the table. */
export function withoutTask(run: Run, task: Task, at: number): Draft<Run> {
  const next = draftOfRun(run);
  const { seq } = task.plan;
  next.updatedAt = at;
  next.dataBytes = run.dataBytes - dataBytesOf(task);
  next.timers = moveDue(run.timers, timerOf(task), 0, seq);
  next.deadlines = moveDue(run.deadlines, deadlineOf(task), 0, seq);
  return next;
}

/** Changes the task with this id. */
export function changeTask(run: Run, id: TaskId, at: number, change: (task: Draft<Task>) => void): Draft<Run> {
  const task = taskById(run.tasks, id);
  invariant(task !== undefined, `the event names an unknown task ${id}`);
  const after = draftOf(task);
  after.updatedAt = at;
  change(after);
  return withTask(run, task, after, at);
}

function moveDue(tree: DueTimes | undefined, from: number, to: number, seq: number): DueTimes | undefined {
  if (from === to) return tree;
  const without = from === 0 ? tree : removeDue(tree, from, seq);
  return to === 0 ? without : addDue(without, to, seq);
}
