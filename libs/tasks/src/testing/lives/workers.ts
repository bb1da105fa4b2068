import type { ReportableStatus } from '@partitura/model';
import type { SeenTask } from '../run-view.ts';
import type { Handle, Scenario } from '../scenario.ts';
import type { Happening } from './happenings.ts';

const queues = ['a', 'b', 'HTTP', 'MY_TYPE'];

/** A worker of a random type comes by; where it finds nothing, one of another type does. */
export function poll(scenario: Scenario, which: number): void {
  const options = which % 10 === 0 ? { domain: 'd' } : {};
  const inTurn = queues.map((_, i) => queues[(which + i) % queues.length] ?? '');
  inTurn.some((type) => scenario.poll(type, options) !== undefined);
}

export const isOpen = ({ status }: SeenTask): boolean => status === 'SCHEDULED' || status === 'IN_PROGRESS';

/** Most often one that is open, if there is one. */
export function someTask(run: Handle, which: number): SeenTask | undefined {
  const open = which % 5 === 0 ? [] : run.seen.tasks.filter((task) => isOpen(task) && !isContainer(task));
  const tasks = open.length > 0 ? open : run.seen.tasks;
  return tasks[(which >> 4) % Math.max(1, tasks.length)];
}

const containers = new Set(['FORK', 'JOIN', 'EXCLUSIVE_JOIN', 'SWITCH', 'DECISION', 'DO_WHILE']);

/** Containers have their outcomes from the engine alone. */
export const isContainer = ({ type, childId }: SeenTask): boolean => childId !== undefined || containers.has(type);

/** Somebody says something about a task. */
export function report(run: Handle, task: SeenTask, what: Happening, which: number): void {
  const { ref, taskId, type, dispatch } = task;
  if (isContainer(task)) return;
  const output = { from: ref, n: which % 10 };
  // Whoever completes a request from outside knows no hand-over.
  const more = { taskId, ...(dispatch > 0 && type !== 'HTTP' && { dispatch }) };
  const say = (status: ReportableStatus, callbackAfterSeconds = 0): void => {
    run.report(ref, status, output, { ...more, callbackAfterSeconds, ...(status !== 'COMPLETED' && { reason: 'no' }) });
  };
  switch (what) {
    case 'fail':
      say('FAILED');
      return;
    case 'give up':
      say('FAILED_WITH_TERMINAL_ERROR');
      return;
    case 'cancel':
      if (which % 3 === 0) say('CANCELED');
      return;
    case 'progress':
      say('IN_PROGRESS', which % 4);
      return;
    case 'lease':
      run.extendLease(ref, taskId);
      return;
    case 'logs':
      run.send({ type: 'AddTaskLogs', taskId, logs: [{ message: 'hm', at: which }] });
      return;
    case 'undeliverable':
      run.send({ type: 'Undeliverable', taskId, dispatch, reason: 'the topic is gone' });
      return;
    default:
      say('COMPLETED');
  }
}
