// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { Payload, TaskId, WorkflowId } from '@partitura/model';
import { Defect } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

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

const endedWorkflowStatusSymbols = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED'] as const;
type EndedWorkflowStatus = (typeof endedWorkflowStatusSymbols)[number];

const taskStatusSymbols = ['IN_PROGRESS', 'CANCELED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'SCHEDULED', 'TIMED_OUT', 'SKIPPED'] as const;
type TaskStatus = (typeof taskStatusSymbols)[number];

interface EndedRunTask {
  readonly taskId: TaskId;
  readonly referenceName: string;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly status: TaskStatus;
  readonly seq: number;
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly retried: boolean;
  readonly iteration: number;
  readonly node: number;
  readonly workflowTask?: Payload;
  readonly input: Payload;
  readonly output: Payload;
  readonly reasonForIncompletion?: string;
  readonly workerId?: string;
  readonly domain?: string;
  readonly pollCount: number;
  readonly scheduledTime: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly updateTime: number;
  readonly startDelaySeconds: number;
  readonly callbackAfterSeconds: number;
  readonly responseTimeoutSeconds: number;
  readonly subWorkflowId?: WorkflowId;
}

/** The run that ended, for who waited for it; absent where it is too large for an answer. */
interface EndedRun {
  readonly workflowId: WorkflowId;
  readonly name: string;
  readonly version: number;
  readonly definitionHash: string;
  readonly status: EndedWorkflowStatus;
  readonly createTime: number;
  readonly updateTime: number;
  readonly endTime: number;
  readonly lastRetriedTime: number;
  readonly input: Payload;
  readonly output: Payload;
  readonly variables: Payload;
  readonly correlationId?: string;
  readonly priority: number;
  readonly createdBy?: string;
  readonly reasonForIncompletion?: string;
  readonly tasks: readonly EndedRunTask[];
}

/** The outcome of a command, for the instance that waits for it on <ns>.replies. */
export interface Reply {
  readonly instance: string;
  readonly correlation: number;
  readonly outcome: Outcome;
  readonly partition: number;
  readonly offset: number;
  readonly definitionsOffset?: number;
  readonly run?: EndedRun;
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

function readEndedRunTask(r: AvroReader): EndedRunTask {
  const taskId = r.string() as TaskId;
  const referenceName = r.string();
  const taskType = r.string();
  const taskDefName = r.string();
  const status = r.symbol(taskStatusSymbols);
  const seq = r.long();
  const attempt = r.long();
  const retriedTaskId = r.present() ? r.string() as TaskId : undefined;
  const retried = r.boolean();
  const iteration = r.long();
  const node = r.long();
  const workflowTask = r.present() ? r.json() : undefined;
  const input = r.json();
  const output = r.json();
  const reasonForIncompletion = r.present() ? r.string() : undefined;
  const workerId = r.present() ? r.string() : undefined;
  const domain = r.present() ? r.string() : undefined;
  const pollCount = r.long();
  const scheduledTime = r.long();
  const startTime = r.long();
  const endTime = r.long();
  const updateTime = r.long();
  const startDelaySeconds = r.long();
  const callbackAfterSeconds = r.long();
  const responseTimeoutSeconds = r.long();
  const subWorkflowId = r.present() ? r.string() as WorkflowId : undefined;
  const v: { -readonly [K in keyof EndedRunTask]: EndedRunTask[K] } = { taskId, referenceName, taskType, taskDefName, status, seq, attempt, retried, iteration, node, input, output, pollCount, scheduledTime, startTime, endTime, updateTime, startDelaySeconds, callbackAfterSeconds, responseTimeoutSeconds };
  if (retriedTaskId !== undefined) v.retriedTaskId = retriedTaskId;
  if (workflowTask !== undefined) v.workflowTask = workflowTask;
  if (reasonForIncompletion !== undefined) v.reasonForIncompletion = reasonForIncompletion;
  if (workerId !== undefined) v.workerId = workerId;
  if (domain !== undefined) v.domain = domain;
  if (subWorkflowId !== undefined) v.subWorkflowId = subWorkflowId;
  return v;
}

function writeEndedRunTask(w: AvroWriter, v: EndedRunTask): void {
  w.string(v.taskId);
  w.string(v.referenceName);
  w.string(v.taskType);
  w.string(v.taskDefName);
  w.symbol(taskStatusSymbols, v.status);
  w.long(v.seq);
  w.long(v.attempt);
  if (v.retriedTaskId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.retriedTaskId); }
  w.boolean(v.retried);
  w.long(v.iteration);
  w.long(v.node);
  if (v.workflowTask === undefined) w.branch(0);
  else { w.branch(1); w.json(v.workflowTask); }
  w.json(v.input);
  w.json(v.output);
  if (v.reasonForIncompletion === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reasonForIncompletion); }
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  if (v.domain === undefined) w.branch(0);
  else { w.branch(1); w.string(v.domain); }
  w.long(v.pollCount);
  w.long(v.scheduledTime);
  w.long(v.startTime);
  w.long(v.endTime);
  w.long(v.updateTime);
  w.long(v.startDelaySeconds);
  w.long(v.callbackAfterSeconds);
  w.long(v.responseTimeoutSeconds);
  if (v.subWorkflowId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.subWorkflowId); }
}

function readEndedRun(r: AvroReader): EndedRun {
  const workflowId = r.string() as WorkflowId;
  const name = r.string();
  const version = r.long();
  const definitionHash = r.string();
  const status = r.symbol(endedWorkflowStatusSymbols);
  const createTime = r.long();
  const updateTime = r.long();
  const endTime = r.long();
  const lastRetriedTime = r.long();
  const input = r.json();
  const output = r.json();
  const variables = r.json();
  const correlationId = r.present() ? r.string() : undefined;
  const priority = r.long();
  const createdBy = r.present() ? r.string() : undefined;
  const reasonForIncompletion = r.present() ? r.string() : undefined;
  const tasks = r.array(readEndedRunTask);
  const v: { -readonly [K in keyof EndedRun]: EndedRun[K] } = { workflowId, name, version, definitionHash, status, createTime, updateTime, endTime, lastRetriedTime, input, output, variables, priority, tasks };
  if (correlationId !== undefined) v.correlationId = correlationId;
  if (createdBy !== undefined) v.createdBy = createdBy;
  if (reasonForIncompletion !== undefined) v.reasonForIncompletion = reasonForIncompletion;
  return v;
}

function writeEndedRun(w: AvroWriter, v: EndedRun): void {
  w.string(v.workflowId);
  w.string(v.name);
  w.long(v.version);
  w.string(v.definitionHash);
  w.symbol(endedWorkflowStatusSymbols, v.status);
  w.long(v.createTime);
  w.long(v.updateTime);
  w.long(v.endTime);
  w.long(v.lastRetriedTime);
  w.json(v.input);
  w.json(v.output);
  w.json(v.variables);
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  w.long(v.priority);
  if (v.createdBy === undefined) w.branch(0);
  else { w.branch(1); w.string(v.createdBy); }
  if (v.reasonForIncompletion === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reasonForIncompletion); }
  w.array(v.tasks, writeEndedRunTask);
}

export function readReply(r: AvroReader): Reply {
  const instance = r.string();
  const correlation = r.long();
  const outcome = readOutcome(r);
  const partition = r.long();
  const offset = r.long();
  const definitionsOffset = r.present() ? r.long() : undefined;
  const run = r.present() ? readEndedRun(r) : undefined;
  const v: { -readonly [K in keyof Reply]: Reply[K] } = { instance, correlation, outcome, partition, offset };
  if (definitionsOffset !== undefined) v.definitionsOffset = definitionsOffset;
  if (run !== undefined) v.run = run;
  return v;
}

export function writeReply(w: AvroWriter, v: Reply): void {
  w.string(v.instance);
  w.long(v.correlation);
  writeOutcome(w, v.outcome);
  w.long(v.partition);
  w.long(v.offset);
  if (v.definitionsOffset === undefined) w.branch(0);
  else { w.branch(1); w.long(v.definitionsOffset); }
  if (v.run === undefined) w.branch(0);
  else { w.branch(1); writeEndedRun(w, v.run); }
}
