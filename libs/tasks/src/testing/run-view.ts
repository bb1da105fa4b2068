import type {
  Json,
  JsonObject,
  TaskId,
  TaskStatus,
  WorkflowEvent,
  WorkflowId,
  WorkflowStarted,
  WorkflowStatus,
} from '@partitura/model';

/** A task as somebody sees it who reads nothing but the events. */
export interface SeenTask {
  readonly taskId: TaskId;
  readonly ref: string;
  readonly type: string;
  readonly taskDefName: string;
  readonly iteration: number;
  readonly responseTimeoutSeconds: number;
  workerId: string | undefined;
  readonly seq: number;
  attempt: number;
  status: TaskStatus;
  input: Json;
  output: Json;
  reason: string | undefined;
  retried: boolean;
  readonly retriedTaskId: TaskId | undefined;
  dueAt: number;
  startDelaySeconds: number;
  callbackAfterSeconds: number;
  /** Whether it is handed to workers or to executors. */
  readonly queued: boolean;
  dispatch: number;
  pollCount: number;
  domain: string | undefined;
  readonly childId: WorkflowId | undefined;
}

/** A run as somebody sees it who reads nothing but the events: what the specs look at. */
export class SeenRun {
  status: WorkflowStatus | 'ABSENT' | 'REMOVED' = 'ABSENT';
  reason: string | undefined;
  output: JsonObject = {};
  variables: JsonObject = {};
  failedTaskId: TaskId | undefined;
  failedReferenceTaskNames: readonly string[] = [];
  failedTaskNames: readonly string[] = [];
  started: WorkflowStarted | undefined;
  readonly tasks: SeenTask[] = [];
  endings = 0;
  readonly #taskOf = new Map<TaskId, SeenTask>();

  task(ref: string): SeenTask {
    const task = this.tasks.findLast((candidate) => candidate.ref === ref);
    if (task === undefined) throw new Error(`no task ${ref}; there are ${this.tasks.map((t) => t.ref).join(', ')}`);
    return task;
  }

  has(ref: string): boolean {
    return this.tasks.some((task) => task.ref === ref);
  }

  /** `ref:STATUS` in the order of scheduling. */
  summary(): readonly string[] {
    return this.tasks.map((task) => `${task.ref}:${task.status}`);
  }

  apply(event: WorkflowEvent): void {
    switch (event.type) {
      case 'WorkflowStarted':
        this.started = event;
        this.status = 'RUNNING';
        this.variables = event.variables.object;
        return;
      case 'WorkflowStartRefused':
        this.status = 'ABSENT';
        return;
      case 'WorkflowPaused':
        this.status = 'PAUSED';
        return;
      case 'WorkflowResumed':
      case 'WorkflowRetried':
        this.status = 'RUNNING';
        this.reason = undefined;
        return;
      case 'WorkflowRestarted':
        this.status = 'RUNNING';
        this.reason = undefined;
        this.output = {};
        this.variables = event.variables.object;
        this.#forget(() => true);
        this.#forgetFailure();
        if (this.started !== undefined) this.started = { ...this.started, version: event.version };
        return;
      case 'WorkflowRerun':
        this.status = 'RUNNING';
        this.reason = undefined;
        this.variables = event.variables?.object ?? this.variables;
        this.#forget(({ seq }) => event.removed.some(({ from, to }) => seq >= from && seq <= to));
        this.#forgetFailure();
        if (this.started !== undefined) {
          const { input = this.started.input, correlationId = this.started.correlationId } = event;
          this.started = { ...this.started, input, ...(correlationId !== undefined && { correlationId }) };
        }
        return;
      case 'WorkflowEnded':
        this.status = event.status;
        this.reason = event.reason;
        this.output = event.output.object;
        this.failedTaskId = event.failedTaskId;
        this.failedReferenceTaskNames = event.failedReferenceTaskNames;
        this.failedTaskNames = event.failedTaskNames;
        this.endings += 1;
        return;
      case 'WorkflowRemoved':
        this.status = 'REMOVED';
        return;
      case 'VariablesSet':
        this.variables = { ...this.variables, ...event.values.object };
        return;
      case 'TaskScheduled': {
        if (event.retriedTaskId !== undefined) this.#byId(event.retriedTaskId).retried = true;
        const task: SeenTask = {
          taskId: event.taskId,
          ref: event.referenceName,
          type: event.taskType,
          taskDefName: event.taskDefName,
          iteration: event.iteration,
          responseTimeoutSeconds: event.limits.responseTimeoutMs / 1000,
          workerId: undefined,
          seq: event.seq,
          attempt: event.attempt,
          status: event.status,
          input: event.input.value,
          output: event.child === undefined ? {} : { subWorkflowId: event.child.workflowId },
          reason: undefined,
          retried: false,
          retriedTaskId: event.retriedTaskId,
          dueAt: event.dueAt,
          startDelaySeconds: event.startDelaySeconds,
          callbackAfterSeconds: event.startDelaySeconds,
          queued: event.queue !== undefined,
          dispatch: 0,
          pollCount: 0,
          domain: event.queue?.domain,
          childId: event.child?.workflowId,
        };
        this.tasks.push(task);
        this.#taskOf.set(task.taskId, task);
        return;
      }
      case 'TaskDispatched':
        Object.assign(this.#byId(event.taskId), { dispatch: event.dispatch, dueAt: 0 });
        return;
      case 'TaskPolled': {
        const task = this.#byId(event.taskId);
        task.status = 'IN_PROGRESS';
        task.pollCount += 1;
        task.workerId = event.workerId ?? task.workerId;
        task.callbackAfterSeconds = 0;
        return;
      }
      case 'TaskProgressed': {
        const { status, reason, callbackAfterSeconds, dueAt, workerId } = event;
        Object.assign(this.#byId(event.taskId), {
          status,
          reason,
          callbackAfterSeconds,
          dueAt,
          workerId,
          output: event.output.value,
        });
        return;
      }
      case 'TaskEnded': {
        const task = this.#byId(event.taskId);
        const { status, reason, retried, workerId = task.workerId } = event;
        Object.assign(task, { status, reason, retried, workerId, output: event.output.value });
        return;
      }
      case 'TaskReopened': {
        const task = this.#byId(event.taskId);
        Object.assign(task, { status: task.dispatch > 0 && task.childId === undefined ? 'SCHEDULED' : 'IN_PROGRESS' });
        Object.assign(task, { attempt: event.attempt, reason: undefined, retried: false });
        if (event.output !== undefined) task.output = event.output.value;
        if (event.request !== undefined) task.dispatch = event.request;
        return;
      }
      case 'TaskRerun': {
        const task = this.#byId(event.taskId);
        const { attempt, status, dueAt, child } = event;
        Object.assign(task, { attempt, status, dueAt, reason: undefined, retried: false, callbackAfterSeconds: 0 });
        Object.assign(task, { input: event.input.value, output: {}, pollCount: 0 });
        if (child !== undefined) {
          Object.assign(task, { childId: child.workflowId, output: { subWorkflowId: child.workflowId }, dispatch: 0 });
        }
        return;
      }
      case 'TasksRemoved': {
        const removed = new Set(event.taskIds);
        this.#forget(({ taskId }) => removed.has(taskId));
        return;
      }
      case 'RevivalRefused':
      case 'ParentHeard':
      case 'TaskLeaseExtended':
      case 'TaskLogsAdded':
      case 'WorkflowQuarantined':
      case 'WorkPostponed':
      case 'WorkContinued':
        return;
    }
  }

  #forget(isGone: (task: SeenTask) => boolean): void {
    this.tasks.splice(0, this.tasks.length, ...this.tasks.filter((task) => !isGone(task)));
  }

  #forgetFailure(): void {
    this.failedTaskId = undefined;
    this.failedReferenceTaskNames = [];
    this.failedTaskNames = [];
  }

  #byId(taskId: TaskId): SeenTask {
    const task = this.#taskOf.get(taskId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return task;
  }
}
