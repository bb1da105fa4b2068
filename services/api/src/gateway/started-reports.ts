import type { TaskId, WorkflowId } from '@partitura/model';

/** What the gateway tells the decider. */
export interface StartedReports {
  /** Resolves when the report is durable: from then on the response time-out watches the task. */
  report(started: StartedReport): Promise<void>;
  /** Resolves with whether the decider agrees that the task may be handed out under this dispatch. */
  ask(started: StartedReport): Promise<boolean>;
}

export interface StartedReport {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly dispatch: number;
  readonly workerId?: string;
  /** Epoch ms of the hand-out. */
  readonly at: number;
}
