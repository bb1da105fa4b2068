import { List, Map } from 'immutable';
import { invariant, type TaskId } from '@partitura/model';
import type { Task } from './task.ts';
import { isDecided, isOpen } from './task.ts';

/**
 * The tasks of a run, so arranged that every question that an event raises is answered without looking at all of them.
 * Persistent: an older state keeps its table.
 */
export interface TaskTable {
  /** By seq − 1, all attempts; removed ones leave a gap, since numbers are not given out again. */
  readonly bySeq: List<Task | undefined>;
  /** Newest attempt of each reference name. */
  readonly newest: Map<string, number>;
  readonly openCount: number;
  /** Reference name → seqs of the JOINs that name it, of those that name few. */
  readonly joiners: Map<string, readonly number[]>;
  /** JOINs that name many: looked through one by one, since there can only be a few. */
  readonly wideJoiners: readonly WideJoiner[];
}

/** A JOIN of so many references that an entry for each would cost more than asking it whether it names one. */
interface WideJoiner {
  readonly seq: number;
  readonly on: readonly string[];
}

export const noTasks: TaskTable = { bySeq: List(), newest: Map(), openCount: 0, joiners: Map(), wideJoiners: [] };

export function taskAt(table: TaskTable, seq: number): Task {
  const task = table.bySeq.get(seq - 1);
  invariant(task !== undefined, `there is no task with seq ${seq}`);
  return task;
}

/** The table of these attempts, by seq; `size` numbers were given out. */
export function tableOf(tasks: readonly Task[], size: number): TaskTable {
  const bySeq = new Array<Task | undefined>(size).fill(undefined);
  let openCount = 0;
  const newest = noTasks.newest.withMutations((map) => {
    for (const task of tasks) {
      const { seq, referenceName, iteration } = task.plan;
      bySeq[seq - 1] = task;
      if (isOpen(task)) openCount += 1;
      map.set(referenceName, seq);
      if (iteration > 0) map.set(withoutIteration(referenceName), seq);
    }
  });
  const table: TaskTable = { ...noTasks, bySeq: List(bySeq), newest, openCount };
  return tasks
    .filter((task) => isOpen(task) && task.plan.join !== undefined)
    .reduce((found, { plan }) => addJoiner(found, plan.seq, plan.join?.on ?? []), table);
}

/** What {@link tableOf} gives for all others of a table in which nothing is open, with work for those that are gone alone. */
export function endedTableWithout(table: TaskTable, gone: readonly Task[]): TaskTable {
  const names = new Set<string>();
  for (const { plan } of gone) {
    names.add(plan.referenceName);
    if (plan.iteration > 0) names.add(withoutIteration(plan.referenceName));
  }
  let bySeq = table.bySeq.withMutations((list) => {
    for (const { plan } of gone) list.set(plan.seq - 1, undefined);
  });
  let size = bySeq.size;
  while (size > 0 && bySeq.get(size - 1) === undefined) size -= 1;
  bySeq = bySeq.setSize(size);
  const newest = table.newest.withMutations((map) => {
    for (const name of names) map.delete(name);
    for (const task of bySeq) {
      if (task === undefined) continue;
      const { seq, referenceName, iteration } = task.plan;
      if (names.has(referenceName)) map.set(referenceName, seq);
      if (iteration > 0 && names.has(withoutIteration(referenceName))) map.set(withoutIteration(referenceName), seq);
    }
  });
  return { ...noTasks, bySeq, newest };
}

/** All attempts in the order of scheduling. */
export function* allTasks(table: TaskTable): Generator<Task> {
  for (const task of table.bySeq) if (task !== undefined) yield task;
}

/** The attempt that was scheduled last; skipped ones never were. */
export function lastTask(table: TaskTable): Task | undefined {
  for (let seq = table.bySeq.size; seq > 0; seq--) {
    const task = table.bySeq.get(seq - 1);
    if (task !== undefined && task.status !== 'SKIPPED') return task;
  }
  return undefined;
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

/**
 * Finds the newest attempts of many reference names, one after the other. Whoever asks for many asks for neighbours, so
 * it looks behind the one that it found last before it looks the name up.
 */
export class Finder {
  readonly #table: TaskTable;
  #last = 0;

  constructor(table: TaskTable) {
    this.#table = table;
  }

  newest(referenceName: string): Task | undefined {
    const next = this.#table.bySeq.get(this.#last);
    // An attempt behind which there is another one of its name has been retried: they are made for no other reason.
    const isIt = next !== undefined && !next.retried && next.plan.referenceName === referenceName;
    const found = isIt ? next : newestOf(this.#table, referenceName);
    if (found !== undefined) this.#last = found.plan.seq;
    return found;
  }
}

/** Whether no other attempt of its name was made after it. */
export const isNewest = (table: TaskTable, task: Task): boolean =>
  !task.retried || newestOf(table, task.plan.referenceName) === task;

export function addTask(table: TaskTable, task: Task): TaskTable {
  const { seq, referenceName, iteration } = task.plan;
  const newest = table.newest.set(referenceName, seq);
  return {
    bySeq: table.bySeq.set(seq - 1, task),
    newest: iteration > 0 ? newest.set(withoutIteration(referenceName), seq) : newest,
    openCount: table.openCount + (isOpen(task) ? 1 : 0),
    joiners: table.joiners,
    wideJoiners: table.wideJoiners,
  };
}

export function replaceTask(table: TaskTable, before: Task, after: Task): TaskTable {
  return {
    bySeq: table.bySeq.set(after.plan.seq - 1, after),
    newest: table.newest,
    openCount: table.openCount + (isOpen(after) ? 1 : 0) - (isOpen(before) ? 1 : 0),
    joiners: table.joiners,
    wideJoiners: table.wideJoiners,
  };
}

/** The table without an attempt: names that led to it lead to the one before it, if there is one. */
export function removeTask(table: TaskTable, task: Task): TaskTable {
  const { seq, referenceName, iteration, join, retriedTaskId } = task.plan;
  const name = iteration > 0 ? withoutIteration(referenceName) : referenceName;
  let { newest, joiners } = table;
  if (newest.get(referenceName) === seq) {
    const before = retriedTaskId === undefined ? undefined : taskById(table, retriedTaskId);
    newest = before === undefined ? newest.delete(referenceName) : newest.set(referenceName, before.plan.seq);
  }
  if (newest.get(name) === seq) {
    const before = lastIteration(table, name, seq - 1);
    newest = before === undefined ? newest.delete(name) : newest.set(name, before);
  }
  for (const ref of isWide(join?.on) ? [] : (join?.on ?? [])) {
    const others = joiners.get(ref)?.filter((joiner) => joiner !== seq) ?? [];
    joiners = others.length > 0 ? joiners.set(ref, others) : joiners.delete(ref);
  }
  return {
    bySeq: table.bySeq.set(seq - 1, undefined),
    newest,
    openCount: table.openCount - (isOpen(task) ? 1 : 0),
    joiners,
    wideJoiners: isWide(join?.on) ? table.wideJoiners.filter((wide) => wide.seq !== seq) : table.wideJoiners,
  };
}

/** Seq of the newest task in a loop that has this name in the definition, up to a seq. */
function lastIteration(table: TaskTable, name: string, from: number): number | undefined {
  for (let seq = from; seq > 0; seq--) {
    const plan = table.bySeq.get(seq - 1)?.plan;
    if (plan !== undefined && plan.iteration > 0 && withoutIteration(plan.referenceName) === name) return seq;
  }
  return undefined;
}

/** The name that the definition gives to a task that runs in a loop. Registration refuses names that end like this. */
export const withoutIteration = (referenceName: string): string => referenceName.replace(/(?:__\d+)+$/, '');

/** Notes which references a JOIN names. */
export function addJoiner(table: TaskTable, seq: number, on: readonly string[]): TaskTable {
  if (isWide(on)) {
    const others = table.wideJoiners.filter((wide) => wide.seq !== seq && isOpen(taskAt(table, wide.seq)));
    return { ...table, wideJoiners: [...others, { seq, on }] };
  }
  const joiners = table.joiners.withMutations((map) => {
    for (const ref of on) {
      const seqs = map.get(ref) ?? [];
      if (!seqs.includes(seq)) map.set(ref, [...seqs, seq]);
    }
  });
  return { ...table, joiners };
}

/** The JOINs that name a reference. */
export function joinersOf(table: TaskTable, referenceName: string): readonly number[] {
  const few = table.joiners.get(referenceName) ?? none;
  if (table.wideJoiners.length === 0) return few;
  const many = table.wideJoiners.filter(({ on }) => namesOf(on).has(referenceName));
  return many.length === 0 ? few : [...few, ...many.map(({ seq }) => seq)];
}

const none: readonly number[] = [];
const wideFrom = 1_000;
const isWide = (on: readonly string[] | undefined): boolean => on !== undefined && on.length >= wideFrom;

/** Each name once, in order. */
export const distinct = (names: readonly string[]): ReadonlySet<string> =>
  isWide(names) ? namesOf(names) : new Set(names);

/** Made once for a list, whichever states hold it. */
function namesOf(on: readonly string[]): ReadonlySet<string> {
  let names = namesOfLists.get(on);
  if (names === undefined) namesOfLists.set(on, (names = new Set(on)));
  return names;
}
const namesOfLists = new WeakMap<readonly string[], ReadonlySet<string>>();

export function isRefDecided(table: TaskTable, referenceName: string): boolean {
  const task = newestOf(table, referenceName);
  return task !== undefined && isDecided(task);
}

/** How many of these references, each of which counts once, are not decided. */
export function countUndecided(table: TaskTable, referenceNames: readonly string[]): number {
  const finder = new Finder(table);
  let open = 0;
  for (const name of distinct(referenceNames)) {
    const task = finder.newest(name);
    if (task === undefined || !isDecided(task)) open += 1;
  }
  return open;
}
