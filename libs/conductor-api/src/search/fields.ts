import type { TaskSearchField, WorkflowSearchField } from '@partitura/model';

export type FieldType = 'text' | 'number';
/** The fields of a search and what their values are. Times are numbers: epoch ms. */
export type Fields<F extends string> = Readonly<Record<F, FieldType>>;

export const workflowSearchFields: Fields<WorkflowSearchField> = {
  workflowId: 'text',
  workflowType: 'text',
  version: 'number',
  correlationId: 'text',
  status: 'text',
  startTime: 'number',
  endTime: 'number',
  updateTime: 'number',
  executionTime: 'number',
  parentWorkflowId: 'text',
  reasonForIncompletion: 'text',
  event: 'text',
  createdBy: 'text',
  priority: 'number',
  input: 'text',
  output: 'text',
};

export const taskSearchFields: Fields<TaskSearchField> = {
  taskId: 'text',
  taskType: 'text',
  taskDefName: 'text',
  referenceTaskName: 'text',
  status: 'text',
  workflowId: 'text',
  workflowType: 'text',
  correlationId: 'text',
  scheduledTime: 'number',
  startTime: 'number',
  endTime: 'number',
  updateTime: 'number',
  executionTime: 'number',
  queueWaitTime: 'number',
  reasonForIncompletion: 'text',
  domain: 'text',
  workerId: 'text',
  input: 'text',
  output: 'text',
};

export function isField<F extends string>(fields: Fields<F>, name: string): name is F {
  return Object.hasOwn(fields, name);
}
