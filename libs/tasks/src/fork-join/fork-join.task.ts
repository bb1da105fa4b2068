import type { TaskKind } from '@partitura/engine';
import { Payload } from '@partitura/model';
import { controlTask } from '../traits.ts';

/** Runs several lists of tasks side by side; the JOIN after it waits for them. */
export const forkJoinTask: TaskKind<undefined> = {
  type: 'FORK_JOIN',
  traits: { ...controlTask, knowsItsId: false, shownType: () => 'FORK' },
  check({ name, forkTasks }) {
    if ((forkTasks ?? []).length > 0) return [];
    return [`forkTasks should have atleast one task for taskType: FORK_JOIN taskName: ${name}`];
  },
  parse: () => undefined,
  enter(step) {
    if (step.next?.type !== 'JOIN') {
      return { as: 'impossible', reason: 'Fork task definition is not followed by a join task.  Check the blueprint' };
    }
    return {
      as: 'ended',
      status: 'COMPLETED',
      input: step.input(),
      output: Payload.empty,
      then: { list: 'branches' },
    };
  },
};
