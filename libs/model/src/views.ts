import type { TaskId, WorkflowId } from './ids.ts';
import type { Payload } from './payload.ts';
import type { TaskStatus, WorkflowStatus } from './status.ts';

/** A run as readers see it. Times are epoch ms, 0 = not yet. */
export interface WorkflowView {
  readonly workflowId: WorkflowId;
  /** With the id it names one history: (id, index of its start). */
  readonly startIndex: number;
  readonly name: string;
  readonly version: number;
  readonly status: WorkflowStatus;
  readonly createTime: number;
  readonly updateTime: number;
  readonly endTime: number;
  readonly lastRetriedTime: number;
  readonly input: Payload;
  readonly output: Payload;
  readonly variables: Payload;
  readonly correlationId?: string;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly parentWorkflowId?: WorkflowId;
  readonly parentWorkflowTaskId?: TaskId;
  readonly reasonForIncompletion?: string;
  readonly failedTaskId?: TaskId;
  readonly failedReferenceTaskNames: readonly string[];
  readonly failedTaskNames: readonly string[];
  readonly event?: string;
  readonly createdBy?: string;
  readonly idempotencyKey?: string;
  readonly externalInputPayloadStoragePath?: string;
  /** Set when a defect stopped the run. */
  readonly quarantinedBecause?: string;
  /** JSON of the definition the run is pinned to. */
  readonly definition: Payload;
  /** By seq; empty when not asked for. */
  readonly tasks: readonly TaskView[];
  /** Journal position of the last entry that changed the run. */
  readonly partition: number;
  readonly offset: number;
}

export interface TaskView {
  readonly taskId: TaskId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly referenceName: string;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly status: TaskStatus;
  readonly seq: number;
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly retried: boolean;
  readonly iteration: number;
  readonly input: Payload;
  readonly output: Payload;
  readonly reasonForIncompletion?: string;
  readonly workerId?: string;
  readonly domain?: string;
  readonly pollCount: number;
  readonly scheduledTime: number;
  /** First hand-out of this attempt. */
  readonly startTime: number;
  readonly endTime: number;
  readonly updateTime: number;
  readonly startDelaySeconds: number;
  readonly callbackAfterSeconds: number;
  readonly responseTimeoutSeconds: number;
  readonly priority: number;
  readonly correlationId?: string;
  readonly subWorkflowId?: WorkflowId;
  /** JSON of the task as the pinned definition has it, with its task definition inside. */
  readonly workflowTask: Payload;
}
