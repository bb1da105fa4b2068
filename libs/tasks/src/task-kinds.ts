import { taskKindsOf, type TaskKind, type TaskKinds } from '@partitura/engine';
import { allKinds } from './registry.ts';
import { simpleTask } from './simple/simple.task.ts';

/** Every task kind of the product; types nobody knows are work for workers. */
export const taskKinds: TaskKinds = taskKindsOf(allKinds, simpleTask);

/** The product's kinds, and those that plug-ins add. A type that exists already is a RangeError. */
export function taskKindsWith(added: readonly TaskKind[]): TaskKinds {
  const known = new Set(taskKinds.byType.keys());
  for (const { type } of added) {
    if (known.has(type)) throw new RangeError(`there is a task kind ${type} already`);
    known.add(type);
  }
  return taskKindsOf([...allKinds, ...added], simpleTask);
}
