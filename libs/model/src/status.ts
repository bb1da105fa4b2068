/** Conductor's words; the order is that of the original's enum. */
export const taskStatuses = [
  'IN_PROGRESS',
  'CANCELED',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'SCHEDULED',
  'TIMED_OUT',
  'SKIPPED',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];
export type OpenTaskStatus = 'SCHEDULED' | 'IN_PROGRESS';
export type EndedTaskStatus = Exclude<TaskStatus, OpenTaskStatus>;

/** What a worker may report. */
export const reportableStatuses = [
  'IN_PROGRESS',
  'COMPLETED',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
  'CANCELED',
] as const;
export type ReportableStatus = (typeof reportableStatuses)[number];

export const workflowStatuses = ['RUNNING', 'COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED', 'PAUSED'] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];
export type OpenWorkflowStatus = 'RUNNING' | 'PAUSED';
export type EndedWorkflowStatus = Exclude<WorkflowStatus, OpenWorkflowStatus>;

export function isEnded(status: TaskStatus): status is EndedTaskStatus {
  return status !== 'SCHEDULED' && status !== 'IN_PROGRESS';
}

/** Conductor's "successful": open tasks count as successful too. */
export function isSuccessful(status: TaskStatus): boolean {
  switch (status) {
    case 'SCHEDULED':
    case 'IN_PROGRESS':
    case 'COMPLETED':
    case 'COMPLETED_WITH_ERRORS':
    case 'SKIPPED':
      return true;
    case 'FAILED':
    case 'FAILED_WITH_TERMINAL_ERROR':
    case 'TIMED_OUT':
    case 'CANCELED':
      return false;
  }
}
