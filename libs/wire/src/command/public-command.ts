import {
  commandId,
  definitionAggregate,
  isUserWorkflowId,
  keyedWorkflowId,
  Payload,
  taskId,
  uuidOf,
  workflowId,
  workflowOfTask,
  type AggregateId,
  type Command,
  type CommandEnvelope,
  type TaskLog,
  type TaskResult,
  type TaskStarted,
  type WorkflowId,
} from '@partitura/model';
import { Malformed, quoted } from '../avro/malformed.ts';
import type { Command as PublicCommand } from '../generated/public-command.ts';
import { checkJson } from '../json/check-json.ts';
import { limits } from '../limits.ts';
import { partitionOf } from '../partition.ts';

type PublicBody = PublicCommand['body'];

/** Where a command was read. */
export interface CommandPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Partition count of the installation. */
  readonly partitions: number;
}

/**
 * What somebody outside asks for, in our own words. Everything is checked that a schema cannot say; throws
 * {@link Malformed}. Marks, principals and parents do not exist out there.
 *
 * @param userDataChecked whether the JSON inside was checked already, with the record around it
 */
export function envelopeOf(
  command: PublicCommand,
  position: CommandPosition,
  userDataChecked: boolean,
): CommandEnvelope {
  const { body, replyTo, definitionsOffset } = command;
  if (!userDataChecked) checkUserData(body);
  const envelope: { -readonly [K in keyof CommandEnvelope]: CommandEnvelope[K] } = {
    commandId: commandId(command.commandId === undefined ? positionId(position) : outsideId(command.commandId)),
    aggregate: aggregateOf(command, position),
    sentAt: command.sentAt,
    body: bodyOf(body),
  };
  if (replyTo !== undefined) {
    name(replyTo.instance, 'replyTo.instance');
    if (replyTo.partition < 0) throw new Malformed('replyTo.partition is negative');
    envelope.replyTo = replyTo;
  }
  if (definitionsOffset !== undefined) envelope.definitionsOffset = definitionsOffset;
  return envelope;
}

/** The id of a command whose sender chose none: the same record is the same command, however often it is read. */
function positionId({ topic, partition, offset }: CommandPosition): string {
  return `$${topic}/${partition}/${offset}`;
}

function outsideId(id: string): string {
  name(id, 'commandId');
  if (id.startsWith('$')) throw new Malformed('a commandId must not begin with $');
  return id;
}

function aggregateOf(command: PublicCommand, position: CommandPosition): AggregateId {
  const { body } = command;
  const given = command.workflowId === undefined ? undefined : userWorkflowId(command.workflowId);
  switch (body.type) {
    case 'StartWorkflow':
      if (given !== undefined) return given;
      return body.idempotencyKey === undefined
        ? freshWorkflowId(position)
        : keyedWorkflowId(body.name, name(body.idempotencyKey, 'idempotencyKey'));
    case 'TaskStarted':
    case 'TaskResult':
    case 'AddTaskLogs': {
      const workflow = workflowOfTask(body.taskId);
      if (given !== undefined) {
        // Task ids that are not ours are for the workflow to refuse, with the answer that Conductor gives.
        if (workflow !== undefined && workflow !== given)
          throw new Malformed(`the task ${quoted(body.taskId)} does not belong to workflow ${given}`);
        return given;
      }
      if (workflow === undefined) throw new Malformed(`${quoted(body.taskId)} is not the id of a task`);
      return userWorkflowId(workflow);
    }
    case 'PutDefinition':
    case 'DeleteDefinition':
      if (given !== undefined) throw new Malformed('a command about a definition has no workflowId');
      return definitionAggregate(body.kind, name(body.name, 'name'));
    case 'PauseWorkflow':
    case 'ResumeWorkflow':
    case 'TerminateWorkflow':
    case 'RetryWorkflow':
    case 'RestartWorkflow':
    case 'RerunWorkflow':
    case 'SkipTask':
    case 'JumpToTask':
    case 'ResetCallbacks':
    case 'SetVariables':
    case 'RemoveWorkflow':
      if (given === undefined) throw new Malformed(`${body.type} needs a workflowId`);
      return given;
  }
}

/** An id made from the record's position, so that reading it again gives the same; found by trying until it stays here. */
function freshWorkflowId({ topic, partition, offset, partitions }: CommandPosition): WorkflowId {
  for (let attempt = 0; ; attempt++) {
    const id = uuidOf(`${topic}/${partition}/${offset}/${attempt}`);
    if (partitionOf(id, partitions) === partition) return workflowId(id);
  }
}

function userWorkflowId(id: string): WorkflowId {
  if (!isUserWorkflowId(id))
    throw new Malformed(
      `${quoted(id)} cannot be a workflow id: up to 128 of A-Z a-z 0-9 . _ : @ + = -, a letter or digit first`,
    );
  return workflowId(id);
}

function bodyOf(body: PublicBody): Command {
  switch (body.type) {
    case 'StartWorkflow': {
      name(body.name, 'name');
      version(body.version);
      if (body.priority < 0 || body.priority > 99)
        throw new Malformed(`the priority ${body.priority} is not within 0 to 99`);
      optionalName(body.correlationId, 'correlationId');
      optionalName(body.idempotencyKey, 'idempotencyKey');
      optionalName(body.idempotencyStrategy, 'idempotencyStrategy');
      for (const [type, domain] of Object.entries(body.taskToDomain)) {
        if (type === '__proto__') throw new Malformed('taskToDomain must not have the key __proto__');
        name(type, 'taskToDomain');
        name(domain, 'taskToDomain');
      }
      if (body.definition !== undefined) object(body.definition, 'definition');
      if (body.input === undefined) return { ...body, input: Payload.empty };
      object(body.input, 'input');
      return body as typeof body & { readonly input: Payload };
    }
    case 'PauseWorkflow':
    case 'ResumeWorkflow':
    case 'RetryWorkflow':
    case 'RestartWorkflow':
    case 'ResetCallbacks':
    case 'RemoveWorkflow':
      return body;
    case 'RerunWorkflow':
      return rerunOf(body);
    case 'SkipTask':
      name(body.referenceName, 'referenceName');
      if (body.input !== undefined) object(body.input, 'input');
      if (body.output !== undefined) object(body.output, 'output');
      return body;
    case 'JumpToTask':
      name(body.referenceName, 'referenceName');
      if (body.input !== undefined) object(body.input, 'input');
      return body;
    case 'SetVariables':
      return { ...body, values: object(body.values, 'values') };
    case 'TerminateWorkflow':
      text(body.reason, 'reason');
      return { ...body, byParent: false };
    case 'TaskStarted':
      optionalName(body.workerId, 'workerId');
      name(body.taskId, 'taskId');
      return body as TaskStarted;
    case 'TaskResult':
      return resultOf(body);
    case 'AddTaskLogs':
      return { type: body.type, taskId: taskId(name(body.taskId, 'taskId')), logs: logs(body.logs) };
    case 'PutDefinition':
      version(body.version);
      return { ...body, body: object(body.body, 'body') };
    case 'DeleteDefinition':
      version(body.version);
      return body;
  }
}

function rerunOf({ fromTaskId, ...rest }: Extract<PublicBody, { type: 'RerunWorkflow' }>): Command {
  optionalName(rest.correlationId, 'correlationId');
  if (rest.taskInput !== undefined) object(rest.taskInput, 'taskInput');
  if (rest.workflowInput !== undefined) object(rest.workflowInput, 'workflowInput');
  return fromTaskId === undefined ? rest : { ...rest, fromTaskId: taskId(name(fromTaskId, 'fromTaskId')) };
}

/** The most frequent command of all: built once, field by field. */
function resultOf(body: Extract<PublicBody, { type: 'TaskResult' }>): TaskResult {
  const { dispatch, reasonForIncompletion, workerId, begun } = body;
  optionalName(workerId, 'workerId');
  text(reasonForIncompletion, 'reasonForIncompletion');
  if (body.callbackAfterSeconds < 0) throw new Malformed('callbackAfterSeconds is negative');
  const result: { -readonly [K in keyof TaskResult]: TaskResult[K] } = {
    type: 'TaskResult',
    taskId: taskId(name(body.taskId, 'taskId')),
    status: body.status,
    output: object(body.outputData ?? Payload.empty, 'outputData'),
    callbackAfterSeconds: body.callbackAfterSeconds,
    extendLease: body.extendLease,
    logs: logs(body.logs),
  };
  if (dispatch !== undefined) result.dispatch = dispatch;
  if (reasonForIncompletion !== undefined) result.reason = reasonForIncompletion;
  if (workerId !== undefined) result.workerId = workerId;
  if (begun !== undefined) {
    optionalName(begun.workerId, 'begun.workerId');
    result.begun = begun;
  }
  return result;
}

function checkUserData(body: PublicBody): void {
  switch (body.type) {
    case 'StartWorkflow':
      if (body.input !== undefined) checkJson(body.input.bytes);
      if (body.definition !== undefined) checkJson(body.definition.bytes);
      return;
    case 'TaskResult':
      if (body.outputData !== undefined) checkJson(body.outputData.bytes);
      return;
    case 'PutDefinition':
      checkJson(body.body.bytes);
      return;
    case 'RerunWorkflow':
      for (const data of [body.taskInput, body.workflowInput]) if (data !== undefined) checkJson(data.bytes);
      return;
    case 'SkipTask':
      for (const data of [body.input, body.output]) if (data !== undefined) checkJson(data.bytes);
      return;
    case 'JumpToTask':
      if (body.input !== undefined) checkJson(body.input.bytes);
      return;
    case 'SetVariables':
      checkJson(body.values.bytes);
      return;
    default:
      return;
  }
}

function name(value: string, field: string): string {
  if (value === '' || value.length > limits.nameChars)
    throw new Malformed(`the field ${field} must have 1 to ${limits.nameChars} characters, not ${value.length}`);
  return value;
}

function optionalName(value: string | undefined, field: string): void {
  if (value !== undefined) name(value, field);
}

function text(value: string | undefined, field: string): void {
  if (value !== undefined && value.length > limits.textChars)
    throw new Malformed(`the field ${field} is longer than ${limits.textChars} characters`);
}

function version(value: number | undefined): void {
  if (value !== undefined && value < 1) throw new Malformed(`the version ${value} is below 1`);
}

function logs(entries: readonly TaskLog[]): readonly TaskLog[] {
  for (const { message } of entries) text(message, 'logs.message');
  return entries;
}

/** User data that must be a JSON object within the limit; the rest of it was checked. */
function object(payload: Payload, field: string): Payload {
  const { bytes } = payload;
  if (bytes.length > limits.valueBytes)
    throw new Malformed(
      `the field ${field} has ${bytes.length} bytes, more than the ${limits.valueBytes} of one value`,
    );
  let at = 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  if (bytes[at] !== 0x7b) throw new Malformed(`the field ${field} must be a JSON object`);
  return payload;
}
