import {
  Payload,
  type EndedWorkflowStatus,
  type WorkflowEnded,
  type WorkflowRerun,
  type WorkflowRestarted,
  type WorkflowStarted,
  type WorkflowStatus,
} from '@partitura/model';
import { listColumn, payloadColumn } from '../payload-column.ts';

/** Which columns of an existing row change; a bit each, so that one statement changes many rows. */
export const workflowColumns = {
  status: 1,
  endTime: 2,
  lastRetriedTime: 4,
  output: 8,
  reason: 16,
  failures: 32,
  variables: 64,
  quarantined: 128,
} as const;

/** Parts of a start that a restart or rerun replaces; only those that are there. */
export interface Replaced {
  readonly version?: number;
  readonly definitionHash?: string;
  readonly createTime?: number;
  readonly input?: Payload;
  readonly correlationId?: string;
  readonly variables?: Payload;
}

/**
 * What a batch of entries does to one row of `read_model.workflow`: makes it (when the batch holds the start), or
 * changes some columns of it without knowing the others.
 */
export class WorkflowChange {
  readonly workflowId: string;
  /** The batch holds the start: all fields are known. */
  started: WorkflowStarted | undefined;
  /** What is not as it was started any more, before anything else is changed. */
  replaced: Replaced | undefined;
  startIndex = 0;
  createTime = 0;
  /** Bits of {@link workflowColumns}. */
  changed = 0;
  journalOffset = 0;
  updateTime = 0;
  status: WorkflowStatus = 'RUNNING';
  endTime = 0;
  lastRetriedTime = 0;
  output: Uint8Array | undefined;
  reason: string | undefined;
  failedTaskId: string | undefined;
  failedReferenceNames: string | undefined;
  failedTaskNames: string | undefined;
  quarantinedBecause: string | undefined;
  /** Replacements in order; merged with what was there before. */
  variables: Payload[] = [];

  constructor(workflowId: string) {
    this.workflowId = workflowId;
  }

  /** A new run: whatever the id meant before is gone. */
  start(event: WorkflowStarted, startIndex: number, at: number): void {
    this.started = event;
    this.startIndex = startIndex;
    this.createTime = at;
    this.status = 'RUNNING';
    this.endTime = 0;
    this.lastRetriedTime = 0;
    this.output = undefined;
    this.reason = undefined;
    this.failedTaskId = undefined;
    this.failedReferenceNames = undefined;
    this.failedTaskNames = undefined;
    this.quarantinedBecause = undefined;
    this.variables = [];
    this.replaced = undefined;
  }

  pause(): void {
    this.#setStatus('PAUSED');
  }

  resume(at: number): void {
    this.#setStatus('RUNNING');
    this.#setLastRetried(at);
  }

  /** End time, output and failed names keep their values until the next end, as Conductor's clients know it. */
  retry(at: number): void {
    this.#setStatus('RUNNING');
    this.#setLastRetried(at);
    this.reason = undefined;
    this.changed |= workflowColumns.reason;
  }

  /** As if it had just been started. */
  restart(event: WorkflowRestarted, at: number): void {
    const { version, definitionHash, variables } = event;
    this.#replace({ version, definitionHash, variables });
    if (this.replaced !== undefined) this.replaced = { ...this.replaced, createTime: at };
    this.createTime = at;
    this.#setStatus('RUNNING');
    this.#setLastRetried(0);
    this.endTime = 0;
    this.output = undefined;
    this.quarantinedBecause = undefined;
    this.#forgetFailure();
    this.changed |= workflowColumns.endTime | workflowColumns.output | workflowColumns.quarantined;
  }

  /** End time and output keep their values until the next end. */
  rerun({ input, correlationId, variables }: WorkflowRerun): void {
    this.#replace({
      ...(input && { input }),
      ...(correlationId && { correlationId }),
      ...(variables && { variables }),
    });
    this.#setStatus('RUNNING');
    this.#forgetFailure();
  }

  end(event: WorkflowEnded, at: number): void {
    this.#setStatus(event.status);
    this.endTime = at;
    this.output = payloadColumn(event.output);
    this.reason = event.reason;
    this.failedTaskId = event.failedTaskId;
    this.failedReferenceNames = listColumn(event.failedReferenceTaskNames);
    this.failedTaskNames = listColumn(event.failedTaskNames);
    this.changed |=
      workflowColumns.endTime | workflowColumns.output | workflowColumns.reason | workflowColumns.failures;
  }

  quarantine(reason: string): void {
    this.quarantinedBecause = reason;
    this.changed |= workflowColumns.quarantined;
  }

  setVariables(values: Payload): void {
    this.variables.push(values);
    this.changed |= workflowColumns.variables;
  }

  /** The variables after this batch, given those before it. The result does not depend on where batches are cut. */
  mergedVariables(before: Payload): Payload {
    if (this.variables.length === 0) return before;
    let merged = before.object;
    for (const values of this.variables) merged = { ...merged, ...values.object };
    return Payload.of(merged);
  }

  #replace(parts: Replaced): void {
    if (parts.variables !== undefined) {
      this.variables = [];
      this.changed &= ~workflowColumns.variables;
    }
    if (this.started !== undefined) this.started = { ...this.started, ...parts };
    else this.replaced = { ...this.replaced, ...parts };
  }

  #forgetFailure(): void {
    this.reason = undefined;
    this.failedTaskId = undefined;
    this.failedReferenceNames = undefined;
    this.failedTaskNames = undefined;
    this.changed |= workflowColumns.reason | workflowColumns.failures;
  }

  #setStatus(status: WorkflowStatus | EndedWorkflowStatus): void {
    this.status = status;
    this.changed |= workflowColumns.status;
  }

  #setLastRetried(at: number): void {
    this.lastRetriedTime = at;
    this.changed |= workflowColumns.lastRetriedTime;
  }
}
