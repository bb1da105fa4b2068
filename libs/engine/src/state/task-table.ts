import { List, Map } from 'immutable';
import { invariant, type TaskId } from '@partitura/model';
import type { Task } from './task.ts';
import { isDecided, isOpen } from './task.ts';

/**
 * The tasks of a run, so arranged that every question that an event raises is answered without looking at all of them.
 * Persistent: an older state keeps its table.
 */
export interface TaskTable {
  /** By seq − 1, all attempts. */
  readonly bySeq: List<Task>;
  /** Newest attempt of each reference name. */
  readonly newest: Map<string, number>;
  readonly openCount: number;
  /** Reference name → seqs of the JOINs that name it. */
  readonly joiners: Map<string, readonly number[]>;
}

export const noTasks: TaskTable = { bySeq: List(), newest: Map(), openCount: 0, joiners: Map() };

export function taskAt(table: TaskTable, seq: number): Task {
  const task = table.bySeq.get(seq - 1);
  invariant(task !== undefined, `there is no task with seq ${seq}`);
  return task;
}

/** Ids of tasks end with their seq in base 36, so no index by id is needed. */
export function taskById(table: TaskTable, id: TaskId): Task | undefined {
  const seq = seqIn(id);
  const task = seq > 0 ? table.bySeq.get(seq - 1) : undefined;
  return task?.plan.taskId === id ? task : undefined;
}

/** The number behind the last point; anything for texts that are no task ids. Happens several times per event. */
function seqIn(id: TaskId): number {
  let seq = 0;
  let scale = 1;
  for (let i = id.length - 1; i >= 0; i--) {
    const code = id.charCodeAt(i);
    if (code === 46) break;
    seq += (code < 58 ? code - 48 : code - 87) * scale;
    scale *= 36;
  }
  return seq;
}

export function newestOf(table: TaskTable, referenceName: string): Task | undefined {
  const seq = table.newest.get(referenceName);
  return seq === undefined ? undefined : table.bySeq.get(seq - 1);
}

export function addTask(table: TaskTable, task: Task): TaskTable {
  const { seq, referenceName, iteration } = task.plan;
  const newest = table.newest.set(referenceName, seq);
  return {
    bySeq: table.bySeq.set(seq - 1, task),
    newest: iteration > 0 ? newest.set(withoutIteration(referenceName), seq) : newest,
    openCount: table.openCount + (isOpen(task) ? 1 : 0),
    joiners: table.joiners,
  };
}

export function replaceTask(table: TaskTable, before: Task, after: Task): TaskTable {
  return {
    bySeq: table.bySeq.set(after.plan.seq - 1, after),
    newest: table.newest,
    openCount: table.openCount + (isOpen(after) ? 1 : 0) - (isOpen(before) ? 1 : 0),
    joiners: table.joiners,
  };
}

/** The name that the definition gives to a task that runs in a loop. Registration refuses names that end like this. */
export const withoutIteration = (referenceName: string): string => referenceName.replace(/(?:__\d+)+$/, '');

/** Notes which references a JOIN names. */
export function addJoiner(table: TaskTable, seq: number, on: readonly string[]): TaskTable {
  const joiners = table.joiners.withMutations((map) => {
    for (const ref of on) {
      const seqs = map.get(ref) ?? [];
      if (!seqs.includes(seq)) map.set(ref, [...seqs, seq]);
    }
  });
  return { ...table, joiners };
}

export function isRefDecided(table: TaskTable, referenceName: string): boolean {
  const task = newestOf(table, referenceName);
  return task !== undefined && isDecided(task);
}
