// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { AggregateId, Payload, TaskId, WorkflowId } from '@partitura/model';
import { Defect } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

interface Claim {
  readonly kind: 'claim';
  readonly token: string;
  readonly owner: string;
  readonly partitions: number;
  readonly featureLevel: number;
}

interface Mark {
  readonly partition: number;
  readonly index: number;
  readonly ordinal: number;
}

interface CommandCause {
  readonly kind: 'command';
  readonly commandId: string;
  readonly offset: number;
  readonly mark?: Mark;
  readonly principal?: string;
}

interface TimerCause {
  readonly kind: 'timer';
}

interface ContinuationCause {
  readonly kind: 'continuation';
  readonly commandId?: string;
  readonly principal?: string;
}

interface OwnerCause {
  readonly kind: 'owner';
}

type Cause =
  | CommandCause
  | TimerCause
  | ContinuationCause
  | OwnerCause;

interface Accepted {
  readonly kind: 'accepted';
  readonly result?: Payload;
}

interface Rejected {
  readonly kind: 'rejected';
  readonly code: string;
  readonly reason: string;
}

interface Duplicate {
  readonly kind: 'duplicate';
  readonly first?: Outcome;
}

interface Deferred {
  readonly kind: 'deferred';
}

interface Forwarded {
  readonly kind: 'forwarded';
}

interface Parked {
  readonly kind: 'parked';
}

interface DeadLettered {
  readonly kind: 'deadLettered';
  readonly reason: string;
}

type Outcome =
  | Accepted
  | Rejected
  | Duplicate
  | Deferred
  | Forwarded
  | Parked
  | DeadLettered;

interface ParentLink {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly request?: number;
}

interface ReplyAddress {
  readonly partition: number;
  readonly instance: string;
  readonly correlation: number;
}

interface WorkflowStarted {
  readonly type: 'WorkflowStarted';
  readonly name: string;
  readonly version: number;
  readonly definitionHash: string;
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
  readonly timeoutAt: number;
  readonly replyTo?: ReplyAddress;
}

interface WorkflowStartRefused {
  readonly type: 'WorkflowStartRefused';
  readonly name: string;
  readonly version: number;
  readonly parent: ParentLink;
  readonly reason: string;
}

interface WorkflowPaused {
  readonly type: 'WorkflowPaused';
}

interface WorkflowResumed {
  readonly type: 'WorkflowResumed';
  readonly timeoutAt: number;
}

interface WorkflowRetried {
  readonly type: 'WorkflowRetried';
  readonly timeoutAt: number;
  readonly request?: number;
}

const endedWorkflowStatusSymbols = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED'] as const;
type EndedWorkflowStatus = (typeof endedWorkflowStatusSymbols)[number];

interface FailureWorkflow {
  readonly workflowId: WorkflowId;
  readonly name: string;
  readonly version?: number;
  readonly input: Payload;
}

interface WorkflowEnded {
  readonly type: 'WorkflowEnded';
  readonly status: EndedWorkflowStatus;
  readonly reason?: string;
  readonly output: Payload;
  readonly failedTaskId?: TaskId;
  readonly failedReferenceTaskNames: readonly string[];
  readonly failedTaskNames: readonly string[];
  readonly failureWorkflow?: FailureWorkflow;
}

interface WorkflowRemoved {
  readonly type: 'WorkflowRemoved';
}

interface WorkflowQuarantined {
  readonly type: 'WorkflowQuarantined';
  readonly reason: string;
}

interface VariablesSet {
  readonly type: 'VariablesSet';
  readonly values: Payload;
}

const openTaskStatusSymbols = ['SCHEDULED', 'IN_PROGRESS'] as const;
type OpenTaskStatus = (typeof openTaskStatusSymbols)[number];

interface Queue {
  readonly type: string;
  readonly domain?: string;
}

const timeoutPolicySymbols = ['RETRY', 'TIME_OUT_WF', 'ALERT_ONLY'] as const;
type TimeoutPolicy = (typeof timeoutPolicySymbols)[number];

interface TaskLimits {
  readonly timeoutMs: number;
  readonly timeoutPolicy: TimeoutPolicy;
  readonly responseTimeoutMs: number;
  readonly pollTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

interface Join {
  readonly on: readonly string[];
  readonly open: number;
}

interface ChildPlan {
  readonly workflowId: WorkflowId;
  readonly name: string;
  readonly version?: number;
  readonly definition?: Payload;
  readonly input: Payload;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
}

interface TaskScheduled {
  readonly type: 'TaskScheduled';
  readonly taskId: TaskId;
  readonly referenceName: string;
  readonly node: number;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly seq: number;
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly iteration: number;
  readonly status: OpenTaskStatus;
  readonly input: Payload;
  readonly workflowTask?: Payload;
  readonly queue?: Queue;
  readonly dueAt: number;
  readonly startDelaySeconds: number;
  readonly limits: TaskLimits;
  readonly join?: Join;
  readonly child?: ChildPlan;
  readonly firstScheduledAt: number;
}

interface TaskDispatched {
  readonly type: 'TaskDispatched';
  readonly taskId: TaskId;
  readonly dispatch: number;
}

interface TaskPolled {
  readonly type: 'TaskPolled';
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
  readonly at?: number;
}

interface TaskProgressed {
  readonly type: 'TaskProgressed';
  readonly taskId: TaskId;
  readonly status: OpenTaskStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly workerId?: string;
  readonly callbackAfterSeconds: number;
  readonly dueAt: number;
}

interface TaskLeaseExtended {
  readonly type: 'TaskLeaseExtended';
  readonly taskId: TaskId;
}

const endedTaskStatusSymbols = ['CANCELED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'TIMED_OUT', 'SKIPPED'] as const;
type EndedTaskStatus = (typeof endedTaskStatusSymbols)[number];

interface TaskEnded {
  readonly type: 'TaskEnded';
  readonly taskId: TaskId;
  readonly status: EndedTaskStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly workerId?: string;
  readonly retried: boolean;
}

interface TaskReopened {
  readonly type: 'TaskReopened';
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly join?: Join;
  readonly output?: Payload;
  readonly status?: OpenTaskStatus;
  readonly request?: number;
}

interface TaskLog {
  readonly message: string;
  readonly at: number;
}

interface TaskLogsAdded {
  readonly type: 'TaskLogsAdded';
  readonly taskId: TaskId;
  readonly logs: readonly TaskLog[];
}

interface WorkPostponed {
  readonly type: 'WorkPostponed';
  readonly agenda: Payload;
}

interface WorkContinued {
  readonly type: 'WorkContinued';
}

interface TasksRemoved {
  readonly type: 'TasksRemoved';
  readonly taskIds: readonly TaskId[];
}

const definitionKindSymbols = ['workflow', 'task', 'eventHandler', 'webhook'] as const;
type DefinitionKind = (typeof definitionKindSymbols)[number];

interface DefinitionPut {
  readonly type: 'DefinitionPut';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
  readonly body: Payload;
}

interface DefinitionDeleted {
  readonly type: 'DefinitionDeleted';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
}

interface WorkflowRestarted {
  readonly type: 'WorkflowRestarted';
  readonly version: number;
  readonly definitionHash: string;
  readonly definition?: Payload;
  readonly variables: Payload;
  readonly timeoutAt: number;
}

interface SeqRange {
  readonly from: number;
  readonly to: number;
}

interface WorkflowRerun {
  readonly type: 'WorkflowRerun';
  readonly removed: readonly SeqRange[];
  readonly input?: Payload;
  readonly correlationId?: string;
  readonly variables?: Payload;
  readonly timeoutAt: number;
}

interface RevivalRefused {
  readonly type: 'RevivalRefused';
  readonly parent: ParentLink;
  readonly reason: string;
}

interface TaskRerun {
  readonly type: 'TaskRerun';
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly status: OpenTaskStatus;
  readonly input: Payload;
  readonly queue?: Queue;
  readonly dueAt: number;
  readonly join?: Join;
  readonly child?: ChildPlan;
}

interface ParentHeard {
  readonly type: 'ParentHeard';
  readonly request: number;
}

type DomainEvent =
  | WorkflowStarted
  | WorkflowStartRefused
  | WorkflowPaused
  | WorkflowResumed
  | WorkflowRetried
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
  | TaskLogsAdded
  | WorkPostponed
  | WorkContinued
  | TasksRemoved
  | DefinitionPut
  | DefinitionDeleted
  | WorkflowRestarted
  | WorkflowRerun
  | RevivalRefused
  | TaskRerun
  | ParentHeard;

interface Carried {
  readonly bytes: Uint8Array;
  readonly replyTo?: ReplyAddress;
}

interface Decided {
  readonly kind: 'decision';
  readonly epoch: number;
  readonly index: number;
  readonly effectsDone: number;
  readonly at: number;
  readonly aggregate: AggregateId;
  readonly version: number;
  readonly cause: Cause;
  readonly outcome: Outcome;
  readonly events: readonly DomainEvent[];
  readonly commandHash?: string;
  readonly carried?: Carried;
}

const snapshotSubjectSymbols = ['aggregate', 'closed', 'pins'] as const;
type SnapshotSubject = (typeof snapshotSubjectSymbols)[number];

const snapshotReasonSymbols = ['checkpoint', 'revival'] as const;
type SnapshotReason = (typeof snapshotReasonSymbols)[number];

interface Snapshot {
  readonly kind: 'snapshot';
  readonly epoch: number;
  readonly index: number;
  readonly effectsDone: number;
  readonly at: number;
  readonly subject: SnapshotSubject;
  readonly aggregate: AggregateId;
  readonly version: number;
  readonly part: number;
  readonly parts: number;
  readonly why: SnapshotReason;
  readonly stateVersion: number;
  readonly body: Uint8Array;
}

interface AdmissionState {
  readonly epoch: number;
  readonly token: string;
  readonly next: number;
}

interface Checkpoint {
  readonly kind: 'checkpoint';
  readonly epoch: number;
  readonly index: number;
  readonly effectsDone: number;
  readonly at: number;
  readonly offset: number;
  readonly admission: AdmissionState;
  readonly lastAppendTime: number;
  readonly lastAt: number;
  readonly inputPosition: number;
  readonly marks: readonly Mark[];
  readonly floor: number;
  readonly settledAtX: number;
  readonly parts: readonly number[];
}

export type JournalRecord =
  | Claim
  | Decided
  | Snapshot
  | Checkpoint;

function readClaim(r: AvroReader): Claim {
  const token = r.string();
  const owner = r.string();
  const partitions = r.long();
  const featureLevel = r.long();
  return { kind: 'claim', token, owner, partitions, featureLevel };
}

function writeClaim(w: AvroWriter, v: Claim): void {
  w.string(v.token);
  w.string(v.owner);
  w.long(v.partitions);
  w.long(v.featureLevel);
}

function readMark(r: AvroReader): Mark {
  const partition = r.long();
  const index = r.long();
  const ordinal = r.long();
  return { partition, index, ordinal };
}

function writeMark(w: AvroWriter, v: Mark): void {
  w.long(v.partition);
  w.long(v.index);
  w.long(v.ordinal);
}

function readCommandCause(r: AvroReader): CommandCause {
  const commandId = r.string();
  const offset = r.long();
  const mark = r.present() ? readMark(r) : undefined;
  const principal = r.present() ? r.string() : undefined;
  const v: { -readonly [K in keyof CommandCause]: CommandCause[K] } = { kind: 'command', commandId, offset };
  if (mark !== undefined) v.mark = mark;
  if (principal !== undefined) v.principal = principal;
  return v;
}

function writeCommandCause(w: AvroWriter, v: CommandCause): void {
  w.string(v.commandId);
  w.long(v.offset);
  if (v.mark === undefined) w.branch(0);
  else { w.branch(1); writeMark(w, v.mark); }
  if (v.principal === undefined) w.branch(0);
  else { w.branch(1); w.string(v.principal); }
}

function readTimerCause(_r: AvroReader): TimerCause {
  return { kind: 'timer' };
}

function writeTimerCause(_w: AvroWriter, _v: TimerCause): void {

}

function readContinuationCause(r: AvroReader): ContinuationCause {
  const commandId = r.present() ? r.string() : undefined;
  const principal = r.present() ? r.string() : undefined;
  const v: { -readonly [K in keyof ContinuationCause]: ContinuationCause[K] } = { kind: 'continuation' };
  if (commandId !== undefined) v.commandId = commandId;
  if (principal !== undefined) v.principal = principal;
  return v;
}

function writeContinuationCause(w: AvroWriter, v: ContinuationCause): void {
  if (v.commandId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.commandId); }
  if (v.principal === undefined) w.branch(0);
  else { w.branch(1); w.string(v.principal); }
}

function readOwnerCause(_r: AvroReader): OwnerCause {
  return { kind: 'owner' };
}

function writeOwnerCause(_w: AvroWriter, _v: OwnerCause): void {

}

function readCause(r: AvroReader): Cause {
  switch (r.branch(4)) {
    case 0: return readCommandCause(r);
    case 1: return readTimerCause(r);
    case 2: return readContinuationCause(r);
    case 3: return readOwnerCause(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeCause(w: AvroWriter, v: Cause): void {
  switch (v.kind) {
    case 'command': w.branch(0); writeCommandCause(w, v); return;
    case 'timer': w.branch(1); writeTimerCause(w, v); return;
    case 'continuation': w.branch(2); writeContinuationCause(w, v); return;
    case 'owner': w.branch(3); writeOwnerCause(w, v); return;
    default: throw new Defect(`no Cause is called ${String((v as { kind: unknown }).kind)}`);
  }
}

function readAccepted(r: AvroReader): Accepted {
  const result = r.present() ? r.json() : undefined;
  const v: { -readonly [K in keyof Accepted]: Accepted[K] } = { kind: 'accepted' };
  if (result !== undefined) v.result = result;
  return v;
}

function writeAccepted(w: AvroWriter, v: Accepted): void {
  if (v.result === undefined) w.branch(0);
  else { w.branch(1); w.json(v.result); }
}

function readRejected(r: AvroReader): Rejected {
  const code = r.string();
  const reason = r.string();
  return { kind: 'rejected', code, reason };
}

function writeRejected(w: AvroWriter, v: Rejected): void {
  w.string(v.code);
  w.string(v.reason);
}

function readDuplicate(r: AvroReader): Duplicate {
  const first = r.present() ? readOutcome(r) : undefined;
  const v: { -readonly [K in keyof Duplicate]: Duplicate[K] } = { kind: 'duplicate' };
  if (first !== undefined) v.first = first;
  return v;
}

function writeDuplicate(w: AvroWriter, v: Duplicate): void {
  if (v.first === undefined) w.branch(0);
  else { w.branch(1); writeOutcome(w, v.first); }
}

function readDeferred(_r: AvroReader): Deferred {
  return { kind: 'deferred' };
}

function writeDeferred(_w: AvroWriter, _v: Deferred): void {

}

function readForwarded(_r: AvroReader): Forwarded {
  return { kind: 'forwarded' };
}

function writeForwarded(_w: AvroWriter, _v: Forwarded): void {

}

function readParked(_r: AvroReader): Parked {
  return { kind: 'parked' };
}

function writeParked(_w: AvroWriter, _v: Parked): void {

}

function readDeadLettered(r: AvroReader): DeadLettered {
  const reason = r.string();
  return { kind: 'deadLettered', reason };
}

function writeDeadLettered(w: AvroWriter, v: DeadLettered): void {
  w.string(v.reason);
}

function readOutcome(r: AvroReader): Outcome {
  switch (r.branch(7)) {
    case 0: return readAccepted(r);
    case 1: return readRejected(r);
    case 2: return readDuplicate(r);
    case 3: return readDeferred(r);
    case 4: return readForwarded(r);
    case 5: return readParked(r);
    case 6: return readDeadLettered(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeOutcome(w: AvroWriter, v: Outcome): void {
  switch (v.kind) {
    case 'accepted': w.branch(0); writeAccepted(w, v); return;
    case 'rejected': w.branch(1); writeRejected(w, v); return;
    case 'duplicate': w.branch(2); writeDuplicate(w, v); return;
    case 'deferred': w.branch(3); writeDeferred(w, v); return;
    case 'forwarded': w.branch(4); writeForwarded(w, v); return;
    case 'parked': w.branch(5); writeParked(w, v); return;
    case 'deadLettered': w.branch(6); writeDeadLettered(w, v); return;
    default: throw new Defect(`no Outcome is called ${String((v as { kind: unknown }).kind)}`);
  }
}

function readParentLink(r: AvroReader): ParentLink {
  const workflowId = r.string() as WorkflowId;
  const taskId = r.string() as TaskId;
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof ParentLink]: ParentLink[K] } = { workflowId, taskId };
  if (request !== undefined) v.request = request;
  return v;
}

function writeParentLink(w: AvroWriter, v: ParentLink): void {
  w.string(v.workflowId);
  w.string(v.taskId);
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readReplyAddress(r: AvroReader): ReplyAddress {
  const partition = r.long();
  const instance = r.string();
  const correlation = r.long();
  return { partition, instance, correlation };
}

function writeReplyAddress(w: AvroWriter, v: ReplyAddress): void {
  w.long(v.partition);
  w.string(v.instance);
  w.long(v.correlation);
}

function readWorkflowStarted(r: AvroReader): WorkflowStarted {
  const name = r.string();
  const version = r.long();
  const definitionHash = r.string();
  const definition = r.present() ? r.json() : undefined;
  const input = r.json();
  const variables = r.json();
  const correlationId = r.present() ? r.string() : undefined;
  const priority = r.long();
  const taskToDomain = r.map((r) => r.string());
  const parent = r.present() ? readParentLink(r) : undefined;
  const createdBy = r.present() ? r.string() : undefined;
  const event = r.present() ? r.string() : undefined;
  const idempotencyKey = r.present() ? r.string() : undefined;
  const externalInputPayloadStoragePath = r.present() ? r.string() : undefined;
  const timeoutAt = r.long();
  const replyTo = r.present() ? readReplyAddress(r) : undefined;
  const v: { -readonly [K in keyof WorkflowStarted]: WorkflowStarted[K] } = { type: 'WorkflowStarted', name, version, definitionHash, input, variables, priority, taskToDomain, timeoutAt };
  if (definition !== undefined) v.definition = definition;
  if (correlationId !== undefined) v.correlationId = correlationId;
  if (parent !== undefined) v.parent = parent;
  if (createdBy !== undefined) v.createdBy = createdBy;
  if (event !== undefined) v.event = event;
  if (idempotencyKey !== undefined) v.idempotencyKey = idempotencyKey;
  if (externalInputPayloadStoragePath !== undefined) v.externalInputPayloadStoragePath = externalInputPayloadStoragePath;
  if (replyTo !== undefined) v.replyTo = replyTo;
  return v;
}

function writeWorkflowStarted(w: AvroWriter, v: WorkflowStarted): void {
  w.string(v.name);
  w.long(v.version);
  w.string(v.definitionHash);
  if (v.definition === undefined) w.branch(0);
  else { w.branch(1); w.json(v.definition); }
  w.json(v.input);
  w.json(v.variables);
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  w.long(v.priority);
  w.map(v.taskToDomain, (w, v) => w.string(v));
  if (v.parent === undefined) w.branch(0);
  else { w.branch(1); writeParentLink(w, v.parent); }
  if (v.createdBy === undefined) w.branch(0);
  else { w.branch(1); w.string(v.createdBy); }
  if (v.event === undefined) w.branch(0);
  else { w.branch(1); w.string(v.event); }
  if (v.idempotencyKey === undefined) w.branch(0);
  else { w.branch(1); w.string(v.idempotencyKey); }
  if (v.externalInputPayloadStoragePath === undefined) w.branch(0);
  else { w.branch(1); w.string(v.externalInputPayloadStoragePath); }
  w.long(v.timeoutAt);
  if (v.replyTo === undefined) w.branch(0);
  else { w.branch(1); writeReplyAddress(w, v.replyTo); }
}

function readWorkflowStartRefused(r: AvroReader): WorkflowStartRefused {
  const name = r.string();
  const version = r.long();
  const parent = readParentLink(r);
  const reason = r.string();
  return { type: 'WorkflowStartRefused', name, version, parent, reason };
}

function writeWorkflowStartRefused(w: AvroWriter, v: WorkflowStartRefused): void {
  w.string(v.name);
  w.long(v.version);
  writeParentLink(w, v.parent);
  w.string(v.reason);
}

function readWorkflowPaused(_r: AvroReader): WorkflowPaused {
  return { type: 'WorkflowPaused' };
}

function writeWorkflowPaused(_w: AvroWriter, _v: WorkflowPaused): void {

}

function readWorkflowResumed(r: AvroReader): WorkflowResumed {
  const timeoutAt = r.long();
  return { type: 'WorkflowResumed', timeoutAt };
}

function writeWorkflowResumed(w: AvroWriter, v: WorkflowResumed): void {
  w.long(v.timeoutAt);
}

function readWorkflowRetried(r: AvroReader): WorkflowRetried {
  const timeoutAt = r.long();
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof WorkflowRetried]: WorkflowRetried[K] } = { type: 'WorkflowRetried', timeoutAt };
  if (request !== undefined) v.request = request;
  return v;
}

function writeWorkflowRetried(w: AvroWriter, v: WorkflowRetried): void {
  w.long(v.timeoutAt);
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readFailureWorkflow(r: AvroReader): FailureWorkflow {
  const workflowId = r.string() as WorkflowId;
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const input = r.json();
  const v: { -readonly [K in keyof FailureWorkflow]: FailureWorkflow[K] } = { workflowId, name, input };
  if (version !== undefined) v.version = version;
  return v;
}

function writeFailureWorkflow(w: AvroWriter, v: FailureWorkflow): void {
  w.string(v.workflowId);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  w.json(v.input);
}

function readWorkflowEnded(r: AvroReader): WorkflowEnded {
  const status = r.symbol(endedWorkflowStatusSymbols);
  const reason = r.present() ? r.string() : undefined;
  const output = r.json();
  const failedTaskId = r.present() ? r.string() as TaskId : undefined;
  const failedReferenceTaskNames = r.array((r) => r.string());
  const failedTaskNames = r.array((r) => r.string());
  const failureWorkflow = r.present() ? readFailureWorkflow(r) : undefined;
  const v: { -readonly [K in keyof WorkflowEnded]: WorkflowEnded[K] } = { type: 'WorkflowEnded', status, output, failedReferenceTaskNames, failedTaskNames };
  if (reason !== undefined) v.reason = reason;
  if (failedTaskId !== undefined) v.failedTaskId = failedTaskId;
  if (failureWorkflow !== undefined) v.failureWorkflow = failureWorkflow;
  return v;
}

function writeWorkflowEnded(w: AvroWriter, v: WorkflowEnded): void {
  w.symbol(endedWorkflowStatusSymbols, v.status);
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  w.json(v.output);
  if (v.failedTaskId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.failedTaskId); }
  w.array(v.failedReferenceTaskNames, (w, v) => w.string(v));
  w.array(v.failedTaskNames, (w, v) => w.string(v));
  if (v.failureWorkflow === undefined) w.branch(0);
  else { w.branch(1); writeFailureWorkflow(w, v.failureWorkflow); }
}

function readWorkflowRemoved(_r: AvroReader): WorkflowRemoved {
  return { type: 'WorkflowRemoved' };
}

function writeWorkflowRemoved(_w: AvroWriter, _v: WorkflowRemoved): void {

}

function readWorkflowQuarantined(r: AvroReader): WorkflowQuarantined {
  const reason = r.string();
  return { type: 'WorkflowQuarantined', reason };
}

function writeWorkflowQuarantined(w: AvroWriter, v: WorkflowQuarantined): void {
  w.string(v.reason);
}

function readVariablesSet(r: AvroReader): VariablesSet {
  const values = r.json();
  return { type: 'VariablesSet', values };
}

function writeVariablesSet(w: AvroWriter, v: VariablesSet): void {
  w.json(v.values);
}

function readQueue(r: AvroReader): Queue {
  const type = r.string();
  const domain = r.present() ? r.string() : undefined;
  const v: { -readonly [K in keyof Queue]: Queue[K] } = { type };
  if (domain !== undefined) v.domain = domain;
  return v;
}

function writeQueue(w: AvroWriter, v: Queue): void {
  w.string(v.type);
  if (v.domain === undefined) w.branch(0);
  else { w.branch(1); w.string(v.domain); }
}

function readTaskLimits(r: AvroReader): TaskLimits {
  const timeoutMs = r.long();
  const timeoutPolicy = r.symbol(timeoutPolicySymbols);
  const responseTimeoutMs = r.long();
  const pollTimeoutMs = r.long();
  const totalTimeoutMs = r.long();
  return { timeoutMs, timeoutPolicy, responseTimeoutMs, pollTimeoutMs, totalTimeoutMs };
}

function writeTaskLimits(w: AvroWriter, v: TaskLimits): void {
  w.long(v.timeoutMs);
  w.symbol(timeoutPolicySymbols, v.timeoutPolicy);
  w.long(v.responseTimeoutMs);
  w.long(v.pollTimeoutMs);
  w.long(v.totalTimeoutMs);
}

function readJoin(r: AvroReader): Join {
  const on = r.array((r) => r.string());
  const open = r.long();
  return { on, open };
}

function writeJoin(w: AvroWriter, v: Join): void {
  w.array(v.on, (w, v) => w.string(v));
  w.long(v.open);
}

function readChildPlan(r: AvroReader): ChildPlan {
  const workflowId = r.string() as WorkflowId;
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const definition = r.present() ? r.json() : undefined;
  const input = r.json();
  const priority = r.long();
  const taskToDomain = r.map((r) => r.string());
  const v: { -readonly [K in keyof ChildPlan]: ChildPlan[K] } = { workflowId, name, input, priority, taskToDomain };
  if (version !== undefined) v.version = version;
  if (definition !== undefined) v.definition = definition;
  return v;
}

function writeChildPlan(w: AvroWriter, v: ChildPlan): void {
  w.string(v.workflowId);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  if (v.definition === undefined) w.branch(0);
  else { w.branch(1); w.json(v.definition); }
  w.json(v.input);
  w.long(v.priority);
  w.map(v.taskToDomain, (w, v) => w.string(v));
}

function readTaskScheduled(r: AvroReader): TaskScheduled {
  const taskId = r.string() as TaskId;
  const referenceName = r.string();
  const node = r.long();
  const taskType = r.string();
  const taskDefName = r.string();
  const seq = r.long();
  const attempt = r.long();
  const retriedTaskId = r.present() ? r.string() as TaskId : undefined;
  const iteration = r.long();
  const status = r.symbol(openTaskStatusSymbols);
  const input = r.json();
  const workflowTask = r.present() ? r.json() : undefined;
  const queue = r.present() ? readQueue(r) : undefined;
  const dueAt = r.long();
  const startDelaySeconds = r.long();
  const limits = readTaskLimits(r);
  const join = r.present() ? readJoin(r) : undefined;
  const child = r.present() ? readChildPlan(r) : undefined;
  const firstScheduledAt = r.long();
  const v: { -readonly [K in keyof TaskScheduled]: TaskScheduled[K] } = { type: 'TaskScheduled', taskId, referenceName, node, taskType, taskDefName, seq, attempt, iteration, status, input, dueAt, startDelaySeconds, limits, firstScheduledAt };
  if (retriedTaskId !== undefined) v.retriedTaskId = retriedTaskId;
  if (workflowTask !== undefined) v.workflowTask = workflowTask;
  if (queue !== undefined) v.queue = queue;
  if (join !== undefined) v.join = join;
  if (child !== undefined) v.child = child;
  return v;
}

function writeTaskScheduled(w: AvroWriter, v: TaskScheduled): void {
  w.string(v.taskId);
  w.string(v.referenceName);
  w.long(v.node);
  w.string(v.taskType);
  w.string(v.taskDefName);
  w.long(v.seq);
  w.long(v.attempt);
  if (v.retriedTaskId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.retriedTaskId); }
  w.long(v.iteration);
  w.symbol(openTaskStatusSymbols, v.status);
  w.json(v.input);
  if (v.workflowTask === undefined) w.branch(0);
  else { w.branch(1); w.json(v.workflowTask); }
  if (v.queue === undefined) w.branch(0);
  else { w.branch(1); writeQueue(w, v.queue); }
  w.long(v.dueAt);
  w.long(v.startDelaySeconds);
  writeTaskLimits(w, v.limits);
  if (v.join === undefined) w.branch(0);
  else { w.branch(1); writeJoin(w, v.join); }
  if (v.child === undefined) w.branch(0);
  else { w.branch(1); writeChildPlan(w, v.child); }
  w.long(v.firstScheduledAt);
}

function readTaskDispatched(r: AvroReader): TaskDispatched {
  const taskId = r.string() as TaskId;
  const dispatch = r.long();
  return { type: 'TaskDispatched', taskId, dispatch };
}

function writeTaskDispatched(w: AvroWriter, v: TaskDispatched): void {
  w.string(v.taskId);
  w.long(v.dispatch);
}

function readTaskPolled(r: AvroReader): TaskPolled {
  const taskId = r.string() as TaskId;
  const dispatch = r.long();
  const workerId = r.present() ? r.string() : undefined;
  const at = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof TaskPolled]: TaskPolled[K] } = { type: 'TaskPolled', taskId, dispatch };
  if (workerId !== undefined) v.workerId = workerId;
  if (at !== undefined) v.at = at;
  return v;
}

function writeTaskPolled(w: AvroWriter, v: TaskPolled): void {
  w.string(v.taskId);
  w.long(v.dispatch);
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  if (v.at === undefined) w.branch(0);
  else { w.branch(1); w.long(v.at); }
}

function readTaskProgressed(r: AvroReader): TaskProgressed {
  const taskId = r.string() as TaskId;
  const status = r.symbol(openTaskStatusSymbols);
  const output = r.json();
  const reason = r.present() ? r.string() : undefined;
  const workerId = r.present() ? r.string() : undefined;
  const callbackAfterSeconds = r.long();
  const dueAt = r.long();
  const v: { -readonly [K in keyof TaskProgressed]: TaskProgressed[K] } = { type: 'TaskProgressed', taskId, status, output, callbackAfterSeconds, dueAt };
  if (reason !== undefined) v.reason = reason;
  if (workerId !== undefined) v.workerId = workerId;
  return v;
}

function writeTaskProgressed(w: AvroWriter, v: TaskProgressed): void {
  w.string(v.taskId);
  w.symbol(openTaskStatusSymbols, v.status);
  w.json(v.output);
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  w.long(v.callbackAfterSeconds);
  w.long(v.dueAt);
}

function readTaskLeaseExtended(r: AvroReader): TaskLeaseExtended {
  const taskId = r.string() as TaskId;
  return { type: 'TaskLeaseExtended', taskId };
}

function writeTaskLeaseExtended(w: AvroWriter, v: TaskLeaseExtended): void {
  w.string(v.taskId);
}

function readTaskEnded(r: AvroReader): TaskEnded {
  const taskId = r.string() as TaskId;
  const status = r.symbol(endedTaskStatusSymbols);
  const output = r.json();
  const reason = r.present() ? r.string() : undefined;
  const workerId = r.present() ? r.string() : undefined;
  const retried = r.boolean();
  const v: { -readonly [K in keyof TaskEnded]: TaskEnded[K] } = { type: 'TaskEnded', taskId, status, output, retried };
  if (reason !== undefined) v.reason = reason;
  if (workerId !== undefined) v.workerId = workerId;
  return v;
}

function writeTaskEnded(w: AvroWriter, v: TaskEnded): void {
  w.string(v.taskId);
  w.symbol(endedTaskStatusSymbols, v.status);
  w.json(v.output);
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  w.boolean(v.retried);
}

function readTaskReopened(r: AvroReader): TaskReopened {
  const taskId = r.string() as TaskId;
  const attempt = r.long();
  const join = r.present() ? readJoin(r) : undefined;
  const output = r.present() ? r.json() : undefined;
  const status = r.present() ? r.symbol(openTaskStatusSymbols) : undefined;
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof TaskReopened]: TaskReopened[K] } = { type: 'TaskReopened', taskId, attempt };
  if (join !== undefined) v.join = join;
  if (output !== undefined) v.output = output;
  if (status !== undefined) v.status = status;
  if (request !== undefined) v.request = request;
  return v;
}

function writeTaskReopened(w: AvroWriter, v: TaskReopened): void {
  w.string(v.taskId);
  w.long(v.attempt);
  if (v.join === undefined) w.branch(0);
  else { w.branch(1); writeJoin(w, v.join); }
  if (v.output === undefined) w.branch(0);
  else { w.branch(1); w.json(v.output); }
  if (v.status === undefined) w.branch(0);
  else { w.branch(1); w.symbol(openTaskStatusSymbols, v.status); }
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readTaskLog(r: AvroReader): TaskLog {
  const message = r.string();
  const at = r.long();
  return { message, at };
}

function writeTaskLog(w: AvroWriter, v: TaskLog): void {
  w.string(v.message);
  w.long(v.at);
}

function readTaskLogsAdded(r: AvroReader): TaskLogsAdded {
  const taskId = r.string() as TaskId;
  const logs = r.array(readTaskLog);
  return { type: 'TaskLogsAdded', taskId, logs };
}

function writeTaskLogsAdded(w: AvroWriter, v: TaskLogsAdded): void {
  w.string(v.taskId);
  w.array(v.logs, writeTaskLog);
}

function readWorkPostponed(r: AvroReader): WorkPostponed {
  const agenda = r.json();
  return { type: 'WorkPostponed', agenda };
}

function writeWorkPostponed(w: AvroWriter, v: WorkPostponed): void {
  w.json(v.agenda);
}

function readWorkContinued(_r: AvroReader): WorkContinued {
  return { type: 'WorkContinued' };
}

function writeWorkContinued(_w: AvroWriter, _v: WorkContinued): void {

}

function readTasksRemoved(r: AvroReader): TasksRemoved {
  const taskIds = r.array((r) => r.string() as TaskId);
  return { type: 'TasksRemoved', taskIds };
}

function writeTasksRemoved(w: AvroWriter, v: TasksRemoved): void {
  w.array(v.taskIds, (w, v) => w.string(v));
}

function readDefinitionPut(r: AvroReader): DefinitionPut {
  const kind = r.symbol(definitionKindSymbols);
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const body = r.json();
  const v: { -readonly [K in keyof DefinitionPut]: DefinitionPut[K] } = { type: 'DefinitionPut', kind, name, body };
  if (version !== undefined) v.version = version;
  return v;
}

function writeDefinitionPut(w: AvroWriter, v: DefinitionPut): void {
  w.symbol(definitionKindSymbols, v.kind);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  w.json(v.body);
}

function readDefinitionDeleted(r: AvroReader): DefinitionDeleted {
  const kind = r.symbol(definitionKindSymbols);
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof DefinitionDeleted]: DefinitionDeleted[K] } = { type: 'DefinitionDeleted', kind, name };
  if (version !== undefined) v.version = version;
  return v;
}

function writeDefinitionDeleted(w: AvroWriter, v: DefinitionDeleted): void {
  w.symbol(definitionKindSymbols, v.kind);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
}

function readWorkflowRestarted(r: AvroReader): WorkflowRestarted {
  const version = r.long();
  const definitionHash = r.string();
  const definition = r.present() ? r.json() : undefined;
  const variables = r.json();
  const timeoutAt = r.long();
  const v: { -readonly [K in keyof WorkflowRestarted]: WorkflowRestarted[K] } = { type: 'WorkflowRestarted', version, definitionHash, variables, timeoutAt };
  if (definition !== undefined) v.definition = definition;
  return v;
}

function writeWorkflowRestarted(w: AvroWriter, v: WorkflowRestarted): void {
  w.long(v.version);
  w.string(v.definitionHash);
  if (v.definition === undefined) w.branch(0);
  else { w.branch(1); w.json(v.definition); }
  w.json(v.variables);
  w.long(v.timeoutAt);
}

function readSeqRange(r: AvroReader): SeqRange {
  const from = r.long();
  const to = r.long();
  return { from, to };
}

function writeSeqRange(w: AvroWriter, v: SeqRange): void {
  w.long(v.from);
  w.long(v.to);
}

function readWorkflowRerun(r: AvroReader): WorkflowRerun {
  const removed = r.array(readSeqRange);
  const input = r.present() ? r.json() : undefined;
  const correlationId = r.present() ? r.string() : undefined;
  const variables = r.present() ? r.json() : undefined;
  const timeoutAt = r.long();
  const v: { -readonly [K in keyof WorkflowRerun]: WorkflowRerun[K] } = { type: 'WorkflowRerun', removed, timeoutAt };
  if (input !== undefined) v.input = input;
  if (correlationId !== undefined) v.correlationId = correlationId;
  if (variables !== undefined) v.variables = variables;
  return v;
}

function writeWorkflowRerun(w: AvroWriter, v: WorkflowRerun): void {
  w.array(v.removed, writeSeqRange);
  if (v.input === undefined) w.branch(0);
  else { w.branch(1); w.json(v.input); }
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  if (v.variables === undefined) w.branch(0);
  else { w.branch(1); w.json(v.variables); }
  w.long(v.timeoutAt);
}

function readRevivalRefused(r: AvroReader): RevivalRefused {
  const parent = readParentLink(r);
  const reason = r.string();
  return { type: 'RevivalRefused', parent, reason };
}

function writeRevivalRefused(w: AvroWriter, v: RevivalRefused): void {
  writeParentLink(w, v.parent);
  w.string(v.reason);
}

function readTaskRerun(r: AvroReader): TaskRerun {
  const taskId = r.string() as TaskId;
  const attempt = r.long();
  const status = r.symbol(openTaskStatusSymbols);
  const input = r.json();
  const queue = r.present() ? readQueue(r) : undefined;
  const dueAt = r.long();
  const join = r.present() ? readJoin(r) : undefined;
  const child = r.present() ? readChildPlan(r) : undefined;
  const v: { -readonly [K in keyof TaskRerun]: TaskRerun[K] } = { type: 'TaskRerun', taskId, attempt, status, input, dueAt };
  if (queue !== undefined) v.queue = queue;
  if (join !== undefined) v.join = join;
  if (child !== undefined) v.child = child;
  return v;
}

function writeTaskRerun(w: AvroWriter, v: TaskRerun): void {
  w.string(v.taskId);
  w.long(v.attempt);
  w.symbol(openTaskStatusSymbols, v.status);
  w.json(v.input);
  if (v.queue === undefined) w.branch(0);
  else { w.branch(1); writeQueue(w, v.queue); }
  w.long(v.dueAt);
  if (v.join === undefined) w.branch(0);
  else { w.branch(1); writeJoin(w, v.join); }
  if (v.child === undefined) w.branch(0);
  else { w.branch(1); writeChildPlan(w, v.child); }
}

function readParentHeard(r: AvroReader): ParentHeard {
  const request = r.long();
  return { type: 'ParentHeard', request };
}

function writeParentHeard(w: AvroWriter, v: ParentHeard): void {
  w.long(v.request);
}

function readDomainEvent(r: AvroReader): DomainEvent {
  switch (r.branch(27)) {
    case 0: return readWorkflowStarted(r);
    case 1: return readWorkflowStartRefused(r);
    case 2: return readWorkflowPaused(r);
    case 3: return readWorkflowResumed(r);
    case 4: return readWorkflowRetried(r);
    case 5: return readWorkflowEnded(r);
    case 6: return readWorkflowRemoved(r);
    case 7: return readWorkflowQuarantined(r);
    case 8: return readVariablesSet(r);
    case 9: return readTaskScheduled(r);
    case 10: return readTaskDispatched(r);
    case 11: return readTaskPolled(r);
    case 12: return readTaskProgressed(r);
    case 13: return readTaskLeaseExtended(r);
    case 14: return readTaskEnded(r);
    case 15: return readTaskReopened(r);
    case 16: return readTaskLogsAdded(r);
    case 17: return readWorkPostponed(r);
    case 18: return readWorkContinued(r);
    case 19: return readTasksRemoved(r);
    case 20: return readDefinitionPut(r);
    case 21: return readDefinitionDeleted(r);
    case 22: return readWorkflowRestarted(r);
    case 23: return readWorkflowRerun(r);
    case 24: return readRevivalRefused(r);
    case 25: return readTaskRerun(r);
    case 26: return readParentHeard(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeDomainEvent(w: AvroWriter, v: DomainEvent): void {
  switch (v.type) {
    case 'WorkflowStarted': w.branch(0); writeWorkflowStarted(w, v); return;
    case 'WorkflowStartRefused': w.branch(1); writeWorkflowStartRefused(w, v); return;
    case 'WorkflowPaused': w.branch(2); writeWorkflowPaused(w, v); return;
    case 'WorkflowResumed': w.branch(3); writeWorkflowResumed(w, v); return;
    case 'WorkflowRetried': w.branch(4); writeWorkflowRetried(w, v); return;
    case 'WorkflowEnded': w.branch(5); writeWorkflowEnded(w, v); return;
    case 'WorkflowRemoved': w.branch(6); writeWorkflowRemoved(w, v); return;
    case 'WorkflowQuarantined': w.branch(7); writeWorkflowQuarantined(w, v); return;
    case 'VariablesSet': w.branch(8); writeVariablesSet(w, v); return;
    case 'TaskScheduled': w.branch(9); writeTaskScheduled(w, v); return;
    case 'TaskDispatched': w.branch(10); writeTaskDispatched(w, v); return;
    case 'TaskPolled': w.branch(11); writeTaskPolled(w, v); return;
    case 'TaskProgressed': w.branch(12); writeTaskProgressed(w, v); return;
    case 'TaskLeaseExtended': w.branch(13); writeTaskLeaseExtended(w, v); return;
    case 'TaskEnded': w.branch(14); writeTaskEnded(w, v); return;
    case 'TaskReopened': w.branch(15); writeTaskReopened(w, v); return;
    case 'TaskLogsAdded': w.branch(16); writeTaskLogsAdded(w, v); return;
    case 'WorkPostponed': w.branch(17); writeWorkPostponed(w, v); return;
    case 'WorkContinued': w.branch(18); writeWorkContinued(w, v); return;
    case 'TasksRemoved': w.branch(19); writeTasksRemoved(w, v); return;
    case 'DefinitionPut': w.branch(20); writeDefinitionPut(w, v); return;
    case 'DefinitionDeleted': w.branch(21); writeDefinitionDeleted(w, v); return;
    case 'WorkflowRestarted': w.branch(22); writeWorkflowRestarted(w, v); return;
    case 'WorkflowRerun': w.branch(23); writeWorkflowRerun(w, v); return;
    case 'RevivalRefused': w.branch(24); writeRevivalRefused(w, v); return;
    case 'TaskRerun': w.branch(25); writeTaskRerun(w, v); return;
    case 'ParentHeard': w.branch(26); writeParentHeard(w, v); return;
    default: throw new Defect(`no DomainEvent is called ${String((v as { type: unknown }).type)}`);
  }
}

function readCarried(r: AvroReader): Carried {
  const bytes = r.bytes();
  const replyTo = r.present() ? readReplyAddress(r) : undefined;
  const v: { -readonly [K in keyof Carried]: Carried[K] } = { bytes };
  if (replyTo !== undefined) v.replyTo = replyTo;
  return v;
}

function writeCarried(w: AvroWriter, v: Carried): void {
  w.bytes(v.bytes);
  if (v.replyTo === undefined) w.branch(0);
  else { w.branch(1); writeReplyAddress(w, v.replyTo); }
}

function readDecided(r: AvroReader): Decided {
  const epoch = r.long();
  const index = r.long();
  const effectsDone = r.long();
  const at = r.long();
  const aggregate = r.string() as AggregateId;
  const version = r.long();
  const cause = readCause(r);
  const outcome = readOutcome(r);
  const events = r.array(readDomainEvent);
  const commandHash = r.present() ? r.string() : undefined;
  const carried = r.present() ? readCarried(r) : undefined;
  const v: { -readonly [K in keyof Decided]: Decided[K] } = { kind: 'decision', epoch, index, effectsDone, at, aggregate, version, cause, outcome, events };
  if (commandHash !== undefined) v.commandHash = commandHash;
  if (carried !== undefined) v.carried = carried;
  return v;
}

function writeDecided(w: AvroWriter, v: Decided): void {
  w.long(v.epoch);
  w.long(v.index);
  w.long(v.effectsDone);
  w.long(v.at);
  w.string(v.aggregate);
  w.long(v.version);
  writeCause(w, v.cause);
  writeOutcome(w, v.outcome);
  w.array(v.events, writeDomainEvent);
  if (v.commandHash === undefined) w.branch(0);
  else { w.branch(1); w.string(v.commandHash); }
  if (v.carried === undefined) w.branch(0);
  else { w.branch(1); writeCarried(w, v.carried); }
}

function readSnapshot(r: AvroReader): Snapshot {
  const epoch = r.long();
  const index = r.long();
  const effectsDone = r.long();
  const at = r.long();
  const subject = r.symbol(snapshotSubjectSymbols);
  const aggregate = r.string() as AggregateId;
  const version = r.long();
  const part = r.long();
  const parts = r.long();
  const why = r.symbol(snapshotReasonSymbols);
  const stateVersion = r.long();
  const body = r.bytes();
  return { kind: 'snapshot', epoch, index, effectsDone, at, subject, aggregate, version, part, parts, why, stateVersion, body };
}

function writeSnapshot(w: AvroWriter, v: Snapshot): void {
  w.long(v.epoch);
  w.long(v.index);
  w.long(v.effectsDone);
  w.long(v.at);
  w.symbol(snapshotSubjectSymbols, v.subject);
  w.string(v.aggregate);
  w.long(v.version);
  w.long(v.part);
  w.long(v.parts);
  w.symbol(snapshotReasonSymbols, v.why);
  w.long(v.stateVersion);
  w.bytes(v.body);
}

function readAdmissionState(r: AvroReader): AdmissionState {
  const epoch = r.long();
  const token = r.string();
  const next = r.long();
  return { epoch, token, next };
}

function writeAdmissionState(w: AvroWriter, v: AdmissionState): void {
  w.long(v.epoch);
  w.string(v.token);
  w.long(v.next);
}

function readCheckpoint(r: AvroReader): Checkpoint {
  const epoch = r.long();
  const index = r.long();
  const effectsDone = r.long();
  const at = r.long();
  const offset = r.long();
  const admission = readAdmissionState(r);
  const lastAppendTime = r.long();
  const lastAt = r.long();
  const inputPosition = r.long();
  const marks = r.array(readMark);
  const floor = r.long();
  const settledAtX = r.long();
  const parts = r.array((r) => r.long());
  return { kind: 'checkpoint', epoch, index, effectsDone, at, offset, admission, lastAppendTime, lastAt, inputPosition, marks, floor, settledAtX, parts };
}

function writeCheckpoint(w: AvroWriter, v: Checkpoint): void {
  w.long(v.epoch);
  w.long(v.index);
  w.long(v.effectsDone);
  w.long(v.at);
  w.long(v.offset);
  writeAdmissionState(w, v.admission);
  w.long(v.lastAppendTime);
  w.long(v.lastAt);
  w.long(v.inputPosition);
  w.array(v.marks, writeMark);
  w.long(v.floor);
  w.long(v.settledAtX);
  w.array(v.parts, (w, v) => w.long(v));
}

export function readJournalRecord(r: AvroReader): JournalRecord {
  switch (r.branch(4)) {
    case 0: return readClaim(r);
    case 1: return readDecided(r);
    case 2: return readSnapshot(r);
    case 3: return readCheckpoint(r);
    default: throw new Defect('branch() is bounded');
  }
}

export function writeJournalRecord(w: AvroWriter, v: JournalRecord): void {
  switch (v.kind) {
    case 'claim': w.branch(0); writeClaim(w, v); return;
    case 'decision': w.branch(1); writeDecided(w, v); return;
    case 'snapshot': w.branch(2); writeSnapshot(w, v); return;
    case 'checkpoint': w.branch(3); writeCheckpoint(w, v); return;
    default: throw new Defect(`no JournalRecord is called ${String((v as { kind: unknown }).kind)}`);
  }
}
