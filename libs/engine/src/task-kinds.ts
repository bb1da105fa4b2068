import type { WorkflowTask } from '@partitura/model';
import type { TaskKind } from './task-kind.ts';

/** The task kinds that an installation knows, by Conductor's word for them. */
export interface TaskKinds {
  readonly byType: ReadonlyMap<string, TaskKind>;
  /** Runs everything that no kind of its own exists for. */
  readonly worker: TaskKind;
}

export function taskKindsOf(kinds: readonly TaskKind[], worker: TaskKind): TaskKinds {
  return { byType: new Map(kinds.map((kind) => [kind.type, kind])), worker };
}

/** A SIMPLE task that bears the name of a system task is that system task. */
export function kindOf(kinds: TaskKinds, task: Pick<WorkflowTask, 'type' | 'name'>): TaskKind {
  return kinds.byType.get(task.type === 'SIMPLE' ? task.name : task.type) ?? kinds.worker;
}
