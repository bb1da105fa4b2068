import {
  Payload,
  reportableStatuses,
  taskId,
  type ReportableStatus,
  type TaskLog,
  type TaskResult,
} from '@partitura/model';
import { noStorage, validationFailed, type Violation } from '../errors/api-error.ts';
import { Body, type Members } from './body.ts';

/** How many log lines of one update are kept. */
export const logsPerUpdateMax = 10;

/** A worker's report as it was sent. */
export interface TaskUpdate {
  /** The run that the sender names; the task's id knows better. */
  readonly workflowInstanceId: string;
  /** Absent where the sender left the status out: an error, unless the task is over already. */
  readonly result: TaskResult | undefined;
  readonly taskId: string;
}

/** Conductor's `TaskResult` → the command. `now` (epoch ms) stands in for log times that are missing. */
export function readTaskUpdate(members: Members, operation: string, now: number): TaskUpdate {
  const body = new Body(members);
  const id = body.text('taskId') ?? '';
  const workflowInstanceId = body.text('workflowInstanceId') ?? '';
  const violations: Violation[] = [];
  if (id === '') violations.push({ path: `${operation}.arg0.taskId`, message: 'Task ID cannot be null or empty' });
  if (workflowInstanceId === '') {
    violations.push({ path: `${operation}.arg0.workflowInstanceId`, message: 'Workflow Id cannot be null or empty' });
  }
  if (violations.length > 0) throw validationFailed(violations);
  const extendLease = body.flag('extendLease') ?? false;
  const status = body.choice('status', reportableStatuses) ?? (extendLease ? 'IN_PROGRESS' : undefined);
  const result = status === undefined ? undefined : resultOf(body, id, status, extendLease, now);
  return { workflowInstanceId, taskId: id, result };
}

function resultOf(body: Body, id: string, status: ReportableStatus, extendLease: boolean, now: number): TaskResult {
  const reason = body.text('reasonForIncompletion');
  const workerId = body.text('workerId');
  const output = body.object('outputData') ?? Payload.empty;
  const outside = body.text('externalOutputPayloadStoragePath');
  if (outside !== undefined && Object.keys(output.object).length === 0) {
    throw noStorage('externalOutputPayloadStoragePath', 'outputData');
  }
  return {
    type: 'TaskResult',
    taskId: taskId(id),
    status,
    output: extendLease ? Payload.empty : output,
    ...(reason !== undefined && { reason }),
    callbackAfterSeconds: Math.max(0, body.integer('callbackAfterSeconds') ?? 0),
    ...(workerId !== undefined && { workerId }),
    extendLease,
    logs: extendLease ? [] : readLogs(body, now),
  };
}

function readLogs(body: Body, now: number): readonly TaskLog[] {
  return body
    .objects('logs')
    .slice(0, logsPerUpdateMax)
    .map(({ log, createdTime }) => ({
      message: typeof log === 'string' ? log : JSON.stringify(log ?? ''),
      at: typeof createdTime === 'number' && Number.isSafeInteger(createdTime) ? createdTime : now,
    }));
}
