import { Defect, isWorkflowAggregate, type Command, type CommandEnvelope, type TaskResult } from '@partitura/model';
import { createCodec, type Codec } from '../codec.ts';
import { readCommand, writeCommand, type Command as PublicCommand } from '../generated/public-command.ts';
import { recordKey } from '../records.ts';
import type { EncodedCommand } from './command-codec.ts';

type PublicResult = Extract<PublicCommand['body'], { type: 'TaskResult' }>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Commands as programs outside send them: Avro that cannot express a mark. */
export const publicCommandCodec: Codec<PublicCommand> = createCodec('public-command', readCommand, writeCommand);

/**
 * A command as a program outside sends it, for senders that have no installation key: workers above all. Throws
 * `Defect` when it holds something that only the product itself may say.
 */
export function encodePublicCommand(envelope: CommandEnvelope): EncodedCommand {
  const { commandId, aggregate, sentAt, mark, replyTo, principal, definitionsOffset, body } = envelope;
  if (mark !== undefined || principal !== undefined)
    throw new Defect('a public command carries neither a mark nor a principal');
  const command: Mutable<PublicCommand> = { commandId, sentAt, body: publicBodyOf(body) };
  if (isWorkflowAggregate(aggregate)) command.workflowId = aggregate;
  if (replyTo !== undefined) command.replyTo = replyTo;
  if (definitionsOffset !== undefined) command.definitionsOffset = definitionsOffset;
  return { key: recordKey(aggregate), value: publicCommandCodec.encode(command) };
}

function publicBodyOf(body: Command): PublicCommand['body'] {
  switch (body.type) {
    case 'StartWorkflow':
      if (body.parent !== undefined || body.createdBy !== undefined || body.event !== undefined) return forbidden(body);
      return body.externalInputPayloadStoragePath === undefined ? body : forbidden(body);
    case 'TerminateWorkflow':
      return body.byParent ? forbidden(body) : body;
    case 'TaskResult':
      return publicResultOf(body);
    case 'RetryWorkflow':
      return body.parent === undefined ? body : forbidden(body);
    case 'PauseWorkflow':
    case 'ResumeWorkflow':
    case 'RestartWorkflow':
    case 'RerunWorkflow':
    case 'SkipTask':
    case 'JumpToTask':
    case 'ResetCallbacks':
    case 'SetVariables':
    case 'RemoveWorkflow':
    case 'TaskStarted':
    case 'AddTaskLogs':
    case 'PutDefinition':
    case 'DeleteDefinition':
      return body;
    case 'ChildEnded':
    case 'ChildRevived':
    case 'ReportEnd':
    case 'RevivalAnswer':
      return forbidden(body);
  }
}

function publicResultOf(body: TaskResult): PublicResult {
  const { taskId, status, output, callbackAfterSeconds, extendLease, logs } = body;
  const result: Mutable<PublicResult> = {
    type: 'TaskResult',
    taskId,
    status,
    outputData: output,
    callbackAfterSeconds,
    extendLease,
    logs,
  };
  if (body.dispatch !== undefined) result.dispatch = body.dispatch;
  if (body.reason !== undefined) result.reasonForIncompletion = body.reason;
  if (body.workerId !== undefined) result.workerId = body.workerId;
  if (body.begun !== undefined) result.begun = body.begun;
  return result;
}

function forbidden({ type }: Command): never {
  throw new Defect(`this ${type} says what only the product itself may say`);
}
