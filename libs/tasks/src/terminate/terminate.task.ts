import type { TaskKind } from '@partitura/engine';
import { isJsonObject, Payload, type Json } from '@partitura/model';
import { systemTask } from '../traits.ts';

const statuses = ['COMPLETED', 'FAILED', 'TERMINATED'] as const;
type Status = (typeof statuses)[number];

/** Ends the workflow from within, with a status, a reason and an output of its own. */
export const terminateTask: TaskKind<undefined> = {
  type: 'TERMINATE',
  traits: { ...systemTask, endsFlow: true },
  check({ name, optional, inputParameters }) {
    const problems: string[] = [];
    if (optional === true) problems.push(`terminate task cannot be optional, taskName: ${name}`);
    if (!isStatus((inputParameters as typeof inputParameters | undefined)?.['terminationStatus'])) {
      problems.push(
        `terminate task must have an terminationStatus parameter and must be set to COMPLETED or FAILED, taskName: ${name}`,
      );
    }
    return problems;
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'running', input: step.input() }),
  wake(step) {
    const { terminationStatus, terminationReason, workflowOutput } = step.self.input.object;
    if (!isStatus(terminationStatus)) {
      const reason = 'given termination status is not valid';
      return [{ do: 'finish', status: 'FAILED', output: Payload.empty, reason }];
    }
    const output = outputOf(workflowOutput);
    const given = typeof terminationReason === 'string' ? terminationReason : '';
    const reason =
      given.trim() === '' ? `Workflow is ${terminationStatus} by TERMINATE task: ${step.self.taskId}` : given;
    return [
      { do: 'finish', status: 'COMPLETED', output },
      { do: 'endWorkflow', status: terminationStatus, output, reason },
    ];
  },
};

function outputOf(written: Json | undefined): Payload {
  if (written === undefined || written === null) return Payload.empty;
  return Payload.of(isJsonObject(written) ? written : { output: written });
}

const isStatus = (value: unknown): value is Status => (statuses as readonly unknown[]).includes(value);
