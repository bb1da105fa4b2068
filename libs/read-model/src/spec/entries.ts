import {
  commandId,
  Payload,
  taskIdOf,
  workflowId,
  type Decided,
  type DomainEvent,
  type TaskEnded,
  type TaskId,
  type TaskScheduled,
  type WorkflowEnded,
  type WorkflowStarted,
} from '@partitura/model';
import { PartitionChanges } from '../projection/partition-changes.ts';

/** Writes the entries of one partition by hand: index and offset count up, time by ten milliseconds. */
export class Entries {
  changes: PartitionChanges;
  #index = 0;

  constructor(archivedBelow = 0) {
    this.changes = new PartitionChanges(archivedBelow);
  }

  /** Index of the next entry. */
  get next(): number {
    return this.#index;
  }

  add(id: string, ...events: DomainEvent[]): this {
    const index = this.#index++;
    this.changes.apply(entryOf(id, index, events), offsetOf(index), new TextEncoder().encode(`entry ${index}`));
    return this;
  }

  /** What was added since the last call. */
  cut(): PartitionChanges {
    const { changes } = this;
    this.changes = new PartitionChanges();
    return changes;
  }
}

/** Offsets and indexes differ, so that mixing them up shows. */
export const offsetOf = (index: number): number => index + 100;
export const atOf = (index: number): number => 1_000 + 10 * index;

export function entryOf(id: string, index: number, events: readonly DomainEvent[]): Decided {
  return {
    kind: 'decision',
    epoch: 0,
    index,
    effectsDone: -1,
    at: atOf(index),
    aggregate: workflowId(id),
    version: 1,
    cause: { kind: 'command', commandId: commandId(`c${index}`), offset: index },
    outcome: { kind: 'accepted' },
    events,
  };
}

export const taskOf = (id: string, startIndex: number, ordinal = 0): TaskId =>
  taskIdOf({ workflowId: workflowId(id), startIndex, version: 1, ordinal });

export function started(more: Partial<WorkflowStarted> = {}): WorkflowStarted {
  return {
    type: 'WorkflowStarted',
    name: 'checkout',
    version: 2,
    definitionHash: 'hash',
    input: Payload.of({ amount: 5 }),
    variables: Payload.empty,
    priority: 3,
    taskToDomain: {},
    timeoutAt: 0,
    ...more,
  };
}

export function scheduled(taskId: TaskId, more: Partial<TaskScheduled> = {}): TaskScheduled {
  return {
    type: 'TaskScheduled',
    taskId,
    referenceName: 'charge_ref',
    node: 0,
    taskType: 'charge',
    taskDefName: 'charge',
    seq: 1,
    attempt: 0,
    iteration: 0,
    status: 'SCHEDULED',
    input: Payload.of({ a: 1 }),
    queue: { type: 'charge' },
    dueAt: 0,
    startDelaySeconds: 0,
    limits: {
      timeoutMs: 0,
      timeoutPolicy: 'TIME_OUT_WF',
      responseTimeoutMs: 60_000,
      pollTimeoutMs: 0,
      totalTimeoutMs: 0,
    },
    firstScheduledAt: 0,
    ...more,
  };
}

export function completed(taskId: TaskId, more: Partial<TaskEnded> = {}): TaskEnded {
  return { type: 'TaskEnded', taskId, status: 'COMPLETED', output: Payload.of({ ok: true }), retried: false, ...more };
}

export function ended(more: Partial<WorkflowEnded> = {}): WorkflowEnded {
  return {
    type: 'WorkflowEnded',
    status: 'COMPLETED',
    output: Payload.of({ done: true }),
    failedReferenceTaskNames: [],
    failedTaskNames: [],
    ...more,
  };
}
