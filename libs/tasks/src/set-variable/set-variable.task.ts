import type { TaskKind } from '@partitura/engine';
import { Payload } from '@partitura/model';
import { systemTask } from '../traits.ts';

const variablesBytesMax = 256 * 1024;

/** Puts its input into the workflow's variables, key by key, nulls too. */
export const setVariableTask: TaskKind<undefined> = {
  type: 'SET_VARIABLE',
  traits: { ...systemTask, knowsItsId: false },
  parse: () => undefined,
  enter: (step) => ({ as: 'running', input: step.input() }),
  wake(step) {
    const { variables, workflowId } = step.workflow;
    const values = step.self.input;
    const size = Payload.of({ ...variables.object, ...values.object }).bytes.length;
    if (size > variablesBytesMax) {
      const reason = `The variables payload size: ${size} of workflow: ${workflowId} is greater than the permissible limit: ${variablesBytesMax / 1024} kilobytes`;
      return [{ do: 'finish', status: 'FAILED_WITH_TERMINAL_ERROR', output: Payload.empty, reason }];
    }
    return [
      { do: 'setVariables', values },
      { do: 'finish', status: 'COMPLETED', output: Payload.empty },
    ];
  },
};
