import type { TaskKind } from '@partitura/engine';
import type { JsonObject } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Reads an execution, by default without its tasks. Whoever works on queue `GET_WORKFLOW` looks it up. */
export const getWorkflowTask: TaskKind<undefined> = {
  type: 'GET_WORKFLOW',
  traits: { ...systemTask, delayed: true },
  check({ name, inputParameters }) {
    const { id } = (inputParameters as JsonObject | undefined) ?? {};
    return id === undefined || id === null || id === ''
      ? [`inputParameters.id field is required for taskType: GET_WORKFLOW taskName: ${name}`]
      : [];
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', queue: 'GET_WORKFLOW', input: step.input() }),
};
