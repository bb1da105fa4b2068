import type { TaskKind } from '@partitura/engine';
import type { WorkflowTask } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Queue and shown type of a worker's task: its name if it is SIMPLE, else the type that nobody else knows. */
const queueOf = ({ type, name }: WorkflowTask): string => (type === 'SIMPLE' ? name : type);

/** Work for a worker of the user's. */
export const simpleTask: TaskKind<undefined> = {
  type: 'SIMPLE',
  traits: {
    ...systemTask,
    worker: true,
    responds: () => true,
    shownType: queueOf,
    delayed: true,
    usesInputTemplate: true,
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', input: step.input(), queue: queueOf(step.task) }),
};
