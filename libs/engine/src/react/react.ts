import {
  invariant,
  Payload,
  type Effect,
  type Outcome,
  type ParentLink,
  type ReactContext,
  type RevivalRefused,
  type SendCommand,
  type StartWorkflow,
  type TaskDispatched,
  type TaskEnded,
  type TaskId,
  type TaskRecord,
  type WorkflowCommand,
  type WorkflowEnded,
  type WorkflowEvent,
  type WorkflowId,
} from '@partitura/model';
import type { Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import type { Refused, Run, WorkflowState } from '../state/workflow-state.ts';
import type { Engine } from '../engine.ts';
import type { Node } from '../graph/graph.ts';
import { questionOf } from './question.ts';
import { taskRecord } from './task-record.ts';

const nothing: readonly Effect[] = [];

/**
 * What the world owes us because of an event. The effects and their order are as frozen as the event: another owner
 * derives them again.
 */
export function react(
  state: WorkflowState,
  event: WorkflowEvent,
  context: ReactContext,
  engine: Engine,
): readonly Effect[] {
  if (state.phase === 'absent') return nothing;
  if (state.phase === 'refused') {
    if (event.type === 'RevivalRefused') return [refusalOf(state, event.parent)];
    return event.type === 'WorkflowStartRefused' ? [refusalOf(state, event.parent)] : nothing;
  }
  switch (event.type) {
    case 'TaskDispatched':
      return dispatch(state, event, context, engine);
    case 'TaskEnded':
      return taskEnded(state, event);
    case 'WorkflowEnded':
      return workflowEnded(state, event);
    case 'WorkflowRetried':
      return event.request === undefined ? revived(state) : nothing;
    case 'WorkflowRestarted':
    case 'WorkflowRerun':
      return revived(state);
    case 'TaskReopened':
      return event.request === undefined ? nothing : askForEnd(state, event.taskId, event.request);
    case 'RevivalRefused':
      return [endOf(state, event)];
    default:
      return nothing;
  }
}

function dispatch(run: Run, event: TaskDispatched, context: ReactContext, engine: Engine): readonly Effect[] {
  const task = taskById(run.tasks, event.taskId);
  if (task === undefined) return nothing;
  const { queue, child } = task.plan;
  if (queue !== undefined) {
    return [{ kind: 'DispatchTask', queue, task: recordOf(run, task, context, engine) }];
  }
  if (child === undefined) {
    const { type } = nodeOf(run, task, context, engine).kind;
    return [{ kind: 'DispatchTask', queue: { type }, task: recordOf(run, task, context, engine) }];
  }
  const parent = { workflowId: run.id, taskId: event.taskId, request: event.dispatch };
  if (event.dispatch > 1) {
    return [send(child.workflowId, { type: 'RetryWorkflow', resumeSubworkflowTasks: true, parent })];
  }
  const { workflowId, ...plan } = child;
  const start: StartWorkflow = {
    type: 'StartWorkflow',
    ...plan,
    ...(run.start.correlationId !== undefined && { correlationId: run.start.correlationId }),
    parent,
    ...(run.start.createdBy !== undefined && { createdBy: run.start.createdBy }),
    replyWhenEnded: false,
  };
  return [send(workflowId, start)];
}

/** The attempt, with what its kind has to say to who takes it. */
function recordOf(run: Run, task: Task, context: ReactContext, engine: Engine): TaskRecord {
  const { node, workflowTask } = task.plan;
  const written = nodeOf(run, task, context, engine);
  const record = taskRecord(run, task, workflowTask !== undefined && node >= 0 ? workflowTask : written.json);
  if (written.kind.question === undefined) return record;
  return { ...record, input: questionOf(run, task, written, context, engine) };
}

/** The task as the definition has it, as it turned out to be, or as a dynamic fork generated it. */
function nodeOf(run: Run, task: Task, { pinned }: ReactContext, { library }: Engine): Node {
  const { node, workflowTask, taskType } = task.plan;
  if (workflowTask !== undefined && node < 0) return library.generated(workflowTask, node);
  const written = library.graph(run.start.definitionHash, pinned).nodes[node];
  invariant(written !== undefined, `the definition has no task number ${node}`);
  return workflowTask === undefined ? written : library.another(written, taskType, workflowTask);
}

/** A child that lives again by itself learns under which number its parent waits. */
function askForEnd(run: Run, taskId: TaskId, request: number): readonly Effect[] {
  const child = taskById(run.tasks, taskId)?.plan.child;
  if (child === undefined) return nothing;
  return [send(child.workflowId, { type: 'ReportEnd', parent: { workflowId: run.id, taskId, request } })];
}

/** A child whose task ended without it has nobody to work for any more. */
function taskEnded(run: Run, event: TaskEnded): readonly Effect[] {
  const task = taskById(run.tasks, event.taskId);
  if (task?.plan.child === undefined || task.dispatch === 0) return nothing;
  if (event.status === 'SKIPPED') return [terminate(task, event.reason ?? 'its task was skipped')];
  if (event.status === 'CANCELED' && run.end !== undefined) {
    const { reason, status } = run.end;
    const why =
      reason === undefined
        ? `Parent workflow has been terminated with status ${status}`
        : `Parent workflow has been terminated with reason: ${reason}`;
    return [terminate(task, why)];
  }
  if (event.status !== 'TIMED_OUT') return nothing;
  const reason = event.reason ?? 'the task that waits for this workflow timed out';
  return [terminate(task, reason)];
}

function terminate({ plan, dispatch }: Task, reason: string): SendCommand {
  const child = plan.child?.workflowId as WorkflowId;
  return send(child, { type: 'TerminateWorkflow', reason, byParent: true, request: dispatch });
}

function workflowEnded(run: Run, event: WorkflowEnded): readonly Effect[] {
  const { start } = run;
  const effects: Effect[] = [];
  if (start.parent !== undefined) {
    const { parent } = start;
    effects.push(
      send(parent.workflowId, {
        type: 'ChildEnded',
        taskId: parent.taskId,
        childId: run.id,
        childName: start.name,
        childVersion: start.version,
        status: event.status,
        output: event.output,
        ...(event.status !== 'COMPLETED' && { reason: childReason(run, event) }),
        ...(parent.request !== undefined && { request: parent.request }),
      }),
    );
  }
  if (event.failureWorkflow !== undefined) {
    const { workflowId, ...plan } = event.failureWorkflow;
    effects.push(
      send(workflowId, {
        type: 'StartWorkflow',
        ...plan,
        ...(start.correlationId !== undefined && { correlationId: start.correlationId }),
        priority: 0,
        taskToDomain: start.taskToDomain,
        replyWhenEnded: false,
      }),
    );
  }
  if (start.replyTo !== undefined) {
    const outcome: Outcome = { kind: 'accepted', result: Payload.of({ workflowId: run.id }) };
    effects.push({ kind: 'SendReply', to: start.replyTo, outcome });
  }
  return effects;
}

/** What the parent's task gives as its reason. */
export function childReason({ id, start }: Run, { reason = 'null' }: { readonly reason?: string | undefined }): string {
  return `Sub workflow ${start.name}.${start.version}/${id} failure reason: ${reason}`;
}

/** How this workflow stands, for a parent that wanted it to go on. */
function endOf(run: Run, { parent, reason }: RevivalRefused): Effect {
  const { start, end } = run;
  const known = run.phase === 'removed' ? undefined : end;
  return send(parent.workflowId, {
    type: 'ChildEnded',
    taskId: parent.taskId,
    childId: run.id,
    childName: start.name,
    childVersion: start.version,
    status: known?.status ?? 'FAILED',
    output: known?.output ?? Payload.of(null),
    ...(known?.status !== 'COMPLETED' && { reason }),
    ...(parent.request !== undefined && { request: parent.request }),
  });
}

function refusalOf(state: Refused, parent: ParentLink): Effect {
  const { name, version, reason } = state.refusal;
  return send(parent.workflowId, {
    type: 'ChildEnded',
    taskId: parent.taskId,
    childId: state.id,
    childName: name,
    childVersion: version,
    status: 'FAILED',
    // No output at all: the child never was.
    output: Payload.of(null),
    reason,
    ...(parent.request !== undefined && { request: parent.request }),
  });
}

/** This workflow lives again, and not because its parent wanted it. */
function revived(run: Run): readonly Effect[] {
  const { parent } = run.start;
  if (parent === undefined) return nothing;
  const { workflowId, taskId, request } = parent;
  const word = { type: 'ChildRevived' as const, taskId, childId: run.id, ...(request !== undefined && { request }) };
  return [send(workflowId, word)];
}

function send(to: WorkflowId, command: WorkflowCommand): SendCommand {
  return { kind: 'SendCommand', to, command };
}
