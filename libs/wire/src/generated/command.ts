// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { AggregateId, CommandId, Payload, TaskId, WorkflowId } from '@partitura/model';
import { Defect } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

interface Mark {
  readonly partition: number;
  readonly index: number;
  readonly ordinal: number;
}

interface ReplyAddress {
  readonly partition: number;
  readonly instance: string;
  readonly correlation: number;
}

interface ParentLink {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly request?: number;
}

interface StartWorkflow {
  readonly type: 'StartWorkflow';
  readonly name: string;
  readonly version?: number;
  readonly definition?: Payload;
  readonly input: Payload;
  readonly correlationId?: string;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly parent?: ParentLink;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: string;
  readonly createdBy?: string;
  readonly event?: string;
  readonly externalInputPayloadStoragePath?: string;
  readonly replyWhenEnded: boolean;
}

interface PauseWorkflow {
  readonly type: 'PauseWorkflow';
}

interface ResumeWorkflow {
  readonly type: 'ResumeWorkflow';
}

interface TerminateWorkflow {
  readonly type: 'TerminateWorkflow';
  readonly reason?: string;
  readonly byParent: boolean;
  readonly triggerFailureWorkflow?: boolean;
  readonly request?: number;
}

interface RetryWorkflow {
  readonly type: 'RetryWorkflow';
  readonly resumeSubworkflowTasks: boolean;
  readonly parent?: ParentLink;
}

interface RemoveWorkflow {
  readonly type: 'RemoveWorkflow';
  readonly onlyEnded: boolean;
}

interface TaskStarted {
  readonly type: 'TaskStarted';
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
}

const reportableStatusSymbols = ['IN_PROGRESS', 'COMPLETED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'CANCELED'] as const;
type ReportableStatus = (typeof reportableStatusSymbols)[number];

interface TaskLog {
  readonly message: string;
  readonly at: number;
}

interface TaskBegun {
  readonly dispatch: number;
  readonly workerId?: string;
  readonly at: number;
}

interface TaskResult {
  readonly type: 'TaskResult';
  readonly taskId: TaskId;
  readonly dispatch?: number;
  readonly status: ReportableStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly callbackAfterSeconds: number;
  readonly workerId?: string;
  readonly extendLease: boolean;
  readonly logs: readonly TaskLog[];
  readonly begun?: TaskBegun;
}

interface AddTaskLogs {
  readonly type: 'AddTaskLogs';
  readonly taskId: TaskId;
  readonly logs: readonly TaskLog[];
}

const endedWorkflowStatusSymbols = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED'] as const;
type EndedWorkflowStatus = (typeof endedWorkflowStatusSymbols)[number];

interface ChildEnded {
  readonly type: 'ChildEnded';
  readonly taskId: TaskId;
  readonly childId: WorkflowId;
  readonly childName: string;
  readonly childVersion: number;
  readonly status: EndedWorkflowStatus;
  readonly output: Payload;
  readonly reason?: string;
  readonly request?: number;
}

interface ChildRevived {
  readonly type: 'ChildRevived';
  readonly taskId: TaskId;
  readonly childId: WorkflowId;
  readonly request?: number;
}

const definitionKindSymbols = ['workflow', 'task', 'eventHandler', 'webhook'] as const;
type DefinitionKind = (typeof definitionKindSymbols)[number];

const putModeSymbols = ['create', 'update', 'upsert'] as const;
type PutMode = (typeof putModeSymbols)[number];

interface PutDefinition {
  readonly type: 'PutDefinition';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
  readonly body: Payload;
  readonly mode: PutMode;
}

interface DeleteDefinition {
  readonly type: 'DeleteDefinition';
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
}

interface ArchivedState {
  readonly startIndex: number;
  readonly version: number;
  readonly stateVersion: number;
}

interface RevivalAnswer {
  readonly type: 'RevivalAnswer';
  readonly request: number;
  readonly part: number;
  readonly parts: number;
  readonly archivedThrough: number;
  readonly found?: ArchivedState;
  readonly state: Uint8Array;
}

interface RestartWorkflow {
  readonly type: 'RestartWorkflow';
  readonly useLatestDefinitions: boolean;
}

interface RerunWorkflow {
  readonly type: 'RerunWorkflow';
  readonly fromTaskId?: TaskId;
  readonly taskInput?: Payload;
  readonly workflowInput?: Payload;
  readonly correlationId?: string;
}

interface SkipTask {
  readonly type: 'SkipTask';
  readonly referenceName: string;
  readonly input?: Payload;
  readonly output?: Payload;
}

interface JumpToTask {
  readonly type: 'JumpToTask';
  readonly referenceName: string;
  readonly input?: Payload;
}

interface ResetCallbacks {
  readonly type: 'ResetCallbacks';
}

interface SetVariables {
  readonly type: 'SetVariables';
  readonly values: Payload;
}

interface ReportEnd {
  readonly type: 'ReportEnd';
  readonly parent: ParentLink;
}

type Command =
  | StartWorkflow
  | PauseWorkflow
  | ResumeWorkflow
  | TerminateWorkflow
  | RetryWorkflow
  | RemoveWorkflow
  | TaskStarted
  | TaskResult
  | AddTaskLogs
  | ChildEnded
  | ChildRevived
  | PutDefinition
  | DeleteDefinition
  | RevivalAnswer
  | RestartWorkflow
  | RerunWorkflow
  | SkipTask
  | JumpToTask
  | ResetCallbacks
  | SetVariables
  | ReportEnd;

/** A command as the product's own processes send it. Only this schema can express a mark, a principal, a parent. */
export interface CommandEnvelope {
  readonly commandId: CommandId;
  readonly aggregate: AggregateId;
  readonly sentAt: number;
  readonly mark?: Mark;
  readonly replyTo?: ReplyAddress;
  readonly principal?: string;
  readonly definitionsOffset?: number;
  readonly body: Command;
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

function readStartWorkflow(r: AvroReader): StartWorkflow {
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const definition = r.present() ? r.json() : undefined;
  const input = r.json();
  const correlationId = r.present() ? r.string() : undefined;
  const priority = r.long();
  const taskToDomain = r.map((r) => r.string());
  const parent = r.present() ? readParentLink(r) : undefined;
  const idempotencyKey = r.present() ? r.string() : undefined;
  const idempotencyStrategy = r.present() ? r.string() : undefined;
  const createdBy = r.present() ? r.string() : undefined;
  const event = r.present() ? r.string() : undefined;
  const externalInputPayloadStoragePath = r.present() ? r.string() : undefined;
  const replyWhenEnded = r.boolean();
  const v: { -readonly [K in keyof StartWorkflow]: StartWorkflow[K] } = { type: 'StartWorkflow', name, input, priority, taskToDomain, replyWhenEnded };
  if (version !== undefined) v.version = version;
  if (definition !== undefined) v.definition = definition;
  if (correlationId !== undefined) v.correlationId = correlationId;
  if (parent !== undefined) v.parent = parent;
  if (idempotencyKey !== undefined) v.idempotencyKey = idempotencyKey;
  if (idempotencyStrategy !== undefined) v.idempotencyStrategy = idempotencyStrategy;
  if (createdBy !== undefined) v.createdBy = createdBy;
  if (event !== undefined) v.event = event;
  if (externalInputPayloadStoragePath !== undefined) v.externalInputPayloadStoragePath = externalInputPayloadStoragePath;
  return v;
}

function writeStartWorkflow(w: AvroWriter, v: StartWorkflow): void {
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  if (v.definition === undefined) w.branch(0);
  else { w.branch(1); w.json(v.definition); }
  w.json(v.input);
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  w.long(v.priority);
  w.map(v.taskToDomain, (w, v) => w.string(v));
  if (v.parent === undefined) w.branch(0);
  else { w.branch(1); writeParentLink(w, v.parent); }
  if (v.idempotencyKey === undefined) w.branch(0);
  else { w.branch(1); w.string(v.idempotencyKey); }
  if (v.idempotencyStrategy === undefined) w.branch(0);
  else { w.branch(1); w.string(v.idempotencyStrategy); }
  if (v.createdBy === undefined) w.branch(0);
  else { w.branch(1); w.string(v.createdBy); }
  if (v.event === undefined) w.branch(0);
  else { w.branch(1); w.string(v.event); }
  if (v.externalInputPayloadStoragePath === undefined) w.branch(0);
  else { w.branch(1); w.string(v.externalInputPayloadStoragePath); }
  w.boolean(v.replyWhenEnded);
}

function readPauseWorkflow(_r: AvroReader): PauseWorkflow {
  return { type: 'PauseWorkflow' };
}

function writePauseWorkflow(_w: AvroWriter, _v: PauseWorkflow): void {

}

function readResumeWorkflow(_r: AvroReader): ResumeWorkflow {
  return { type: 'ResumeWorkflow' };
}

function writeResumeWorkflow(_w: AvroWriter, _v: ResumeWorkflow): void {

}

function readTerminateWorkflow(r: AvroReader): TerminateWorkflow {
  const reason = r.present() ? r.string() : undefined;
  const byParent = r.boolean();
  const triggerFailureWorkflow = r.present() ? r.boolean() : undefined;
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof TerminateWorkflow]: TerminateWorkflow[K] } = { type: 'TerminateWorkflow', byParent };
  if (reason !== undefined) v.reason = reason;
  if (triggerFailureWorkflow !== undefined) v.triggerFailureWorkflow = triggerFailureWorkflow;
  if (request !== undefined) v.request = request;
  return v;
}

function writeTerminateWorkflow(w: AvroWriter, v: TerminateWorkflow): void {
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  w.boolean(v.byParent);
  if (v.triggerFailureWorkflow === undefined) w.branch(0);
  else { w.branch(1); w.boolean(v.triggerFailureWorkflow); }
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readRetryWorkflow(r: AvroReader): RetryWorkflow {
  const resumeSubworkflowTasks = r.boolean();
  const parent = r.present() ? readParentLink(r) : undefined;
  const v: { -readonly [K in keyof RetryWorkflow]: RetryWorkflow[K] } = { type: 'RetryWorkflow', resumeSubworkflowTasks };
  if (parent !== undefined) v.parent = parent;
  return v;
}

function writeRetryWorkflow(w: AvroWriter, v: RetryWorkflow): void {
  w.boolean(v.resumeSubworkflowTasks);
  if (v.parent === undefined) w.branch(0);
  else { w.branch(1); writeParentLink(w, v.parent); }
}

function readRemoveWorkflow(r: AvroReader): RemoveWorkflow {
  const onlyEnded = r.boolean();
  return { type: 'RemoveWorkflow', onlyEnded };
}

function writeRemoveWorkflow(w: AvroWriter, v: RemoveWorkflow): void {
  w.boolean(v.onlyEnded);
}

function readTaskStarted(r: AvroReader): TaskStarted {
  const taskId = r.string() as TaskId;
  const dispatch = r.long();
  const workerId = r.present() ? r.string() : undefined;
  const v: { -readonly [K in keyof TaskStarted]: TaskStarted[K] } = { type: 'TaskStarted', taskId, dispatch };
  if (workerId !== undefined) v.workerId = workerId;
  return v;
}

function writeTaskStarted(w: AvroWriter, v: TaskStarted): void {
  w.string(v.taskId);
  w.long(v.dispatch);
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
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

function readTaskBegun(r: AvroReader): TaskBegun {
  const dispatch = r.long();
  const workerId = r.present() ? r.string() : undefined;
  const at = r.long();
  const v: { -readonly [K in keyof TaskBegun]: TaskBegun[K] } = { dispatch, at };
  if (workerId !== undefined) v.workerId = workerId;
  return v;
}

function writeTaskBegun(w: AvroWriter, v: TaskBegun): void {
  w.long(v.dispatch);
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  w.long(v.at);
}

function readTaskResult(r: AvroReader): TaskResult {
  const taskId = r.string() as TaskId;
  const dispatch = r.present() ? r.long() : undefined;
  const status = r.symbol(reportableStatusSymbols);
  const output = r.json();
  const reason = r.present() ? r.string() : undefined;
  const callbackAfterSeconds = r.long();
  const workerId = r.present() ? r.string() : undefined;
  const extendLease = r.boolean();
  const logs = r.array(readTaskLog);
  const begun = r.present() ? readTaskBegun(r) : undefined;
  const v: { -readonly [K in keyof TaskResult]: TaskResult[K] } = { type: 'TaskResult', taskId, status, output, callbackAfterSeconds, extendLease, logs };
  if (dispatch !== undefined) v.dispatch = dispatch;
  if (reason !== undefined) v.reason = reason;
  if (workerId !== undefined) v.workerId = workerId;
  if (begun !== undefined) v.begun = begun;
  return v;
}

function writeTaskResult(w: AvroWriter, v: TaskResult): void {
  w.string(v.taskId);
  if (v.dispatch === undefined) w.branch(0);
  else { w.branch(1); w.long(v.dispatch); }
  w.symbol(reportableStatusSymbols, v.status);
  w.json(v.output);
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  w.long(v.callbackAfterSeconds);
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  w.boolean(v.extendLease);
  w.array(v.logs, writeTaskLog);
  if (v.begun === undefined) w.branch(0);
  else { w.branch(1); writeTaskBegun(w, v.begun); }
}

function readAddTaskLogs(r: AvroReader): AddTaskLogs {
  const taskId = r.string() as TaskId;
  const logs = r.array(readTaskLog);
  return { type: 'AddTaskLogs', taskId, logs };
}

function writeAddTaskLogs(w: AvroWriter, v: AddTaskLogs): void {
  w.string(v.taskId);
  w.array(v.logs, writeTaskLog);
}

function readChildEnded(r: AvroReader): ChildEnded {
  const taskId = r.string() as TaskId;
  const childId = r.string() as WorkflowId;
  const childName = r.string();
  const childVersion = r.long();
  const status = r.symbol(endedWorkflowStatusSymbols);
  const output = r.json();
  const reason = r.present() ? r.string() : undefined;
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof ChildEnded]: ChildEnded[K] } = { type: 'ChildEnded', taskId, childId, childName, childVersion, status, output };
  if (reason !== undefined) v.reason = reason;
  if (request !== undefined) v.request = request;
  return v;
}

function writeChildEnded(w: AvroWriter, v: ChildEnded): void {
  w.string(v.taskId);
  w.string(v.childId);
  w.string(v.childName);
  w.long(v.childVersion);
  w.symbol(endedWorkflowStatusSymbols, v.status);
  w.json(v.output);
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readChildRevived(r: AvroReader): ChildRevived {
  const taskId = r.string() as TaskId;
  const childId = r.string() as WorkflowId;
  const request = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof ChildRevived]: ChildRevived[K] } = { type: 'ChildRevived', taskId, childId };
  if (request !== undefined) v.request = request;
  return v;
}

function writeChildRevived(w: AvroWriter, v: ChildRevived): void {
  w.string(v.taskId);
  w.string(v.childId);
  if (v.request === undefined) w.branch(0);
  else { w.branch(1); w.long(v.request); }
}

function readPutDefinition(r: AvroReader): PutDefinition {
  const kind = r.symbol(definitionKindSymbols);
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const body = r.json();
  const mode = r.symbol(putModeSymbols);
  const v: { -readonly [K in keyof PutDefinition]: PutDefinition[K] } = { type: 'PutDefinition', kind, name, body, mode };
  if (version !== undefined) v.version = version;
  return v;
}

function writePutDefinition(w: AvroWriter, v: PutDefinition): void {
  w.symbol(definitionKindSymbols, v.kind);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  w.json(v.body);
  w.symbol(putModeSymbols, v.mode);
}

function readDeleteDefinition(r: AvroReader): DeleteDefinition {
  const kind = r.symbol(definitionKindSymbols);
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const v: { -readonly [K in keyof DeleteDefinition]: DeleteDefinition[K] } = { type: 'DeleteDefinition', kind, name };
  if (version !== undefined) v.version = version;
  return v;
}

function writeDeleteDefinition(w: AvroWriter, v: DeleteDefinition): void {
  w.symbol(definitionKindSymbols, v.kind);
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
}

function readArchivedState(r: AvroReader): ArchivedState {
  const startIndex = r.long();
  const version = r.long();
  const stateVersion = r.long();
  return { startIndex, version, stateVersion };
}

function writeArchivedState(w: AvroWriter, v: ArchivedState): void {
  w.long(v.startIndex);
  w.long(v.version);
  w.long(v.stateVersion);
}

function readRevivalAnswer(r: AvroReader): RevivalAnswer {
  const request = r.long();
  const part = r.long();
  const parts = r.long();
  const archivedThrough = r.long();
  const found = r.present() ? readArchivedState(r) : undefined;
  const state = r.bytes();
  const v: { -readonly [K in keyof RevivalAnswer]: RevivalAnswer[K] } = { type: 'RevivalAnswer', request, part, parts, archivedThrough, state };
  if (found !== undefined) v.found = found;
  return v;
}

function writeRevivalAnswer(w: AvroWriter, v: RevivalAnswer): void {
  w.long(v.request);
  w.long(v.part);
  w.long(v.parts);
  w.long(v.archivedThrough);
  if (v.found === undefined) w.branch(0);
  else { w.branch(1); writeArchivedState(w, v.found); }
  w.bytes(v.state);
}

function readRestartWorkflow(r: AvroReader): RestartWorkflow {
  const useLatestDefinitions = r.boolean();
  return { type: 'RestartWorkflow', useLatestDefinitions };
}

function writeRestartWorkflow(w: AvroWriter, v: RestartWorkflow): void {
  w.boolean(v.useLatestDefinitions);
}

function readRerunWorkflow(r: AvroReader): RerunWorkflow {
  const fromTaskId = r.present() ? r.string() as TaskId : undefined;
  const taskInput = r.present() ? r.json() : undefined;
  const workflowInput = r.present() ? r.json() : undefined;
  const correlationId = r.present() ? r.string() : undefined;
  const v: { -readonly [K in keyof RerunWorkflow]: RerunWorkflow[K] } = { type: 'RerunWorkflow' };
  if (fromTaskId !== undefined) v.fromTaskId = fromTaskId;
  if (taskInput !== undefined) v.taskInput = taskInput;
  if (workflowInput !== undefined) v.workflowInput = workflowInput;
  if (correlationId !== undefined) v.correlationId = correlationId;
  return v;
}

function writeRerunWorkflow(w: AvroWriter, v: RerunWorkflow): void {
  if (v.fromTaskId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.fromTaskId); }
  if (v.taskInput === undefined) w.branch(0);
  else { w.branch(1); w.json(v.taskInput); }
  if (v.workflowInput === undefined) w.branch(0);
  else { w.branch(1); w.json(v.workflowInput); }
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
}

function readSkipTask(r: AvroReader): SkipTask {
  const referenceName = r.string();
  const input = r.present() ? r.json() : undefined;
  const output = r.present() ? r.json() : undefined;
  const v: { -readonly [K in keyof SkipTask]: SkipTask[K] } = { type: 'SkipTask', referenceName };
  if (input !== undefined) v.input = input;
  if (output !== undefined) v.output = output;
  return v;
}

function writeSkipTask(w: AvroWriter, v: SkipTask): void {
  w.string(v.referenceName);
  if (v.input === undefined) w.branch(0);
  else { w.branch(1); w.json(v.input); }
  if (v.output === undefined) w.branch(0);
  else { w.branch(1); w.json(v.output); }
}

function readJumpToTask(r: AvroReader): JumpToTask {
  const referenceName = r.string();
  const input = r.present() ? r.json() : undefined;
  const v: { -readonly [K in keyof JumpToTask]: JumpToTask[K] } = { type: 'JumpToTask', referenceName };
  if (input !== undefined) v.input = input;
  return v;
}

function writeJumpToTask(w: AvroWriter, v: JumpToTask): void {
  w.string(v.referenceName);
  if (v.input === undefined) w.branch(0);
  else { w.branch(1); w.json(v.input); }
}

function readResetCallbacks(_r: AvroReader): ResetCallbacks {
  return { type: 'ResetCallbacks' };
}

function writeResetCallbacks(_w: AvroWriter, _v: ResetCallbacks): void {

}

function readSetVariables(r: AvroReader): SetVariables {
  const values = r.json();
  return { type: 'SetVariables', values };
}

function writeSetVariables(w: AvroWriter, v: SetVariables): void {
  w.json(v.values);
}

function readReportEnd(r: AvroReader): ReportEnd {
  const parent = readParentLink(r);
  return { type: 'ReportEnd', parent };
}

function writeReportEnd(w: AvroWriter, v: ReportEnd): void {
  writeParentLink(w, v.parent);
}

function readCommand(r: AvroReader): Command {
  switch (r.branch(21)) {
    case 0: return readStartWorkflow(r);
    case 1: return readPauseWorkflow(r);
    case 2: return readResumeWorkflow(r);
    case 3: return readTerminateWorkflow(r);
    case 4: return readRetryWorkflow(r);
    case 5: return readRemoveWorkflow(r);
    case 6: return readTaskStarted(r);
    case 7: return readTaskResult(r);
    case 8: return readAddTaskLogs(r);
    case 9: return readChildEnded(r);
    case 10: return readChildRevived(r);
    case 11: return readPutDefinition(r);
    case 12: return readDeleteDefinition(r);
    case 13: return readRevivalAnswer(r);
    case 14: return readRestartWorkflow(r);
    case 15: return readRerunWorkflow(r);
    case 16: return readSkipTask(r);
    case 17: return readJumpToTask(r);
    case 18: return readResetCallbacks(r);
    case 19: return readSetVariables(r);
    case 20: return readReportEnd(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeCommand(w: AvroWriter, v: Command): void {
  switch (v.type) {
    case 'StartWorkflow': w.branch(0); writeStartWorkflow(w, v); return;
    case 'PauseWorkflow': w.branch(1); writePauseWorkflow(w, v); return;
    case 'ResumeWorkflow': w.branch(2); writeResumeWorkflow(w, v); return;
    case 'TerminateWorkflow': w.branch(3); writeTerminateWorkflow(w, v); return;
    case 'RetryWorkflow': w.branch(4); writeRetryWorkflow(w, v); return;
    case 'RemoveWorkflow': w.branch(5); writeRemoveWorkflow(w, v); return;
    case 'TaskStarted': w.branch(6); writeTaskStarted(w, v); return;
    case 'TaskResult': w.branch(7); writeTaskResult(w, v); return;
    case 'AddTaskLogs': w.branch(8); writeAddTaskLogs(w, v); return;
    case 'ChildEnded': w.branch(9); writeChildEnded(w, v); return;
    case 'ChildRevived': w.branch(10); writeChildRevived(w, v); return;
    case 'PutDefinition': w.branch(11); writePutDefinition(w, v); return;
    case 'DeleteDefinition': w.branch(12); writeDeleteDefinition(w, v); return;
    case 'RevivalAnswer': w.branch(13); writeRevivalAnswer(w, v); return;
    case 'RestartWorkflow': w.branch(14); writeRestartWorkflow(w, v); return;
    case 'RerunWorkflow': w.branch(15); writeRerunWorkflow(w, v); return;
    case 'SkipTask': w.branch(16); writeSkipTask(w, v); return;
    case 'JumpToTask': w.branch(17); writeJumpToTask(w, v); return;
    case 'ResetCallbacks': w.branch(18); writeResetCallbacks(w, v); return;
    case 'SetVariables': w.branch(19); writeSetVariables(w, v); return;
    case 'ReportEnd': w.branch(20); writeReportEnd(w, v); return;
    default: throw new Defect(`no Command is called ${String((v as { type: unknown }).type)}`);
  }
}

export function readCommandEnvelope(r: AvroReader): CommandEnvelope {
  const commandId = r.string() as CommandId;
  const aggregate = r.string() as AggregateId;
  const sentAt = r.long();
  const mark = r.present() ? readMark(r) : undefined;
  const replyTo = r.present() ? readReplyAddress(r) : undefined;
  const principal = r.present() ? r.string() : undefined;
  const definitionsOffset = r.present() ? r.long() : undefined;
  const body = readCommand(r);
  const v: { -readonly [K in keyof CommandEnvelope]: CommandEnvelope[K] } = { commandId, aggregate, sentAt, body };
  if (mark !== undefined) v.mark = mark;
  if (replyTo !== undefined) v.replyTo = replyTo;
  if (principal !== undefined) v.principal = principal;
  if (definitionsOffset !== undefined) v.definitionsOffset = definitionsOffset;
  return v;
}

export function writeCommandEnvelope(w: AvroWriter, v: CommandEnvelope): void {
  w.string(v.commandId);
  w.string(v.aggregate);
  w.long(v.sentAt);
  if (v.mark === undefined) w.branch(0);
  else { w.branch(1); writeMark(w, v.mark); }
  if (v.replyTo === undefined) w.branch(0);
  else { w.branch(1); writeReplyAddress(w, v.replyTo); }
  if (v.principal === undefined) w.branch(0);
  else { w.branch(1); w.string(v.principal); }
  if (v.definitionsOffset === undefined) w.branch(0);
  else { w.branch(1); w.long(v.definitionsOffset); }
  writeCommand(w, v.body);
}
