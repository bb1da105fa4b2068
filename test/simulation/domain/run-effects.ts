import {
  Payload,
  type DomainEvent,
  type Effect,
  type EventMeta,
  type TaskScheduled,
  type WorkflowEnded,
  type WorkflowId,
} from '@partitura/model';
import type { RunState } from './run-state.ts';
import { tallyOf } from './tally.ts';

/** What the world owes a toy workflow. A child's end owes two commands, so that marks need their ordinals. */
export function reactRun(state: RunState, event: DomainEvent, meta: EventMeta): readonly Effect[] {
  switch (event.type) {
    case 'TaskScheduled':
      return event.child ? [startChild(event, event.child, meta)] : [];
    case 'TaskDispatched':
      return [dispatch(event.taskId, event.dispatch, state, meta)];
    case 'WorkflowEnded':
      return state.parent ? ended(state, state.parent, event, meta) : [];
    default:
      return [];
  }
}

function startChild(event: TaskScheduled, child: NonNullable<TaskScheduled['child']>, meta: EventMeta): Effect {
  return {
    kind: 'SendCommand',
    to: child.workflowId,
    command: {
      type: 'StartWorkflow',
      name: child.name,
      input: child.input,
      priority: 0,
      taskToDomain: {},
      parent: { workflowId: meta.aggregate as WorkflowId, taskId: event.taskId },
      replyWhenEnded: false,
    },
  };
}

function ended(
  state: RunState,
  parent: NonNullable<RunState['parent']>,
  event: WorkflowEnded,
  meta: EventMeta,
): Effect[] {
  return [
    {
      kind: 'SendCommand',
      to: parent.workflowId,
      command: {
        type: 'ChildEnded',
        taskId: parent.taskId,
        childId: meta.aggregate as WorkflowId,
        childName: state.plan,
        childVersion: 1,
        status: event.status,
        output: event.output,
      },
    },
    {
      kind: 'SendCommand',
      to: tallyOf(state.plan),
      command: {
        type: 'PutDefinition',
        kind: 'task',
        name: `tally-${state.plan}`,
        body: Payload.of({ child: meta.aggregate, version: meta.version }),
        mode: 'upsert',
      },
    },
  ];
}

function dispatch(taskId: string, number: number, state: RunState, meta: EventMeta): Effect {
  const task = state.tasks.find((open) => open.taskId === taskId);
  return {
    kind: 'DispatchTask',
    queue: { type: task?.queue ?? 'toil' },
    task: taskRecord({ taskId, workflowId: meta.aggregate, taskType: 'toil', dispatch: number, input: Payload.empty }),
  };
}

/** A task record in which nothing matters but what is given. */
export function taskRecord(what: {
  readonly taskId: string;
  readonly workflowId: string;
  readonly taskType: string;
  readonly dispatch: number;
  readonly input: Payload;
}): Extract<Effect, { kind: 'DispatchTask' }>['task'] {
  return {
    workflowName: '',
    workflowVersion: 1,
    taskDefName: what.taskType,
    referenceName: what.taskType,
    attempt: 0,
    seq: 0,
    iteration: 0,
    pollCount: 0,
    priority: 0,
    scheduledAt: 0,
    startedAt: 0,
    startDelaySeconds: 0,
    responseTimeoutSeconds: 0,
    workflowTask: Payload.empty,
    output: Payload.empty,
    ...what,
  } as Extract<Effect, { kind: 'DispatchTask' }>['task'];
}
