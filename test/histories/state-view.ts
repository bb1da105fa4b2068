import { createHash } from 'node:crypto';
import type { MaybeDefinition } from '@partitura/aggregates';
import type { WorkflowDecider, WorkflowState } from '@partitura/engine';
import type { RecordedState } from './history-file.ts';

type Run = Extract<WorkflowState, { readonly tasks: unknown }>;
type Task = NonNullable<ReturnType<Run['tasks']['bySeq']['get']>>;

/**
 * What a state means, field by field and independent of how it is kept. Fields that are added to states later do not
 * appear here by themselves, so old histories keep their hashes; a field that changes its meaning changes them.
 */
function viewOf(decider: WorkflowDecider, state: WorkflowState): unknown {
  if (state.phase === 'absent') return { phase: state.phase };
  if (state.phase === 'refused') return { phase: state.phase, id: state.id, reason: state.refusal.reason };
  const { start, end, tasks } = state;
  return {
    phase: state.phase,
    id: state.id,
    startIndex: state.startIndex,
    startedAt: state.startedAt,
    name: start.name,
    version: start.version,
    definitionHash: start.definitionHash,
    input: start.input,
    correlationId: start.correlationId,
    priority: start.priority,
    taskToDomain: start.taskToDomain,
    parent: start.parent && [start.parent.workflowId, start.parent.taskId],
    // Not in journals of the first records.
    parentRequest: start.parent?.request,
    clockFrom: state.clockFrom,
    timeoutAt: state.timeoutAt,
    lastRetriedAt: state.lastRetriedAt,
    updatedAt: state.updatedAt,
    variables: state.variables,
    dataBytes: state.dataBytes,
    openCount: tasks.openCount,
    newest: [...tasks.newest].sort(([a], [b]) => (a < b ? -1 : 1)),
    tasks: [...tasks.bySeq].map((task) => (task === undefined ? null : viewOfTask(task))),
    unfollowed: [...state.unfollowed],
    postponed: state.postponed,
    end: end && { status: end.status, reason: end.reason, output: end.output, at: end.at },
    quarantinedBecause: state.quarantinedBecause,
    due: decider.nextDue(state),
    pins: decider.pins(state),
    isClosed: decider.isClosed(state),
    hasPostponedWork: decider.hasPostponedWork(state),
    closedTag: decider.closedTag(state),
  };
}

function viewOfTask(task: Task): unknown {
  const { plan } = task;
  return {
    taskId: plan.taskId,
    referenceName: plan.referenceName,
    node: plan.node,
    taskType: plan.taskType,
    seq: plan.seq,
    iteration: plan.iteration,
    input: plan.input,
    queue: plan.queue && [plan.queue.type, plan.queue.domain],
    join: plan.join?.on,
    child: plan.child?.workflowId,
    retriedTaskId: plan.retriedTaskId,
    attempt: task.attempt,
    scheduledAt: task.scheduledAt,
    status: task.status,
    output: task.output,
    reason: task.reason,
    workerId: task.workerId,
    dispatch: task.dispatch,
    polledDispatch: task.polledDispatch,
    pollCount: task.pollCount,
    dueAt: task.dueAt,
    offeredAt: task.offeredAt,
    startedAt: task.startedAt,
    updatedAt: task.updatedAt,
    endedAt: task.endedAt,
    callbackAfterSeconds: task.callbackAfterSeconds,
    retried: task.retried,
    joinOpen: task.joinOpen,
  };
}

export function recordedStateOf(decider: WorkflowDecider, aggregate: string, state: WorkflowState): RecordedState {
  return { aggregate, short: shortOf(state), hash: hashOf(viewOf(decider, state)) };
}

export function recordedDefinitionOf(aggregate: string, state: MaybeDefinition): RecordedState {
  if (state === undefined) return { aggregate, short: 'absent', hash: hashOf(null) };
  const { kind, name, bodies, deleted } = state;
  const registered = [...bodies].map(([version, { body, revision }]) => [version, revision, body]);
  return {
    aggregate,
    short: `versions ${[...bodies.keys()].join()} deleted ${[...deleted.keys()].join()}`,
    hash: hashOf({ kind, name, registered, deleted: [...deleted] }),
  };
}

function hashOf(view: unknown): string {
  return createHash('sha256').update(JSON.stringify(view, inOrder)).digest('hex');
}

/** The order of keys is nobody's business. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shortOf(state: WorkflowState): string {
  if (state.phase === 'absent' || state.phase === 'refused') return state.phase;
  const tasks = [...state.tasks.bySeq].map((task) =>
    task === undefined ? '-' : `${task.plan.referenceName}:${task.status}`,
  );
  return [state.phase, state.end?.status ?? '', ...tasks].join(' ');
}
