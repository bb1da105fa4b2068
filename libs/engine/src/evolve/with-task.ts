import { addDue, removeDue, type DueTimes } from '../state/due-times.ts';
import { deadlineOf, timerOf } from '../state/deadlines.ts';
import { dataBytesOf, type Task } from '../state/task.ts';
import { addTask, replaceTask, taskById } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { invariant, type TaskId } from '@partitura/model';

/** The run with one more task. */
export function withNewTask(run: Run, task: Task, at: number): Run {
  return {
    ...run,
    updatedAt: at,
    tasks: addTask(run.tasks, task),
    dataBytes: run.dataBytes + dataBytesOf(task),
    timers: moveDue(run.timers, 0, timerOf(task), task.plan.seq),
    deadlines: moveDue(run.deadlines, 0, deadlineOf(task), task.plan.seq),
  };
}

/** The run in which a task has changed. Its clocks follow from the task. */
export function withTask(run: Run, before: Task, after: Task, at: number): Run {
  return {
    ...run,
    updatedAt: at,
    tasks: replaceTask(run.tasks, after),
    dataBytes: run.dataBytes + after.output.bytes.length - before.output.bytes.length,
    timers: moveDue(run.timers, timerOf(before), timerOf(after), after.plan.seq),
    deadlines: moveDue(run.deadlines, deadlineOf(before), deadlineOf(after), after.plan.seq),
  };
}

/** Changes the task with this id. */
export function changeTask(run: Run, id: TaskId, at: number, change: (task: Task) => Partial<Task>): Run {
  const task = taskById(run.tasks, id);
  invariant(task !== undefined, `the event names an unknown task ${id}`);
  return withTask(run, task, { ...task, updatedAt: at, ...change(task) }, at);
}

function moveDue(tree: DueTimes | undefined, from: number, to: number, seq: number): DueTimes | undefined {
  if (from === to) return tree;
  const without = from === 0 ? tree : removeDue(tree, from, seq);
  return to === 0 ? without : addDue(without, to, seq);
}
