import { taskKindsOf, type TaskKinds } from '@partitura/engine';
import { allKinds } from './registry.ts';
import { simpleTask } from './simple/simple.task.ts';

/** Every task kind of the product; types nobody knows are work for workers. */
export const taskKinds: TaskKinds = taskKindsOf(allKinds, simpleTask);
