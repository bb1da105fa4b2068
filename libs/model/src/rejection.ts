/**
 * Every reason for which the domain refuses a command. A refusal is data: it is recorded as the outcome of the
 * command's entry, answered to the sender, and changes nothing.
 */
export const rejectionCodes = {
  WORKFLOW_NOT_FOUND: 'no workflow with this id is known',
  WORKFLOW_EXISTS: 'a workflow with this id is running, or ended a short while ago',
  WORKFLOW_ENDED: 'the workflow has ended, so the operation has no meaning any more',
  WORKFLOW_NOT_ENDED: 'the operation is for workflows that have ended',
  WORKFLOW_NOT_PAUSED: 'only a paused workflow can be resumed',
  WORKFLOW_QUARANTINED: 'a defect stopped this workflow; it waits for a repair command',
  NOTHING_TO_RETRY: 'no task of the workflow can be retried',
  TASK_NOT_FOUND: 'the workflow has no task with this id',
  TASK_ENDED: 'the task attempt already has another outcome',
  STALE_DISPATCH: 'the task was handed out again since, so this report is out of date',
  DEFINITION_NOT_FOUND: 'no definition with this name and version is registered',
  DEFINITION_EXISTS: 'this name and version is registered already and must not be overwritten',
  DEFINITION_INVALID: 'the definition breaks a rule; the reason lists all of them',
  IDEMPOTENCY_CONFLICT: 'the idempotency key belongs to another workflow',
  KEY_SPENT: 'the run of this idempotency key is over; the next run of the key has another id',
  NOT_RESTARTABLE: 'the definition forbids restarting',
  INVALID_STATE: 'the operation has no meaning in the present state',
  INVALID_COMMAND: 'the command breaks a rule; the reason says which',
  TOO_LARGE: 'a value, or all data of the workflow together, is larger than the limit',
  BUSY: 'too much work is waiting for this aggregate; try again later',
  ARCHIVE_UNAVAILABLE: 'the history of an ended workflow could not be read back in time; try again later',
} as const;

export type RejectionCode = keyof typeof rejectionCodes;

export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence for a person: what was refused, where, and what to do. */
  readonly reason: string;
}

export const rejection = (code: RejectionCode, reason: string): Rejection => ({ code, reason });
