import { taskId, workflowId, type ParentLink, type ReplyAddress } from '@partitura/model';
import type { Start } from '../state/workflow-state.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Version of the state from which on it tells what a parent has asked for last. */
const requestsSince = 3;

export function writeStart(to: ByteWriter, start: Start): void {
  to.text(start.name);
  to.integer(start.version);
  to.text(start.definitionHash);
  to.payload(start.input);
  to.payload(start.variables);
  to.optional(start.correlationId, (id) => to.text(id));
  to.count(start.priority);
  to.list(Object.entries(start.taskToDomain), ([key, domain]) => {
    to.text(key);
    to.text(domain);
  });
  to.optional(start.parent, (parent) => writeParent(to, parent));
  to.optional(start.createdBy, (name) => to.text(name));
  to.optional(start.event, (event) => to.text(event));
  to.optional(start.idempotencyKey, (key) => to.text(key));
  to.optional(start.externalInputPayloadStoragePath, (path) => to.text(path));
  to.count(start.timeoutAt);
  to.optional(start.replyTo, (address) => writeAddress(to, address));
}

export function readStart(from: ByteReader, stateVersion: number): Start {
  const name = from.text();
  const version = from.integer();
  const definitionHash = from.text();
  const input = from.payload();
  const variables = from.payload();
  const correlationId = from.optional(() => from.text());
  const priority = from.count();
  const taskToDomain = Object.fromEntries(from.list((): [string, string] => [from.text(), from.text()]));
  const parent = from.optional(() => readParent(from, stateVersion));
  const createdBy = from.optional(() => from.text());
  const event = from.optional(() => from.text());
  const idempotencyKey = from.optional(() => from.text());
  const externalInputPayloadStoragePath = from.optional(() => from.text());
  const timeoutAt = from.count();
  const replyTo = from.optional(() => readAddress(from));
  return {
    type: 'WorkflowStarted',
    name,
    version,
    definitionHash,
    input,
    variables,
    ...(correlationId !== undefined && { correlationId }),
    priority,
    taskToDomain,
    ...(parent !== undefined && { parent }),
    ...(createdBy !== undefined && { createdBy }),
    ...(event !== undefined && { event }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(externalInputPayloadStoragePath !== undefined && { externalInputPayloadStoragePath }),
    timeoutAt,
    ...(replyTo !== undefined && { replyTo }),
  };
}

export function writeParent(to: ByteWriter, parent: ParentLink): void {
  to.text(parent.workflowId);
  to.text(parent.taskId);
  to.optional(parent.request, (request) => to.count(request));
}

export function readParent(from: ByteReader, stateVersion: number): ParentLink {
  const link = { workflowId: workflowId(from.text()), taskId: taskId(from.text()) };
  const request = stateVersion < requestsSince ? undefined : from.optional(() => from.count());
  return request === undefined ? link : { ...link, request };
}

function writeAddress(to: ByteWriter, address: ReplyAddress): void {
  to.count(address.partition);
  to.text(address.instance);
  to.count(address.correlation);
}

function readAddress(from: ByteReader): ReplyAddress {
  return { partition: from.count(), instance: from.text(), correlation: from.count() };
}
