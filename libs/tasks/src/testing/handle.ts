import type { WorkflowState } from '@partitura/engine';
import {
  Payload,
  type Decision,
  type JsonObject,
  type OwnerSignal,
  type ReportableStatus,
  type WorkflowCommand,
  type WorkflowEvent,
  type WorkflowId,
} from '@partitura/model';
import type { SeenRun, SeenTask } from './run-view.ts';
import type { Recorded, Scenario } from './scenario.ts';

type WorkflowDecision = Decision<WorkflowState, WorkflowEvent>;

/** One run of a scenario, and what can be done to it. */
export class Handle {
  readonly id: WorkflowId;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario, id: WorkflowId) {
    this.#scenario = scenario;
    this.id = id;
  }

  get seen(): SeenRun {
    return this.#scenario.aggregate(this.id).seen;
  }
  get history(): readonly Recorded[] {
    return this.#scenario.aggregate(this.id).history;
  }
  get state(): WorkflowState {
    return this.#scenario.aggregate(this.id).state;
  }
  get status(): SeenRun['status'] {
    return this.seen.status;
  }
  get summary(): readonly string[] {
    return this.seen.summary();
  }

  task(ref: string): SeenTask {
    return this.seen.task(ref);
  }

  send(command: WorkflowCommand | OwnerSignal): WorkflowDecision {
    return this.#scenario.send(this.id, command);
  }

  report(
    ref: string,
    status: ReportableStatus,
    output: JsonObject = {},
    more: {
      readonly reason?: string;
      readonly callbackAfterSeconds?: number;
      readonly dispatch?: number;
      readonly taskId?: string;
    } = {},
  ): WorkflowDecision {
    const { taskId = this.task(ref).taskId, callbackAfterSeconds = 0, ...rest } = more;
    return this.send({
      type: 'TaskResult',
      taskId: taskId as SeenTask['taskId'],
      status,
      output: Payload.of(output),
      callbackAfterSeconds,
      extendLease: false,
      logs: [],
      workerId: 'w1',
      ...rest,
    });
  }

  extendLease(ref: string, taskId = this.task(ref).taskId): WorkflowDecision {
    return this.send({
      type: 'TaskResult',
      taskId,
      status: 'IN_PROGRESS',
      output: Payload.empty,
      callbackAfterSeconds: 0,
      extendLease: true,
      logs: [],
    });
  }

  complete(ref: string, output: JsonObject = {}): this {
    this.report(ref, 'COMPLETED', output);
    return this;
  }

  fail(ref: string, reason: string, output: JsonObject = {}): this {
    this.report(ref, 'FAILED', output, { reason });
    return this;
  }

  pause = (): WorkflowDecision => this.send({ type: 'PauseWorkflow' });
  resume = (): WorkflowDecision => this.send({ type: 'ResumeWorkflow' });
  retry = (): WorkflowDecision => this.send({ type: 'RetryWorkflow', resumeSubworkflowTasks: false });
  terminate = (reason?: string): WorkflowDecision =>
    this.send({ type: 'TerminateWorkflow', byParent: false, ...(reason !== undefined && { reason }) });

  /** The run of a SUB_WORKFLOW task's child. */
  child(ref: string): Handle {
    const { childId } = this.task(ref);
    if (childId === undefined) throw new Error(`${ref} has no child`);
    return this.#scenario.run(childId);
  }
}
