import type { TaskKind } from '@partitura/engine';
import type { JsonObject } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Reports about a task of this or another workflow. Whoever works on queue `UPDATE_TASK` sends the report. */
export const updateTaskTask: TaskKind<undefined> = {
  type: 'UPDATE_TASK',
  traits: { ...systemTask, delayed: true },
  check({ name, inputParameters }) {
    const { taskId, workflowId, taskRefName, taskStatus } = (inputParameters as JsonObject | undefined) ?? {};
    const problems: string[] = [];
    if (!isGiven(taskId) && !(isGiven(workflowId) && isGiven(taskRefName))) {
      problems.push(
        `inputParameters.taskId, or workflowId and taskRefName, are required for taskType: UPDATE_TASK taskName: ${name}`,
      );
    }
    if (!isGiven(taskStatus)) {
      problems.push(`inputParameters.taskStatus field is required for taskType: UPDATE_TASK taskName: ${name}`);
    }
    return problems;
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', queue: 'UPDATE_TASK', input: step.input() }),
};

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
