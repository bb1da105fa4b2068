import type { Command, ReplyAddress } from './commands.ts';
import type { EndedRun } from './ended-run.ts';
import type { AggregateId, DefinitionKind, TaskId, WorkflowId } from './ids.ts';
import type { Payload } from './payload.ts';

/** One hand-over of a task to its queue: what a worker gets to see. */
export interface TaskRecord {
  readonly taskId: TaskId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly workflowVersion: number;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly referenceName: string;
  readonly dispatch: number;
  readonly attempt: number;
  readonly retriedTaskId?: TaskId;
  readonly seq: number;
  readonly iteration: number;
  /** Polls of this attempt before this hand-over. */
  readonly pollCount: number;
  readonly priority: number;
  readonly domain?: string;
  readonly correlationId?: string;
  readonly scheduledAt: number;
  /** First poll of this attempt, epoch ms, 0 if none. */
  readonly startedAt: number;
  readonly startDelaySeconds: number;
  readonly responseTimeoutSeconds: number;
  readonly input: Payload;
  /** The task as written in the definition, with its task definition embedded: JSON. */
  readonly workflowTask: Payload;
  /** Output of an earlier IN_PROGRESS report. */
  readonly output: Payload;
}

/** The answer to a command, or to "reply when ended". */
export interface Reply {
  readonly instance: string;
  readonly correlation: number;
  readonly outcome: Outcome;
  readonly partition: number;
  /** Offset in that partition's journal at which the decision stands. */
  readonly offset: number;
  /** For definitions: offset of the broadcast. */
  readonly definitionsOffset?: number;
  /** To "reply when ended": the run, unless it is too large for a reply. */
  readonly run?: EndedRun;
}

export interface DefinitionRecord {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version?: number;
  /** Version of the definition aggregate; readers keep the highest. */
  readonly revision: number;
  readonly deleted: boolean;
  readonly body: Payload;
}

export interface DispatchTask {
  readonly kind: 'DispatchTask';
  readonly queue: { readonly type: string; readonly domain?: string };
  readonly task: TaskRecord;
}
export interface SendCommand {
  readonly kind: 'SendCommand';
  readonly to: AggregateId;
  readonly command: Command;
}
export interface BroadcastDefinition {
  readonly kind: 'BroadcastDefinition';
  readonly definition: DefinitionRecord;
}
/** Best effort: not awaited by `effectsDone`, not repeated by the next owner. */
export interface SendReply {
  readonly kind: 'SendReply';
  readonly to: ReplyAddress;
  readonly outcome: Outcome;
}

/** What the world owes us because of an event; done only after the event's entry was admitted. */
export type Effect = DispatchTask | SendCommand | BroadcastDefinition | SendReply;

export type Outcome =
  | { readonly kind: 'accepted'; readonly result?: Payload }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string }
  /** A repeat; `first` is what the first one was answered. */
  | { readonly kind: 'duplicate'; readonly first?: Outcome }
  | { readonly kind: 'deferred' }
  | { readonly kind: 'forwarded' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'deadLettered'; readonly reason: string };
