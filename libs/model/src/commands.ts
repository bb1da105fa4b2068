import type { AggregateId, CommandId, DefinitionKind, TaskId, WorkflowId } from './ids.ts';
import type { Payload } from './payload.ts';
import type { EndedWorkflowStatus, ReportableStatus } from './status.ts';

/** The parent that waits for a child workflow. */
export interface ParentLink {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  /** Counts what the task has asked of its child: 1 started it. Absent in old journals. */
  readonly request?: number;
}

export interface StartWorkflow {
  readonly type: 'StartWorkflow';
  readonly name: string;
  /** Absent: the highest registered version. */
  readonly version?: number;
  /** A definition sent along, used instead of a registered one. */
  readonly definition?: Payload;
  readonly input: Payload;
  readonly correlationId?: string;
  /** 0..99, higher first. */
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly parent?: ParentLink;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: string;
  readonly createdBy?: string;
  /** Name of the event that caused the start, if one did. */
  readonly event?: string;
  readonly externalInputPayloadStoragePath?: string;
  /** Reply when the workflow has ended, not when it has started. */
  readonly replyWhenEnded: boolean;
}

export interface PauseWorkflow {
  readonly type: 'PauseWorkflow';
}
export interface ResumeWorkflow {
  readonly type: 'ResumeWorkflow';
}
export interface TerminateWorkflow {
  readonly type: 'TerminateWorkflow';
  readonly reason?: string;
  /** Sent by the parent, whose own end is the reason. */
  readonly byParent: boolean;
  /** Start the definition's failure workflow, as if the workflow had failed by itself. */
  readonly triggerFailureWorkflow?: boolean;
  /** By a parent: its last request, which this takes back. Absent in old journals. */
  readonly request?: number;
}
/** Go on after a failure: failed tasks are tried again. */
export interface RetryWorkflow {
  readonly type: 'RetryWorkflow';
  /** Where a child failed, it goes on itself (and so on downwards) instead of being replaced by a new one. */
  readonly resumeSubworkflowTasks: boolean;
  /** The parent that goes on with this child; it is told if there is nothing to go on with. */
  readonly parent?: ParentLink;
}
/** Begin again from the start with the same input; everything that was done is forgotten. */
export interface RestartWorkflow {
  readonly type: 'RestartWorkflow';
  /** With the highest version that is registered now, and the task definitions of now. */
  readonly useLatestDefinitions: boolean;
}
/** Run an ended workflow again from one of its tasks on, or from the beginning with another input. */
export interface RerunWorkflow {
  readonly type: 'RerunWorkflow';
  readonly fromTaskId?: TaskId;
  /** Replaces the whole input of that task. */
  readonly taskInput?: Payload;
  readonly workflowInput?: Payload;
  readonly correlationId?: string;
}
/** Pass over a task that has not been reached yet. */
export interface SkipTask {
  readonly type: 'SkipTask';
  readonly referenceName: string;
  readonly input?: Payload;
  readonly output?: Payload;
}
/** Leave what runs and what comes before a task of the top level undone, and go on with that task. */
export interface JumpToTask {
  readonly type: 'JumpToTask';
  readonly referenceName: string;
  /** Instead of the input that the definition describes. */
  readonly input?: Payload;
}
/** Hand out now what workers gave back for later. */
export interface ResetCallbacks {
  readonly type: 'ResetCallbacks';
}
export interface SetVariables {
  readonly type: 'SetVariables';
  /** Top-level keys that are replaced. */
  readonly values: Payload;
}
export interface RemoveWorkflow {
  readonly type: 'RemoveWorkflow';
  /** Refuse while the workflow is open. */
  readonly onlyEnded: boolean;
}

/** A worker began with a task. Idempotent per (task id, dispatch). */
export interface TaskStarted {
  readonly type: 'TaskStarted';
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
}

/** A worker's report: progress or an outcome. */
export interface TaskResult {
  readonly type: 'TaskResult';
  readonly taskId: TaskId;
  /** The hand-over that this report belongs to, where the sender knows it. */
  readonly dispatch?: number;
  readonly status: ReportableStatus;
  readonly output: Payload;
  readonly reason?: string;
  /** For IN_PROGRESS: when the task may be handed out again. */
  readonly callbackAfterSeconds: number;
  readonly workerId?: string;
  /** Only refreshes the response time-out; nothing else of the report is applied. */
  readonly extendLease: boolean;
  readonly logs: readonly TaskLog[];
  /** The hand-out that led to this report, where that was not reported by itself. */
  readonly begun?: TaskBegun;
}

/** What `TaskStarted` tells, when a result tells it. */
export interface TaskBegun {
  readonly dispatch: number;
  readonly workerId?: string;
  /** Epoch ms, by the clock of whoever handed it out. */
  readonly at: number;
}

export interface TaskLog {
  readonly message: string;
  /** Epoch ms as the worker saw it. */
  readonly at: number;
}
export interface AddTaskLogs {
  readonly type: 'AddTaskLogs';
  readonly taskId: TaskId;
  readonly logs: readonly TaskLog[];
}

/** From a child to its parent. */
export interface ChildEnded {
  readonly type: 'ChildEnded';
  readonly taskId: TaskId;
  readonly childId: WorkflowId;
  readonly childName: string;
  readonly childVersion: number;
  readonly status: EndedWorkflowStatus;
  readonly output: Payload;
  readonly reason?: string;
  /** The last request that the child has taken; this answers it. Absent in old journals. */
  readonly request?: number;
}
/** From a child that somebody else than its parent brought back to life (retry, restart, rerun) to its parent. */
export interface ChildRevived {
  readonly type: 'ChildRevived';
  readonly taskId: TaskId;
  readonly childId: WorkflowId;
  /** The last request that the child has taken. Absent in old journals. */
  readonly request?: number;
}
/** From a parent to a child that lives again: it waits for its end. One that has ended by now says so at once. */
export interface ReportEnd {
  readonly type: 'ReportEnd';
  readonly parent: ParentLink;
}

export interface PutDefinition {
  readonly type: 'PutDefinition';
  readonly kind: DefinitionKind;
  readonly name: string;
  /** Workflow definitions have versions, others none. */
  readonly version?: number;
  readonly body: Payload;
  /** create: refuse if present; update: refuse if absent. */
  readonly mode: 'create' | 'update' | 'upsert';
}
export interface DeleteDefinition {
  readonly type: 'DeleteDefinition';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
}

/** The archive's answer to a partition that asked for an ended workflow's state. Sent by `system-worker`. */
export interface RevivalAnswer {
  readonly type: 'RevivalAnswer';
  /** Only answers to the current request count. */
  readonly request: number;
  readonly part: number;
  readonly parts: number;
  /** First journal index that the archive has not applied yet. */
  readonly archivedThrough: number;
  /** Absent: the archive knows no such workflow. */
  readonly found?: { readonly startIndex: number; readonly version: number; readonly stateVersion: number };
  /** This part of the snapshot's bytes. */
  readonly state: Uint8Array;
}

export type WorkflowCommand =
  | StartWorkflow
  | PauseWorkflow
  | ResumeWorkflow
  | TerminateWorkflow
  | RetryWorkflow
  | RestartWorkflow
  | RerunWorkflow
  | SkipTask
  | JumpToTask
  | ResetCallbacks
  | SetVariables
  | RemoveWorkflow
  | TaskStarted
  | TaskResult
  | AddTaskLogs
  | ChildEnded
  | ChildRevived
  | ReportEnd;
export type DefinitionCommand = PutDefinition | DeleteDefinition;
/** What travels on the commands topic. */
export type Command = WorkflowCommand | DefinitionCommand | RevivalAnswer;

/** Where a command of one partition to another stands in its sender's history. Never expressible from outside. */
export interface Mark {
  readonly partition: number;
  readonly index: number;
  readonly ordinal: number;
}

/** Who waits for the outcome: a partition of `replies`, the instance that reads it, and its own number for the call. */
export interface ReplyAddress {
  readonly partition: number;
  readonly instance: string;
  readonly correlation: number;
}

export interface CommandEnvelope<C extends { readonly type: string } = Command> {
  readonly commandId: CommandId;
  readonly aggregate: AggregateId;
  /** Epoch ms by the sender's clock; never used to decide. */
  readonly sentAt: number;
  readonly mark?: Mark;
  readonly replyTo?: ReplyAddress;
  /** The authenticated sender. */
  readonly principal?: string;
  /** The offset of `definitions` that the sender had seen. */
  readonly definitionsOffset?: number;
  readonly body: C;
}
