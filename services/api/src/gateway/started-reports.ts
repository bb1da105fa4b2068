import type { TaskId, WorkflowId } from '@partitura/model';
import type { Receiver } from './port.ts';

/** What the gateway tells the decider. */
export interface StartedReports {
  /**
   * Resolves when the report is durable: from then on the response time-out watches the task. Or says that the task never
   * arrived and that nothing was reported.
   */
  report(started: StartedReport): Promise<'reported' | 'undelivered'>;
  /** Resolves with whether the decider agrees that the task may be handed out under this dispatch. */
  ask(started: StartedReport): Promise<boolean>;
}

export interface StartedReport extends Receiver {
  readonly workflowId: WorkflowId;
  readonly taskId: TaskId;
  readonly dispatch: number;
  /** Epoch ms of the hand-out. */
  readonly at: number;
}
