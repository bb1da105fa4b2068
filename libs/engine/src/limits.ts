import { Payload, type TaskId, type WorkflowId } from '@partitura/model';

/** One input or output. */
export const valueBytesMax = 3 * 1024 * 1024;
/** All inputs and outputs of a run's tasks together. */
export const workflowBytesMax = 10 * 1024 * 1024;

/** All variables of a run together. */
export const variablesBytesMax = 256 * 1024;

export function tooLargeForTask(value: Payload, taskId: TaskId, workflowId: WorkflowId): string {
  return `The payload size: ${value.size} of task: ${taskId} in workflow: ${workflowId}  is greater than the permissible limit: ${valueBytesMax} bytes`;
}

export function tooLargeForWorkflow(bytes: number, workflowId: WorkflowId): string {
  return `The payload size: ${bytes} of workflow: ${workflowId} is greater than the permissible limit: ${workflowBytesMax} bytes`;
}

/** Why these values may not be put into the variables; undefined: they may. */
export function tooLargeForVariables(variables: Payload, values: Payload, workflowId: WorkflowId): string | undefined {
  const size = Payload.of({ ...variables.object, ...values.object }).size;
  if (size <= variablesBytesMax) return undefined;
  return `The variables payload size: ${size} of workflow: ${workflowId} is greater than the permissible limit: ${variablesBytesMax / 1024} kilobytes`;
}
