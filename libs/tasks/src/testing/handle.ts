import type { WorkflowState } from '@partitura/engine';
import {
  Payload,
  type Decision,
  type JsonObject,
  type OwnerSignal,
  type ReportableStatus,
  type TaskBegun,
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
      readonly begun?: TaskBegun;
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
  retry = (resumeSubworkflowTasks = false): WorkflowDecision =>
    this.send({ type: 'RetryWorkflow', resumeSubworkflowTasks });
  restart = (useLatestDefinitions = false): WorkflowDecision =>
    this.send({ type: 'RestartWorkflow', useLatestDefinitions });
  rerun = (
    from?: string,
    more: {
      readonly taskInput?: JsonObject;
      readonly workflowInput?: JsonObject;
      readonly correlationId?: string;
    } = {},
  ): WorkflowDecision =>
    this.send({
      type: 'RerunWorkflow',
      ...(from !== undefined && { fromTaskId: this.task(from).taskId }),
      ...(more.taskInput !== undefined && { taskInput: Payload.of(more.taskInput) }),
      ...(more.workflowInput !== undefined && { workflowInput: Payload.of(more.workflowInput) }),
      ...(more.correlationId !== undefined && { correlationId: more.correlationId }),
    });
  skip = (referenceName: string, output?: JsonObject, input?: JsonObject): WorkflowDecision =>
    this.send({
      type: 'SkipTask',
      referenceName,
      ...(input !== undefined && { input: Payload.of(input) }),
      ...(output !== undefined && { output: Payload.of(output) }),
    });
  jump = (referenceName: string, input?: JsonObject): WorkflowDecision =>
    this.send({ type: 'JumpToTask', referenceName, ...(input !== undefined && { input: Payload.of(input) }) });
  setVariables = (values: JsonObject): WorkflowDecision =>
    this.send({ type: 'SetVariables', values: Payload.of(values) });
  resetCallbacks = (): WorkflowDecision => this.send({ type: 'ResetCallbacks' });
  terminate = (reason?: string): WorkflowDecision =>
    this.send({ type: 'TerminateWorkflow', byParent: false, ...(reason !== undefined && { reason }) });

  /** The run of a SUB_WORKFLOW task's child. */
  child(ref: string): Handle {
    const { childId } = this.task(ref);
    if (childId === undefined) throw new Error(`${ref} has no child`);
    return this.#scenario.run(childId);
  }
}
