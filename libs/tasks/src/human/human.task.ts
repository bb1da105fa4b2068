import type { TaskKind } from '@partitura/engine';
import { systemTask } from '../traits.ts';

/** Waits for a person, who completes it through the task API. */
export const humanTask: TaskKind<undefined> = {
  type: 'HUMAN',
  traits: systemTask,
  parse: () => undefined,
  enter: (step) => ({ as: 'waiting', input: step.input() }),
};
