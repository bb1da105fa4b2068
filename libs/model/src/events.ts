import type { DefinitionKind, TaskId, WorkflowId } from './ids.ts';
import type { ParentLink, ReplyAddress, TaskLog } from './commands.ts';
import type { Payload } from './payload.ts';
import type { EndedTaskStatus, EndedWorkflowStatus, OpenTaskStatus } from './status.ts';
import type { TimeoutPolicy } from './definitions.ts';

/**
 * Facts. Everything that deciding looked up is in the event, so that folding needs nothing but (state, event):
 * a repaired compiler cannot change the meaning of an old journal.
 */
export interface WorkflowStarted {
  readonly type: 'WorkflowStarted';
  readonly name: string;
  readonly version: number;
  /** Names the pinned definition. */
  readonly definitionHash: string;
  /** The pinned definition itself, in the first start of this hash in the partition since its last checkpoint. */
  readonly definition?: Payload;
  readonly input: Payload;
  readonly variables: Payload;
  readonly correlationId?: string;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly parent?: ParentLink;
  readonly createdBy?: string;
  readonly event?: string;
  readonly idempotencyKey?: string;
  readonly externalInputPayloadStoragePath?: string;
  /** Epoch ms; 0: no time-out that acts. */
  readonly timeoutAt: number;
  /** Who waits for the end (synchronous execution). */
  readonly replyTo?: ReplyAddress;
}

/** A child could not be started (no such definition); its parent is told. The id is spent. */
export interface WorkflowStartRefused {
  readonly type: 'WorkflowStartRefused';
  readonly name: string;
  readonly version: number;
  readonly parent: ParentLink;
  readonly reason: string;
}

export interface WorkflowPaused {
  readonly type: 'WorkflowPaused';
}
export interface WorkflowResumed {
  readonly type: 'WorkflowResumed';
  readonly timeoutAt: number;
}
/** Brought back to life by retry; the same history goes on. */
export interface WorkflowRetried {
  readonly type: 'WorkflowRetried';
  readonly timeoutAt: number;
  /** The parent asked for it, with this request, so it need not be told. */
  readonly request?: number;
}
/** Begun again under the same id and by the same parent: nothing is left of what was done. */
export interface WorkflowRestarted {
  readonly type: 'WorkflowRestarted';
  readonly version: number;
  /** Names the pinned definition from here on. */
  readonly definitionHash: string;
  /** The pinned definition itself, where the partition's journal does not hold it since its last checkpoint. */
  readonly definition?: Payload;
  readonly variables: Payload;
  readonly timeoutAt: number;
}
/** From one number to another, both included. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}
/** Goes on from an earlier point: as if these attempts had never been. Numbers behind the last that is left are free again. */
export interface WorkflowRerun {
  readonly type: 'WorkflowRerun';
  readonly removed: readonly SeqRange[];
  /** Each of these only where it changes. */
  readonly input?: Payload;
  readonly correlationId?: string;
  readonly variables?: Payload;
  readonly timeoutAt: number;
}
/** The parent that wanted to go on with this child learns that there is nothing to go on with. */
export interface RevivalRefused {
  readonly type: 'RevivalRefused';
  readonly parent: ParentLink;
  readonly reason: string;
}
/** The parent's requests up to this one are known, and nothing else follows from it: the next end answers it. */
export interface ParentHeard {
  readonly type: 'ParentHeard';
  readonly request: number;
}
export interface WorkflowEnded {
  readonly type: 'WorkflowEnded';
  readonly status: EndedWorkflowStatus;
  readonly reason?: string;
  readonly output: Payload;
  readonly failedTaskId?: TaskId;
  readonly failedReferenceTaskNames: readonly string[];
  readonly failedTaskNames: readonly string[];
  /** The compensation that this end starts, if any: everything its start command needs beyond the run itself. */
  readonly failureWorkflow?: {
    readonly workflowId: WorkflowId;
    readonly name: string;
    readonly version?: number;
    readonly input: Payload;
  };
}
export interface WorkflowRemoved {
  readonly type: 'WorkflowRemoved';
}
export interface WorkflowQuarantined {
  readonly type: 'WorkflowQuarantined';
  readonly reason: string;
}
export interface VariablesSet {
  readonly type: 'VariablesSet';
  /** Top-level keys that are replaced. */
  readonly values: Payload;
}

/** What governs the clocks of one attempt; all times in ms, 0 = none. */
export interface TaskLimits {
  readonly timeoutMs: number;
  readonly timeoutPolicy: TimeoutPolicy;
  readonly responseTimeoutMs: number;
  readonly pollTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/** The child workflow that a SUB_WORKFLOW attempt starts. */
export interface ChildPlan {
  readonly workflowId: WorkflowId;
  readonly name: string;
  readonly version?: number;
  readonly definition?: Payload;
  readonly input: Payload;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
}

/** A task attempt exists. */
export interface TaskScheduled {
  readonly type: 'TaskScheduled';
  readonly taskId: TaskId;
  /** With the `__iteration` suffix inside loops. */
  readonly referenceName: string;
  /** Position of the task in `tasksInOrder` of the pinned definition; −1−k: of what a dynamic fork generated. */
  readonly node: number;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly seq: number;
  /** 0 for the first attempt. */
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly iteration: number;
  readonly status: OpenTaskStatus;
  readonly input: Payload;
  /**
   * JSON, only where the pinned definition does not contain the task: the task as it turned out to be, or the generated
   * one (which holds the k-th task, itself being number 0).
   */
  readonly workflowTask?: Payload;
  /** The worker queue; absent for tasks that the engine itself runs or that wait. */
  readonly queue?: { readonly type: string; readonly domain?: string };
  /** Epoch ms at which the attempt becomes available, or a WAIT ends; 0: at once, or by signal only. */
  readonly dueAt: number;
  readonly startDelaySeconds: number;
  readonly limits: TaskLimits;
  /** JOIN: the references it waits for, and how many of them are not decided yet. */
  readonly join?: { readonly on: readonly string[]; readonly open: number };
  readonly child?: ChildPlan;
  /** First scheduling of attempt 0, epoch ms. */
  readonly firstScheduledAt: number;
}

/** The attempt is handed to its queue (again); reports of earlier hand-overs no longer count. */
export interface TaskDispatched {
  readonly type: 'TaskDispatched';
  readonly taskId: TaskId;
  /** 1, 2, 3 … per attempt. */
  readonly dispatch: number;
}
/** A worker has it. */
export interface TaskPolled {
  readonly type: 'TaskPolled';
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
  /** When, where that was told later (epoch ms); absent: when the entry was written. */
  readonly at?: number;
}
/** A worker reported IN_PROGRESS: its output is kept; a worker task goes back to its queue at `dueAt`. */
export interface TaskProgressed {
  readonly type: 'TaskProgressed';
  readonly taskId: TaskId;
  readonly status: OpenTaskStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly workerId?: string;
  readonly callbackAfterSeconds: number;
  readonly dueAt: number;
}
export interface TaskLeaseExtended {
  readonly type: 'TaskLeaseExtended';
  readonly taskId: TaskId;
}
/** The attempt has its one outcome. */
export interface TaskEnded {
  readonly type: 'TaskEnded';
  readonly taskId: TaskId;
  readonly status: EndedTaskStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly workerId?: string;
  /** Another attempt follows (its TaskScheduled names this one). */
  readonly retried: boolean;
}
/** A container (JOIN, SUB_WORKFLOW …) of an ended workflow is open again under its old id. */
export interface TaskReopened {
  readonly type: 'TaskReopened';
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly join?: { readonly on: readonly string[]; readonly open: number };
  /** Where it is not the output that it had. */
  readonly output?: Payload;
  /** Absent in old journals: SCHEDULED for tasks of a queue, IN_PROGRESS for others. */
  readonly status?: OpenTaskStatus;
  /** Its child lives again by itself, and is asked for its end with this request. */
  readonly request?: number;
}
/**
 * An attempt runs once more under its old id, as if it had just been scheduled: one that had ended, one that was held
 * back, or one whose input is known only now. Hand-overs are counted on.
 */
export interface TaskRerun {
  readonly type: 'TaskRerun';
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly status: OpenTaskStatus;
  readonly input: Payload;
  readonly queue?: { readonly type: string; readonly domain?: string };
  readonly dueAt: number;
  readonly join?: { readonly on: readonly string[]; readonly open: number };
  /** Always another child than before. */
  readonly child?: ChildPlan;
}
/** The history goes on without these attempts: nobody names them any more. Their numbers are not given out again. */
export interface TasksRemoved {
  readonly type: 'TasksRemoved';
  readonly taskIds: readonly TaskId[];
}
export interface TaskLogsAdded {
  readonly type: 'TaskLogsAdded';
  readonly taskId: TaskId;
  readonly logs: readonly TaskLog[];
}

/** The decision was larger than one entry may be: what remains is state, continued in later entries. */
export interface WorkPostponed {
  readonly type: 'WorkPostponed';
  /** The remaining agenda as the engine wrote it. */
  readonly agenda: Payload;
}
/** The next part of postponed work begins; the agenda is empty until it is postponed again. */
export interface WorkContinued {
  readonly type: 'WorkContinued';
}

export interface DefinitionPut {
  readonly type: 'DefinitionPut';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
  readonly body: Payload;
}
export interface DefinitionDeleted {
  readonly type: 'DefinitionDeleted';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
}

export type WorkflowEvent =
  | WorkflowStarted
  | WorkflowStartRefused
  | WorkflowPaused
  | WorkflowResumed
  | WorkflowRetried
  | WorkflowRestarted
  | WorkflowRerun
  | RevivalRefused
  | ParentHeard
  | WorkflowEnded
  | WorkflowRemoved
  | WorkflowQuarantined
  | VariablesSet
  | TaskScheduled
  | TaskDispatched
  | TaskPolled
  | TaskProgressed
  | TaskLeaseExtended
  | TaskEnded
  | TaskReopened
  | TaskRerun
  | TasksRemoved
  | TaskLogsAdded
  | WorkPostponed
  | WorkContinued;
export type DefinitionEvent = DefinitionPut | DefinitionDeleted;
export type DomainEvent = WorkflowEvent | DefinitionEvent;
