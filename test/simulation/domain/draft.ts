import {
  Payload,
  type DecideContext,
  type Decision,
  type DomainEvent,
  type EndedTaskStatus,
  type EndedWorkflowStatus,
  type TaskId,
  type TaskScheduled,
  type WorkflowId,
} from '@partitura/model';
import type { Identity } from './identity.ts';
import { evolveRun, type OpenTask, type RunState } from './run-state.ts';

export const workerDeadlineMs = 4_000;
export const attemptsMax = 3;
const napMs = 700;

/** A decision under way: the events so far, and the state after them. */
export class Draft {
  readonly events: DomainEvent[] = [];
  readonly #context: DecideContext;
  readonly #identity: Identity;
  state: RunState;
  #ordinal = 0;

  constructor(state: RunState, context: DecideContext, identity: Identity) {
    this.state = state;
    this.#context = context;
    this.#identity = identity;
  }

  add(event: DomainEvent): void {
    this.events.push(event);
    this.state = evolveRun(this.state, event, this.#context);
  }

  get isFull(): boolean {
    return this.events.length + 2 > this.#context.limits.eventsPerDecision;
  }

  accepted(): Decision<RunState, DomainEvent> {
    return { kind: 'accepted', events: this.events, state: this.state };
  }

  /** Enters the plan, at the start and after a retry. */
  enter(): void {
    const { plan } = this.state;
    if (plan === 'quick') this.end('COMPLETED');
    else if (plan === 'nap') this.schedule({ taskType: 'WAIT', dueAt: this.#context.at + napMs });
    else if (plan.startsWith('ask-')) this.#ask(plan.slice('ask-'.length));
    else this.createTasks(plan === 'wide' ? 5 : 1);
  }

  /** The child has ended. */
  answered(): void {
    this.schedule({ taskType: 'WAIT', dueAt: this.#context.at + 1 });
  }

  /** Creates tasks as far as one decision goes; the rest is postponed. */
  createTasks(count: number): void {
    for (let left = count; left > 0; left--) {
      if (this.isFull) {
        this.#postpone({ toCreate: left });
        return;
      }
      this.handOut(0);
    }
  }

  handOut(attempt: number): void {
    const taskId = this.schedule({ taskType: 'SIMPLE', queue: { type: 'toil' }, attempt });
    this.add({ type: 'TaskDispatched', taskId, dispatch: 1 });
  }

  /** Passes over open tasks, as many as one decision holds. */
  leave(most: number): void {
    for (let left = most; left > 0 && this.state.tasks.length > 0 && !this.isFull; left--) {
      this.endTask(this.state.tasks[0]!, 'SKIPPED');
    }
  }

  endTask(task: OpenTask, status: EndedTaskStatus, retried = false): void {
    this.add({ type: 'TaskEnded', taskId: task.taskId as TaskId, status, output: Payload.empty, retried });
  }

  /** Cancels what is open, in parts if it is much, and ends. The status is fixed by the first part. */
  end(status: EndedWorkflowStatus): void {
    while (this.state.tasks.length > 0) {
      if (this.isFull) {
        this.#postpone({ phase: 'ending', status, toCreate: 0 });
        return;
      }
      this.endTask(this.state.tasks[0]!, 'CANCELED');
    }
    this.add({
      type: 'WorkflowEnded',
      status,
      output: Payload.empty,
      failedReferenceTaskNames: [],
      failedTaskNames: [],
    });
  }

  /** What happens when something of the plan has ended. */
  goOn(): void {
    const { tasks, toCreate, timer } = this.state;
    if (tasks.length === 0 && toCreate === 0 && timer === 0) this.end('COMPLETED');
  }

  #ask(plan: string): void {
    const child = this.#identity.child(this.#birth());
    this.schedule({
      taskType: 'SUB_WORKFLOW',
      child: { workflowId: child, name: plan, input: Payload.empty, priority: 0, taskToDomain: {} },
    });
  }

  schedule(what: Partial<TaskScheduled>): TaskId {
    const taskId = this.#identity.task(this.#birth());
    this.#ordinal++;
    this.add({
      type: 'TaskScheduled',
      taskId,
      referenceName: 'toil',
      node: 0,
      taskType: 'SIMPLE',
      taskDefName: 'toil',
      seq: 0,
      attempt: 0,
      iteration: 0,
      status: 'SCHEDULED',
      input: Payload.empty,
      dueAt: 0,
      startDelaySeconds: 0,
      limits: {
        timeoutMs: 0,
        timeoutPolicy: 'RETRY',
        responseTimeoutMs: what.queue ? workerDeadlineMs : 0,
        pollTimeoutMs: 0,
        totalTimeoutMs: 0,
      },
      firstScheduledAt: this.#context.at,
      ...what,
    });
    return taskId;
  }

  #birth() {
    const { aggregate, startIndex, version } = this.#context;
    return { workflowId: aggregate as WorkflowId, startIndex, version, ordinal: this.#ordinal };
  }

  #postpone(rest: Partial<RunState>): void {
    this.add({ type: 'WorkPostponed', agenda: Payload.of(rest as Record<string, string | number>) });
  }
}
