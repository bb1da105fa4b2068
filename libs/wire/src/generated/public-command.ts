// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { Payload } from '@partitura/model';
import { Defect } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

interface ReplyAddress {
  readonly partition: number;
  readonly instance: string;
  readonly correlation: number;
}

interface StartWorkflow {
  readonly type: 'StartWorkflow';
  readonly name: string;
  readonly version?: number;
  readonly definition?: Payload;
  readonly input?: Payload;
  readonly correlationId?: string;
  readonly priority: number;
  readonly taskToDomain: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: string;
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
  readonly triggerFailureWorkflow?: boolean;
}

interface RetryWorkflow {
  readonly type: 'RetryWorkflow';
  readonly resumeSubworkflowTasks: boolean;
}

interface RemoveWorkflow {
  readonly type: 'RemoveWorkflow';
  readonly onlyEnded: boolean;
}

/** A worker began with a task. */
interface TaskStarted {
  readonly type: 'TaskStarted';
  readonly taskId: string;
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

/** A worker's report: progress or an outcome. */
interface TaskResult {
  readonly type: 'TaskResult';
  readonly taskId: string;
  readonly dispatch?: number;
  readonly status: ReportableStatus;
  readonly outputData?: Payload;
  readonly reasonForIncompletion?: string;
  readonly callbackAfterSeconds: number;
  readonly workerId?: string;
  readonly extendLease: boolean;
  readonly logs: readonly TaskLog[];
  readonly begun?: TaskBegun;
}

interface AddTaskLogs {
  readonly type: 'AddTaskLogs';
  readonly taskId: string;
  readonly logs: readonly TaskLog[];
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

/** Begin again with the same input. */
interface RestartWorkflow {
  readonly type: 'RestartWorkflow';
  readonly useLatestDefinitions: boolean;
}

/** Run an ended workflow again from one of its tasks on, or from the beginning with another input. */
interface RerunWorkflow {
  readonly type: 'RerunWorkflow';
  readonly fromTaskId?: string;
  readonly taskInput?: Payload;
  readonly workflowInput?: Payload;
  readonly correlationId?: string;
}

/** Pass over a task that was not reached yet. */
interface SkipTask {
  readonly type: 'SkipTask';
  readonly referenceName: string;
  readonly input?: Payload;
  readonly output?: Payload;
}

/** Leave what runs, skip what comes before a task of the top level, and go on with it. */
interface JumpToTask {
  readonly type: 'JumpToTask';
  readonly referenceName: string;
  readonly input?: Payload;
}

/** Hand out now what waits for its time. */
interface ResetCallbacks {
  readonly type: 'ResetCallbacks';
}

/** Replace variables, key by key. */
interface SetVariables {
  readonly type: 'SetVariables';
  readonly values: Payload;
}

type CommandBody =
  | StartWorkflow
  | PauseWorkflow
  | ResumeWorkflow
  | TerminateWorkflow
  | RetryWorkflow
  | RemoveWorkflow
  | TaskStarted
  | TaskResult
  | AddTaskLogs
  | PutDefinition
  | DeleteDefinition
  | RestartWorkflow
  | RerunWorkflow
  | SkipTask
  | JumpToTask
  | ResetCallbacks
  | SetVariables;

/** What anybody who may write to <ns>.commands can ask for. User data is UTF-8 JSON in bytes fields. */
export interface Command {
  readonly commandId?: string;
  readonly workflowId?: string;
  readonly sentAt: number;
  readonly replyTo?: ReplyAddress;
  readonly definitionsOffset?: number;
  readonly body: CommandBody;
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

function readStartWorkflow(r: AvroReader): StartWorkflow {
  const name = r.string();
  const version = r.present() ? r.long() : undefined;
  const definition = r.present() ? r.json() : undefined;
  const input = r.present() ? r.json() : undefined;
  const correlationId = r.present() ? r.string() : undefined;
  const priority = r.long();
  const taskToDomain = r.map((r) => r.string());
  const idempotencyKey = r.present() ? r.string() : undefined;
  const idempotencyStrategy = r.present() ? r.string() : undefined;
  const replyWhenEnded = r.boolean();
  const v: { -readonly [K in keyof StartWorkflow]: StartWorkflow[K] } = { type: 'StartWorkflow', name, priority, taskToDomain, replyWhenEnded };
  if (version !== undefined) v.version = version;
  if (definition !== undefined) v.definition = definition;
  if (input !== undefined) v.input = input;
  if (correlationId !== undefined) v.correlationId = correlationId;
  if (idempotencyKey !== undefined) v.idempotencyKey = idempotencyKey;
  if (idempotencyStrategy !== undefined) v.idempotencyStrategy = idempotencyStrategy;
  return v;
}

function writeStartWorkflow(w: AvroWriter, v: StartWorkflow): void {
  w.string(v.name);
  if (v.version === undefined) w.branch(0);
  else { w.branch(1); w.long(v.version); }
  if (v.definition === undefined) w.branch(0);
  else { w.branch(1); w.json(v.definition); }
  if (v.input === undefined) w.branch(0);
  else { w.branch(1); w.json(v.input); }
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  w.long(v.priority);
  w.map(v.taskToDomain, (w, v) => w.string(v));
  if (v.idempotencyKey === undefined) w.branch(0);
  else { w.branch(1); w.string(v.idempotencyKey); }
  if (v.idempotencyStrategy === undefined) w.branch(0);
  else { w.branch(1); w.string(v.idempotencyStrategy); }
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
  const triggerFailureWorkflow = r.present() ? r.boolean() : undefined;
  const v: { -readonly [K in keyof TerminateWorkflow]: TerminateWorkflow[K] } = { type: 'TerminateWorkflow' };
  if (reason !== undefined) v.reason = reason;
  if (triggerFailureWorkflow !== undefined) v.triggerFailureWorkflow = triggerFailureWorkflow;
  return v;
}

function writeTerminateWorkflow(w: AvroWriter, v: TerminateWorkflow): void {
  if (v.reason === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reason); }
  if (v.triggerFailureWorkflow === undefined) w.branch(0);
  else { w.branch(1); w.boolean(v.triggerFailureWorkflow); }
}

function readRetryWorkflow(r: AvroReader): RetryWorkflow {
  const resumeSubworkflowTasks = r.boolean();
  return { type: 'RetryWorkflow', resumeSubworkflowTasks };
}

function writeRetryWorkflow(w: AvroWriter, v: RetryWorkflow): void {
  w.boolean(v.resumeSubworkflowTasks);
}

function readRemoveWorkflow(r: AvroReader): RemoveWorkflow {
  const onlyEnded = r.boolean();
  return { type: 'RemoveWorkflow', onlyEnded };
}

function writeRemoveWorkflow(w: AvroWriter, v: RemoveWorkflow): void {
  w.boolean(v.onlyEnded);
}

function readTaskStarted(r: AvroReader): TaskStarted {
  const taskId = r.string();
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
  const taskId = r.string();
  const dispatch = r.present() ? r.long() : undefined;
  const status = r.symbol(reportableStatusSymbols);
  const outputData = r.present() ? r.json() : undefined;
  const reasonForIncompletion = r.present() ? r.string() : undefined;
  const callbackAfterSeconds = r.long();
  const workerId = r.present() ? r.string() : undefined;
  const extendLease = r.boolean();
  const logs = r.array(readTaskLog);
  const begun = r.present() ? readTaskBegun(r) : undefined;
  const v: { -readonly [K in keyof TaskResult]: TaskResult[K] } = { type: 'TaskResult', taskId, status, callbackAfterSeconds, extendLease, logs };
  if (dispatch !== undefined) v.dispatch = dispatch;
  if (outputData !== undefined) v.outputData = outputData;
  if (reasonForIncompletion !== undefined) v.reasonForIncompletion = reasonForIncompletion;
  if (workerId !== undefined) v.workerId = workerId;
  if (begun !== undefined) v.begun = begun;
  return v;
}

function writeTaskResult(w: AvroWriter, v: TaskResult): void {
  w.string(v.taskId);
  if (v.dispatch === undefined) w.branch(0);
  else { w.branch(1); w.long(v.dispatch); }
  w.symbol(reportableStatusSymbols, v.status);
  if (v.outputData === undefined) w.branch(0);
  else { w.branch(1); w.json(v.outputData); }
  if (v.reasonForIncompletion === undefined) w.branch(0);
  else { w.branch(1); w.string(v.reasonForIncompletion); }
  w.long(v.callbackAfterSeconds);
  if (v.workerId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workerId); }
  w.boolean(v.extendLease);
  w.array(v.logs, writeTaskLog);
  if (v.begun === undefined) w.branch(0);
  else { w.branch(1); writeTaskBegun(w, v.begun); }
}

function readAddTaskLogs(r: AvroReader): AddTaskLogs {
  const taskId = r.string();
  const logs = r.array(readTaskLog);
  return { type: 'AddTaskLogs', taskId, logs };
}

function writeAddTaskLogs(w: AvroWriter, v: AddTaskLogs): void {
  w.string(v.taskId);
  w.array(v.logs, writeTaskLog);
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

function readRestartWorkflow(r: AvroReader): RestartWorkflow {
  const useLatestDefinitions = r.boolean();
  return { type: 'RestartWorkflow', useLatestDefinitions };
}

function writeRestartWorkflow(w: AvroWriter, v: RestartWorkflow): void {
  w.boolean(v.useLatestDefinitions);
}

function readRerunWorkflow(r: AvroReader): RerunWorkflow {
  const fromTaskId = r.present() ? r.string() : undefined;
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

function readCommandBody(r: AvroReader): CommandBody {
  switch (r.branch(17)) {
    case 0: return readStartWorkflow(r);
    case 1: return readPauseWorkflow(r);
    case 2: return readResumeWorkflow(r);
    case 3: return readTerminateWorkflow(r);
    case 4: return readRetryWorkflow(r);
    case 5: return readRemoveWorkflow(r);
    case 6: return readTaskStarted(r);
    case 7: return readTaskResult(r);
    case 8: return readAddTaskLogs(r);
    case 9: return readPutDefinition(r);
    case 10: return readDeleteDefinition(r);
    case 11: return readRestartWorkflow(r);
    case 12: return readRerunWorkflow(r);
    case 13: return readSkipTask(r);
    case 14: return readJumpToTask(r);
    case 15: return readResetCallbacks(r);
    case 16: return readSetVariables(r);
    default: throw new Defect('branch() is bounded');
  }
}

function writeCommandBody(w: AvroWriter, v: CommandBody): void {
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
    case 'PutDefinition': w.branch(9); writePutDefinition(w, v); return;
    case 'DeleteDefinition': w.branch(10); writeDeleteDefinition(w, v); return;
    case 'RestartWorkflow': w.branch(11); writeRestartWorkflow(w, v); return;
    case 'RerunWorkflow': w.branch(12); writeRerunWorkflow(w, v); return;
    case 'SkipTask': w.branch(13); writeSkipTask(w, v); return;
    case 'JumpToTask': w.branch(14); writeJumpToTask(w, v); return;
    case 'ResetCallbacks': w.branch(15); writeResetCallbacks(w, v); return;
    case 'SetVariables': w.branch(16); writeSetVariables(w, v); return;
    default: throw new Defect(`no CommandBody is called ${String((v as { type: unknown }).type)}`);
  }
}

export function readCommand(r: AvroReader): Command {
  const commandId = r.present() ? r.string() : undefined;
  const workflowId = r.present() ? r.string() : undefined;
  const sentAt = r.long();
  const replyTo = r.present() ? readReplyAddress(r) : undefined;
  const definitionsOffset = r.present() ? r.long() : undefined;
  const body = readCommandBody(r);
  const v: { -readonly [K in keyof Command]: Command[K] } = { sentAt, body };
  if (commandId !== undefined) v.commandId = commandId;
  if (workflowId !== undefined) v.workflowId = workflowId;
  if (replyTo !== undefined) v.replyTo = replyTo;
  if (definitionsOffset !== undefined) v.definitionsOffset = definitionsOffset;
  return v;
}

export function writeCommand(w: AvroWriter, v: Command): void {
  if (v.commandId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.commandId); }
  if (v.workflowId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.workflowId); }
  w.long(v.sentAt);
  if (v.replyTo === undefined) w.branch(0);
  else { w.branch(1); writeReplyAddress(w, v.replyTo); }
  if (v.definitionsOffset === undefined) w.branch(0);
  else { w.branch(1); w.long(v.definitionsOffset); }
  writeCommandBody(w, v.body);
}
