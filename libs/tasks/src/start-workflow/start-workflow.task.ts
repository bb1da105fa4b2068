import type { TaskKind } from '@partitura/engine';
import { isJsonObject, Payload } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Starts a workflow of which nothing is heard any more. Whoever works on queue `START_WORKFLOW` sends the start. */
export const startWorkflowTask: TaskKind<undefined> = {
  type: 'START_WORKFLOW',
  traits: { ...systemTask, delayed: true, knowsItsId: false },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', queue: 'START_WORKFLOW', input: step.input() }),
  /** What the request leaves out comes from the workflow that starts the other. */
  question(step) {
    const request = step.self.input.object['startWorkflow'];
    if (!isJsonObject(request)) return step.self.input;
    const { correlationId, taskToDomain } = step.workflow;
    const startWorkflow = {
      ...request,
      correlationId: request['correlationId'] ?? correlationId ?? null,
      taskToDomain: request['taskToDomain'] ?? taskToDomain,
    };
    return Payload.of({ ...step.self.input.object, startWorkflow });
  },
};
