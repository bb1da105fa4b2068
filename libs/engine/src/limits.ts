import { Payload, type TaskId, type WorkflowId } from '@partitura/model';

/** One input or output. */
export const valueBytesMax = 3 * 1024 * 1024;
/** All inputs and outputs of a run's tasks together. */
export const workflowBytesMax = 10 * 1024 * 1024;

/** All events of one decision together, about: what fits into one entry of the journal, with room for what is around them. */
export const decisionBytesMax = 5.5 * 1024 * 1024;
/** A report of so many bytes is a decision of its own: what follows from it may be as large again. */
export const heavyBytes = 2 * 1024 * 1024;
/** Names of failed tasks that the end of a workflow tells. */
export const namesBytesMax = 256 * 1024;
/** The reason of a workflow. */
export const reasonBytesMax = 64 * 1024;

/** All variables of a run together. */
export const variablesBytesMax = 256 * 1024;

export function tooLargeForTask(value: Payload, taskId: TaskId, workflowId: WorkflowId): string {
  return `The payload size: ${value.size} of task: ${taskId} in workflow: ${workflowId}  is greater than the permissible limit: ${valueBytesMax} bytes`;
}

/** @param bytes Of everything that scheduling it would record: input, child, names that it waits for. */
export function tooLargeToSchedule(bytes: number, taskId: TaskId, workflowId: WorkflowId): string {
  return `The payload size: ${bytes} of task: ${taskId} in workflow: ${workflowId}  is greater than the permissible limit: ${decisionBytesMax} bytes`;
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
