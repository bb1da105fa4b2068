import { tooLargeForVariables, type TaskKind } from '@partitura/engine';
import { Payload } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Puts its input into the workflow's variables, key by key, nulls too. */
export const setVariableTask: TaskKind<undefined> = {
  type: 'SET_VARIABLE',
  traits: { ...systemTask, knowsItsId: false },
  parse: () => undefined,
  enter: (step) => ({ as: 'running', input: step.input() }),
  wake(step) {
    const { variables, workflowId } = step.workflow;
    const values = step.self.input;
    const reason = tooLargeForVariables(variables, values, workflowId);
    if (reason !== undefined) {
      return [{ do: 'finish', status: 'FAILED_WITH_TERMINAL_ERROR', output: Payload.empty, reason }];
    }
    return [
      { do: 'setVariables', values },
      { do: 'finish', status: 'COMPLETED', output: Payload.empty },
    ];
  },
};
