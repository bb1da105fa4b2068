import {
  Payload,
  taskId,
  workflowId,
  type ChildPlan,
  type TaskId,
  type TaskLimits,
  type TaskScheduled,
} from '@partitura/model';
import type { Task } from '../state/task.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { openStatusOf, policyNumber, policyOf, taskStatusNumber, taskStatusOf } from './words.ts';

/** Version of the state from which on of a generated task only that is written in which it differs from the one before. */
const similarSince = 4;

/** Version of the state from which on the names of a JOIN stand by themselves. */
const namesApartSince = 5;

/** What the tasks of a run have in common, so that it is not written with each of them. */
export interface TaskContext {
  /** `<workflow id>~`: how ids of its tasks begin. */
  readonly idPrefix: string;
  /** Of the state's form. */
  readonly version: number;
  /** Epoch ms; times are written as distances from it. */
  readonly epoch: number;
}

export function writeTask(to: ByteWriter, task: Task, context: TaskContext): void {
  writePlan(to, task.plan, context);
  to.count(task.attempt);
  writeTime(to, task.scheduledAt, context);
  to.count(taskStatusNumber(task.status));
  to.payload(task.output);
  to.optional(task.reason, (reason) => to.text(reason));
  to.optional(task.workerId, (id) => to.name(id));
  to.count(task.dispatch);
  to.count(task.polledDispatch);
  to.count(task.pollCount);
  for (const time of [task.dueAt, task.offeredAt, task.startedAt, task.updatedAt, task.endedAt]) {
    writeTime(to, time, context);
  }
  to.count(task.callbackAfterSeconds);
  to.count(task.retried ? 1 : 0);
  to.count(task.joinOpen);
}

export function readTask(from: ByteReader, context: TaskContext): Task {
  return {
    plan: readPlan(from, context),
    attempt: from.count(),
    scheduledAt: readTime(from, context),
    status: taskStatusOf(from.count()),
    output: from.payload(),
    reason: from.optional(() => from.text()),
    workerId: from.optional(() => from.name()),
    dispatch: from.count(),
    polledDispatch: from.count(),
    pollCount: from.count(),
    dueAt: readTime(from, context),
    offeredAt: readTime(from, context),
    startedAt: readTime(from, context),
    updatedAt: readTime(from, context),
    endedAt: readTime(from, context),
    callbackAfterSeconds: from.count(),
    retried: from.count() === 1,
    joinOpen: from.count(),
  };
}

function writePlan(to: ByteWriter, plan: TaskScheduled, context: TaskContext): void {
  writeTaskId(to, plan.taskId, context);
  to.name(plan.referenceName);
  to.integer(plan.node);
  to.name(plan.taskType);
  to.name(plan.taskDefName);
  to.count(plan.seq);
  to.count(plan.attempt);
  to.optional(plan.retriedTaskId, (id) => writeTaskId(to, id, context));
  to.count(plan.iteration);
  to.count(taskStatusNumber(plan.status));
  to.payload(plan.input);
  to.optional(plan.workflowTask, ({ bytes }) => to.similar(bytes));
  to.optional(plan.queue, (queue) => {
    to.name(queue.type);
    to.optional(queue.domain, (domain) => to.name(domain));
  });
  writeTime(to, plan.dueAt, context);
  to.count(plan.startDelaySeconds);
  writeLimits(to, plan.limits);
  to.optional(plan.join, ({ on, open }) => {
    to.bytes(namesAsBytes(on));
    to.count(open);
  });
  to.optional(plan.child, (child) => writeChild(to, child));
  writeTime(to, plan.firstScheduledAt, context);
}

function readPlan(from: ByteReader, context: TaskContext): TaskScheduled {
  const id = readTaskId(from, context);
  const referenceName = from.name();
  const node = from.integer();
  const taskType = from.name();
  const taskDefName = from.name();
  const seq = from.count();
  const attempt = from.count();
  const retriedTaskId = from.optional(() => readTaskId(from, context));
  const iteration = from.count();
  const status = openStatusOf(from.count());
  const input = from.payload();
  const workflowTask = from.optional(() =>
    context.version < similarSince ? from.payload() : Payload.fromBytes(from.similar()),
  );
  const queue = from.optional(() => {
    const type = from.name();
    const domain = from.optional(() => from.name());
    return { type, ...(domain !== undefined && { domain }) };
  });
  const dueAt = readTime(from, context);
  const startDelaySeconds = from.count();
  const limits = readLimits(from);
  const join = from.optional(() => ({
    on: context.version < namesApartSince ? from.list(() => from.name()) : namesFrom(from.bytes()),
    open: from.count(),
  }));
  const child = from.optional(() => readChild(from));
  return {
    type: 'TaskScheduled',
    taskId: id,
    referenceName,
    node,
    taskType,
    taskDefName,
    seq,
    attempt,
    ...(retriedTaskId !== undefined && { retriedTaskId }),
    iteration,
    status,
    input,
    ...(workflowTask !== undefined && { workflowTask }),
    ...(queue !== undefined && { queue }),
    dueAt,
    startDelaySeconds,
    limits,
    ...(join !== undefined && { join }),
    ...(child !== undefined && { child }),
    firstScheduledAt: readTime(from, context),
  };
}

function writeLimits(to: ByteWriter, limits: TaskLimits): void {
  to.count(policyNumber(limits.timeoutPolicy));
  to.count(limits.timeoutMs);
  to.count(limits.responseTimeoutMs);
  to.count(limits.pollTimeoutMs);
  to.count(limits.totalTimeoutMs);
}

function readLimits(from: ByteReader): TaskLimits {
  return {
    timeoutPolicy: policyOf(from.count()),
    timeoutMs: from.count(),
    responseTimeoutMs: from.count(),
    pollTimeoutMs: from.count(),
    totalTimeoutMs: from.count(),
  };
}

function writeChild(to: ByteWriter, child: ChildPlan): void {
  to.text(child.workflowId);
  to.name(child.name);
  to.optional(child.version, (version) => to.integer(version));
  to.optional(child.definition, (definition) => to.payload(definition));
  to.payload(child.input);
  to.count(child.priority);
  to.list(Object.entries(child.taskToDomain), ([key, domain]) => {
    to.name(key);
    to.name(domain);
  });
}

function readChild(from: ByteReader): ChildPlan {
  const id = workflowId(from.text());
  const name = from.name();
  const version = from.optional(() => from.integer());
  const definition = from.optional(() => from.payload());
  return {
    workflowId: id,
    name,
    ...(version !== undefined && { version }),
    ...(definition !== undefined && { definition }),
    input: from.payload(),
    priority: from.count(),
    taskToDomain: Object.fromEntries(from.list(() => [from.name(), from.name()])),
  };
}

/** Ids of the workflow's own tasks are written without its id. */
function writeTaskId(to: ByteWriter, id: TaskId, { idPrefix }: TaskContext): void {
  to.text(id.startsWith(idPrefix) ? id.slice(idPrefix.length) : `~${id}`);
}

function readTaskId(from: ByteReader, { idPrefix }: TaskContext): TaskId {
  const text = from.text();
  return taskId(text.startsWith('~') ? text.slice(1) : idPrefix + text);
}

/** 0 stays 0; everything else is the distance from the run's start, plus one. */
function writeTime(to: ByteWriter, time: number, { epoch }: TaskContext): void {
  to.integer(time === 0 ? 0 : time >= epoch ? time - epoch + 1 : time - epoch);
}

function readTime(from: ByteReader, { epoch }: TaskContext): number {
  const distance = from.integer();
  if (distance === 0) return 0;
  return distance > 0 ? epoch + distance - 1 : epoch + distance;
}

/** The names of a JOIN, which may be a hundred thousand, and never change while everything else about it does. */
function namesAsBytes(on: readonly string[]): Uint8Array {
  const known = bytesOfNames.get(on);
  if (known !== undefined) return known;
  const to = new ByteWriter(on.length < wideFrom ? 64 : on.length * 16);
  to.list(on, (ref) => to.text(ref));
  const bytes = to.finish();
  if (on.length >= wideFrom) bytesOfNames.set(on, bytes);
  return bytes;
}
const wideFrom = 1_000;
const bytesOfNames = new WeakMap<readonly string[], Uint8Array>();

function namesFrom(bytes: Uint8Array): readonly string[] {
  const from = new ByteReader(bytes);
  return from.list(() => from.text());
}
