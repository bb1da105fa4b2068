import type { DomainEvent, EndedWorkflowStatus, EventMeta, ParentLink, TaskScheduled } from '@partitura/model';

/** An open task of a toy workflow. */
export interface OpenTask {
  readonly taskId: string;
  /** Absent for tasks that start a child. */
  readonly queue?: string;
  readonly dispatch: number;
  /** Epoch ms; 0: none. A limit on the worker. */
  readonly deadline: number;
  readonly attempt: number;
}

/**
 * A toy workflow: what the protocol needs of one, and nothing else. `plan` is its name in the start command.
 *
 * | plan | does |
 * | --- | --- |
 * | `quick` | ends in the decision that starts it |
 * | `work` | hands one task to a worker, again if it misses its deadline |
 * | `nap` | waits for a timer |
 * | `wide` | hands out several tasks, in parts |
 * | `ask-<plan>` | asks a child of that plan, naps a little, ends |
 */
export interface RunState {
  readonly phase: 'absent' | 'open' | 'ending' | 'closed';
  readonly plan: string;
  readonly definitionHash: string;
  readonly parent?: ParentLink;
  readonly tasks: readonly OpenTask[];
  /** Epoch ms at which it goes on by itself; 0: it does not. */
  readonly timer: number;
  /** Tasks that are yet to be created. */
  readonly toCreate: number;
  readonly postponed: boolean;
  readonly status?: EndedWorkflowStatus;
  /** Signals taken. */
  readonly signals: number;
  readonly retries: number;
}

export const absent: RunState = {
  phase: 'absent',
  plan: '',
  definitionHash: '',
  tasks: [],
  timer: 0,
  toCreate: 0,
  postponed: false,
  signals: 0,
  retries: 0,
};

/** Total and blind, as `evolve` must be: everything it needs is in the event. */
export function evolveRun(state: RunState, event: DomainEvent, meta: EventMeta): RunState {
  switch (event.type) {
    case 'WorkflowStarted':
      return {
        ...absent,
        phase: 'open',
        plan: event.name,
        definitionHash: event.definitionHash,
        ...(event.parent ? { parent: event.parent } : {}),
      };
    case 'TaskScheduled':
      return scheduled(state, event, meta);
    case 'TaskDispatched':
      return {
        ...state,
        tasks: state.tasks.map((task) => (task.taskId === event.taskId ? { ...task, dispatch: event.dispatch } : task)),
      };
    case 'TaskEnded':
      return { ...state, timer: 0, tasks: state.tasks.filter((task) => task.taskId !== event.taskId) };
    case 'WorkPostponed':
      return { ...state, ...(event.agenda.object as Partial<RunState>), postponed: true };
    case 'WorkContinued':
      return { ...state, postponed: false };
    case 'WorkflowPaused':
      return { ...state, signals: state.signals + 1 };
    case 'WorkflowEnded':
      return { ...state, phase: 'closed', status: event.status, tasks: [], timer: 0, toCreate: 0, postponed: false };
    case 'VariablesSet':
      return { ...state, signals: state.signals + 1 };
    case 'WorkflowRestarted': {
      const { definitionHash } = event;
      return { ...absent, ...lasting(state), definitionHash, phase: 'open', retries: state.retries + 1 };
    }
    case 'WorkflowRetried':
    case 'WorkflowRerun':
      return { ...absent, ...lasting(state), phase: 'open', retries: state.retries + 1 };
    default:
      return state;
  }
}

/** What a history keeps when it goes on after its end. */
function lasting({ plan, definitionHash, parent, signals }: RunState): Partial<RunState> {
  return { plan, definitionHash, signals, ...(parent ? { parent } : {}) };
}

/** WAIT tasks are the timer; all others are somebody else's to end. */
function scheduled(state: RunState, event: TaskScheduled, meta: EventMeta): RunState {
  const toCreate = Math.max(0, state.toCreate - 1);
  if (event.taskType === 'WAIT') return { ...state, toCreate, timer: event.dueAt };
  const { responseTimeoutMs } = event.limits;
  const task: OpenTask = {
    taskId: event.taskId,
    ...(event.queue ? { queue: event.queue.type } : {}),
    dispatch: 0,
    deadline: responseTimeoutMs === 0 ? 0 : meta.at + responseTimeoutMs,
    attempt: event.attempt,
  };
  return { ...state, toCreate, tasks: [...state.tasks, task] };
}
