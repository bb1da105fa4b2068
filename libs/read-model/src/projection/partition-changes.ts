import {
  isWorkflowAggregate,
  seqOfTask,
  unreachable,
  workflowOfTask,
  type Decided,
  type DomainEvent,
  type Payload,
  type SeqRange,
  type TaskLog,
  type TaskLogsAdded,
} from '@partitura/model';
import { HistoryChunk } from '../archive/history-chunk.ts';
import { TaskChange } from '../task/task-change.ts';
import { WorkflowChange } from '../workflow/workflow-change.ts';

export interface TaskLogLine extends TaskLog {
  readonly taskId: string;
  readonly journalOffset: number;
  readonly line: number;
}

export interface RemovedAttempts extends SeqRange {
  readonly workflowId: string;
}

const allAttempts: readonly SeqRange[] = [{ from: 1, to: 0x7fffffff }];

/**
 * What a stretch of one journal partition does to the read model: a pure fold of its admitted entries into final row
 * states. Rows that the stretch does not make are changed blindly, column by column, so that nothing is read back:
 * the cost of an entry does not depend on how many workflows wait.
 */
export class PartitionChanges {
  readonly workflows = new Map<string, WorkflowChange>();
  readonly tasks = new Map<string, TaskChange>();
  readonly logs: TaskLogLine[] = [];
  readonly definitions = new Map<string, Payload>();
  readonly history: HistoryChunk[] = [];
  /** Removed before anything else of this stretch is written. */
  readonly removed = new Set<string>();
  /** Attempts that are removed after everything else of this stretch was written; nothing follows about them. */
  readonly removedTasks = new Set<string>();
  /** Attempts of earlier stretches that go, by their number, before anything of this one is written. */
  readonly removedAttempts: RemovedAttempts[] = [];
  readonly #archivedBelow: number;
  readonly #openChunks = new Map<string, HistoryChunk>();

  /** Entries with an index below `archivedBelow` are in the archive already (the read model is being rebuilt). */
  constructor(archivedBelow = 0) {
    this.#archivedBelow = archivedBelow;
  }

  /** Folds the next admitted decision. `value` is its record as the journal holds it. */
  apply(entry: Decided, offset: number, value: Uint8Array): void {
    if (!isWorkflowAggregate(entry.aggregate)) return;
    if (entry.events.length === 0 && entry.commandHash === undefined) return;
    if (entry.index >= this.#archivedBelow) this.#archive(entry, offset, value);
    for (let i = 0; i < entry.events.length; i++) this.#event(entry, entry.events[i] as DomainEvent, offset);
  }

  #event(entry: Decided, event: DomainEvent, offset: number): void {
    const { aggregate, at } = entry;
    switch (event.type) {
      case 'TaskScheduled':
        this.#task(event.taskId, offset).schedule(event, at);
        if (event.retriedTaskId !== undefined) this.#task(event.retriedTaskId, offset).retry();
        return;
      case 'TaskPolled':
        this.#task(event.taskId, offset).poll(event, at);
        return;
      case 'TaskProgressed':
        this.#task(event.taskId, offset).progress(event, at);
        return;
      case 'TaskLeaseExtended':
        this.#task(event.taskId, offset).extendLease(at);
        return;
      case 'TaskEnded':
        this.#task(event.taskId, offset).end(event, at);
        return;
      case 'TaskReopened':
        this.#task(event.taskId, offset).reopen(event, at);
        return;
      case 'TaskRerun':
        this.#task(event.taskId, offset).rerun(event, at);
        return;
      case 'TasksRemoved':
        for (const taskId of event.taskIds) this.#removeTask(taskId);
        return;
      case 'TaskLogsAdded':
        this.#addLogs(event, offset);
        return;
      case 'WorkflowStarted':
        if (event.definition !== undefined) this.definitions.set(event.definitionHash, event.definition);
        this.#workflow(aggregate, offset, at).start(event, entry.index, at);
        return;
      case 'WorkflowPaused':
        this.#workflow(aggregate, offset, at).pause();
        return;
      case 'WorkflowResumed':
        this.#workflow(aggregate, offset, at).resume(at);
        return;
      case 'WorkflowRetried':
        this.#workflow(aggregate, offset, at).retry(at);
        return;
      case 'WorkflowRestarted':
        if (event.definition !== undefined) this.definitions.set(event.definitionHash, event.definition);
        this.#workflow(aggregate, offset, at).restart(event, at);
        this.#removeAttempts(aggregate, allAttempts);
        return;
      case 'WorkflowRerun':
        this.#workflow(aggregate, offset, at).rerun(event);
        this.#removeAttempts(aggregate, event.removed);
        return;
      case 'WorkflowEnded':
        this.#workflow(aggregate, offset, at).end(event, at);
        return;
      case 'WorkflowQuarantined':
        this.#workflow(aggregate, offset, at).quarantine(event.reason);
        return;
      case 'VariablesSet':
        this.#workflow(aggregate, offset, at).setVariables(event.values);
        return;
      case 'WorkflowRemoved':
        this.#remove(aggregate);
        return;
      case 'TaskDispatched':
      case 'RevivalRefused':
      case 'ParentHeard':
      case 'WorkflowStartRefused':
      case 'WorkPostponed':
      case 'WorkContinued':
      case 'DefinitionPut':
      case 'DefinitionDeleted':
        return;
      default:
        unreachable(event);
    }
  }

  #workflow(workflowId: string, offset: number, at: number): WorkflowChange {
    let change = this.workflows.get(workflowId);
    if (change === undefined) {
      change = new WorkflowChange(workflowId);
      this.workflows.set(workflowId, change);
    }
    change.journalOffset = offset;
    change.updateTime = at;
    return change;
  }

  #task(taskId: string, offset: number): TaskChange {
    let change = this.tasks.get(taskId);
    if (change === undefined) {
      change = new TaskChange(taskId);
      this.tasks.set(taskId, change);
    }
    change.journalOffset = offset;
    return change;
  }

  #addLogs(event: TaskLogsAdded, journalOffset: number): void {
    const { taskId } = event;
    const before = this.logs.at(-1);
    let line = before?.taskId === taskId && before.journalOffset === journalOffset ? before.line + 1 : 0;
    for (const { message, at } of event.logs) this.logs.push({ taskId, journalOffset, line: line++, message, at });
  }

  #remove(workflowId: string): void {
    this.removed.add(workflowId);
    this.workflows.delete(workflowId);
    for (const taskId of this.tasks.keys()) if (workflowOfTask(taskId) === workflowId) this.tasks.delete(taskId);
    const kept = this.logs.filter(({ taskId }) => workflowOfTask(taskId) !== workflowId);
    this.logs.splice(0, this.logs.length, ...kept);
  }

  #removeAttempts(workflowId: string, ranges: readonly SeqRange[]): void {
    for (const range of ranges) this.removedAttempts.push({ workflowId, ...range });
    for (const taskId of this.tasks.keys()) {
      if (workflowOfTask(taskId) !== workflowId) continue;
      const seq = seqOfTask(taskId);
      if (ranges.some(({ from, to }) => seq >= from && seq <= to)) this.tasks.delete(taskId);
    }
  }

  #removeTask(taskId: string): void {
    this.removedTasks.add(taskId);
    this.tasks.delete(taskId);
  }

  #archive(entry: Decided, offset: number, value: Uint8Array): void {
    const starts = entry.events[0]?.type === 'WorkflowStarted';
    let chunk = this.#openChunks.get(entry.aggregate);
    if (chunk === undefined || starts) {
      chunk = new HistoryChunk(entry.aggregate, entry.index, starts);
      this.#openChunks.set(entry.aggregate, chunk);
      this.history.push(chunk);
    }
    chunk.add(entry.index, offset, value);
  }
}
