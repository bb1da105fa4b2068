import type { WorkflowTask } from '@partitura/model';

/** Where a task stands in a definition. */
export interface Spot {
  readonly task: WorkflowTask;
  /** `tasks[0].forkTasks[1].<list element>[0]` */
  readonly path: string;
  /** Before it in the same list. */
  readonly previous: Spot | undefined;
  /** Absent at the top level. */
  readonly around: Around | undefined;
}

/** The list inside another task that a task stands in. */
export interface Around {
  readonly spot: Spot;
  readonly list: 'case' | 'branch' | 'body';
  /** Which of the lists of that kind. */
  readonly key: string;
}

/** All tasks of a list, nested ones included, in the order of `tasksInOrder`. */
export function spotsOf(tasks: readonly WorkflowTask[], path: string): readonly Spot[] {
  const found: Spot[] = [];
  const walk = (list: readonly WorkflowTask[] | undefined, at: string, around: Around | undefined): void => {
    let previous: Spot | undefined;
    for (const [i, task] of (list ?? []).entries()) {
      const spot: Spot = { task, path: `${at}[${i}]`, previous, around };
      found.push(spot);
      inside(spot);
      previous = spot;
    }
  };
  const inside = (spot: Spot): void => {
    const { task, path } = spot;
    for (const [key, list] of Object.entries(task.decisionCases ?? {})) {
      walk(list, `${path}.decisionCases[${key}].<map value>`, { spot, list: 'case', key: `case ${key}` });
    }
    walk(task.defaultCase, `${path}.defaultCase`, { spot, list: 'case', key: 'the default case' });
    for (const [i, list] of (task.forkTasks ?? []).entries()) {
      walk(list, `${path}.forkTasks[${i}].<list element>`, { spot, list: 'branch', key: String(i) });
    }
    walk(task.loopOver, `${path}.loopOver`, { spot, list: 'body', key: 'the body' });
  };
  walk(tasks, path, undefined);
  return found;
}

/** The innermost loop around a task. */
export function loopAround({ around }: Spot): Spot | undefined {
  if (around === undefined) return undefined;
  return around.list === 'body' ? around.spot : loopAround(around.spot);
}
