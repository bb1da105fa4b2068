// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.
import type { Payload, TaskId, WorkflowId } from '@partitura/model';
import type { AvroReader } from '../avro/reader.ts';
import type { AvroWriter } from '../avro/writer.ts';

/** One hand-over of a task to its queue, <ns>.tasks.<type>: what a worker gets to see. */
export interface TaskRecord {
  readonly taskId: TaskId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly workflowVersion: number;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly referenceName: string;
  readonly dispatch: number;
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly seq: number;
  readonly iteration: number;
  readonly pollCount: number;
  readonly priority: number;
  readonly domain?: string;
  readonly correlationId?: string;
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly startDelaySeconds: number;
  readonly responseTimeoutSeconds: number;
  readonly input: Payload;
  readonly workflowTask: Payload;
  readonly output: Payload;
}

export function readTaskRecord(r: AvroReader): TaskRecord {
  const taskId = r.string() as TaskId;
  const workflowId = r.string() as WorkflowId;
  const workflowName = r.string();
  const workflowVersion = r.long();
  const taskType = r.string();
  const taskDefName = r.string();
  const referenceName = r.string();
  const dispatch = r.long();
  const attempt = r.long();
  const retriedTaskId = r.present() ? r.string() as TaskId : undefined;
  const seq = r.long();
  const iteration = r.long();
  const pollCount = r.long();
  const priority = r.long();
  const domain = r.present() ? r.string() : undefined;
  const correlationId = r.present() ? r.string() : undefined;
  const scheduledAt = r.long();
  const startedAt = r.long();
  const startDelaySeconds = r.long();
  const responseTimeoutSeconds = r.long();
  const input = r.json();
  const workflowTask = r.json();
  const output = r.json();
  const v: { -readonly [K in keyof TaskRecord]: TaskRecord[K] } = { taskId, workflowId, workflowName, workflowVersion, taskType, taskDefName, referenceName, dispatch, attempt, seq, iteration, pollCount, priority, scheduledAt, startedAt, startDelaySeconds, responseTimeoutSeconds, input, workflowTask, output };
  if (retriedTaskId !== undefined) v.retriedTaskId = retriedTaskId;
  if (domain !== undefined) v.domain = domain;
  if (correlationId !== undefined) v.correlationId = correlationId;
  return v;
}

export function writeTaskRecord(w: AvroWriter, v: TaskRecord): void {
  w.string(v.taskId);
  w.string(v.workflowId);
  w.string(v.workflowName);
  w.long(v.workflowVersion);
  w.string(v.taskType);
  w.string(v.taskDefName);
  w.string(v.referenceName);
  w.long(v.dispatch);
  w.long(v.attempt);
  if (v.retriedTaskId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.retriedTaskId); }
  w.long(v.seq);
  w.long(v.iteration);
  w.long(v.pollCount);
  w.long(v.priority);
  if (v.domain === undefined) w.branch(0);
  else { w.branch(1); w.string(v.domain); }
  if (v.correlationId === undefined) w.branch(0);
  else { w.branch(1); w.string(v.correlationId); }
  w.long(v.scheduledAt);
  w.long(v.startedAt);
  w.long(v.startDelaySeconds);
  w.long(v.responseTimeoutSeconds);
  w.json(v.input);
  w.json(v.workflowTask);
  w.json(v.output);
}
