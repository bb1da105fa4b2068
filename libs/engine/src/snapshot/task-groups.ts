import type { Task } from '../state/task.ts';
import type { TaskTable } from '../state/task-table.ts';
import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readTask, writeTask, type TaskContext } from './task-codec.ts';

/** Numbers in a group. Within one, texts are written once; between groups nothing is shared. */
const groupSize = 32;

/** Neighbours as they were when they were written. */
interface Group {
  readonly tasks: readonly (Task | undefined)[];
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * The tasks of a run as bytes, in groups that can be read alone. Tasks never change, they are replaced: a group of the
 * same tasks has the same bytes, so a state can be written ahead, while it goes on, and what was replaced since is
 * written again.
 */
export class TaskGroups {
  readonly #known: (Group | undefined)[] = [];
  /** The group that is looked at next. */
  #next = 0;
  /** How many a look at all of them has written so far. */
  #written = 0;

  /** Writes a group that has changed. False: a look at all found little to write. */
  writeSome(table: TaskTable, context: TaskContext): boolean {
    const groups = groupsOf(table);
    for (let looked = 0; looked < groupsPerStep; looked++) {
      if (this.#next >= groups) return this.#beginAnew();
      const number = this.#next++;
      const tasks = tasksOf(table, number);
      if (isSame(this.#known[number], tasks)) continue;
      this.#known[number] = writeGroup(tasks, context);
      this.#written += 1;
      return true;
    }
    return true;
  }

  /** @param behind How many bytes will be written after the tasks, about: growing is copying. */
  write(to: ByteWriter, table: TaskTable, context: TaskContext, behind: number): void {
    const groups: Group[] = [];
    for (let number = 0; number < groupsOf(table); number++) {
      const tasks = tasksOf(table, number);
      const known = this.#known[number];
      const group = known !== undefined && isSame(known, tasks) ? known : writeGroup(tasks, context);
      if (group.count > 0) groups.push(group);
    }
    to.expect(groups.reduce((sum, { bytes }) => sum + bytes.length + 1, 8) + behind);
    to.list(groups, ({ count, bytes }) => {
      to.count(count);
      to.raw(bytes);
    });
  }

  #beginAnew(): boolean {
    const written = this.#written;
    this.#next = 0;
    this.#written = 0;
    return written > fewGroups;
  }
}

/** What writing the rest at once takes is some milliseconds then. */
const fewGroups = 100;
const groupsPerStep = 500;

export function readGroups(from: ByteReader, context: TaskContext): readonly Task[] {
  const tasks: Task[] = [];
  for (let groups = from.count(); groups > 0; groups--) {
    from.forget();
    for (let count = from.count(); count > 0; count--) tasks.push(readTask(from, context));
  }
  return tasks;
}

const groupsOf = ({ bySeq }: TaskTable): number => Math.ceil(bySeq.size / groupSize);

function tasksOf({ bySeq }: TaskTable, group: number): readonly (Task | undefined)[] {
  const tasks: (Task | undefined)[] = [];
  const end = Math.min(bySeq.size, (group + 1) * groupSize);
  for (let i = group * groupSize; i < end; i++) tasks.push(bySeq.get(i));
  return tasks;
}

function isSame(known: Group | undefined, tasks: readonly (Task | undefined)[]): boolean {
  if (known?.tasks.length !== tasks.length) return false;
  for (let i = 0; i < tasks.length; i++) if (known.tasks[i] !== tasks[i]) return false;
  return true;
}

function writeGroup(tasks: readonly (Task | undefined)[], context: TaskContext): Group {
  const to = new ByteWriter(256);
  let count = 0;
  for (const task of tasks) {
    if (task === undefined) continue;
    writeTask(to, task, context);
    count += 1;
  }
  return { tasks, count, bytes: to.finish() };
}
