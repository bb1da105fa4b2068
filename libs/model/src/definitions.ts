import type { Json, JsonObject } from './json.ts';

export type TimeoutPolicy = 'RETRY' | 'TIME_OUT_WF' | 'ALERT_ONLY';
export type RetryLogic = 'FIXED' | 'EXPONENTIAL_BACKOFF' | 'LINEAR_BACKOFF';

/** A task definition with all defaults filled in. Times in seconds as in Conductor, except where the name says ms. */
export interface TaskDef {
  readonly name: string;
  readonly retryCount: number;
  readonly retryLogic: RetryLogic;
  readonly retryDelaySeconds: number;
  readonly backoffScaleFactor: number;
  readonly maxRetryDelaySeconds: number;
  readonly backoffJitterMs: number;
  readonly timeoutSeconds: number;
  readonly timeoutPolicy: TimeoutPolicy;
  readonly responseTimeoutSeconds: number;
  readonly pollTimeoutSeconds?: number;
  readonly totalTimeoutSeconds: number;
  readonly inputTemplate: JsonObject;
  readonly concurrentExecLimit?: number;
  readonly rateLimitPerFrequency: number;
  readonly rateLimitFrequencyInSeconds: number;
  /** Fields that are stored and shown but change nothing. */
  readonly [inert: string]: unknown;
}

export interface SubWorkflowParam {
  readonly name?: string;
  readonly version?: number | string;
  readonly taskToDomain?: JsonObject | string;
  readonly workflowDefinition?: JsonObject | string;
  readonly priority?: Json;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: string;
}

/** One task of a workflow definition, as users write it. Which fields matter depends on the type. */
export interface WorkflowTask {
  readonly name: string;
  readonly taskReferenceName: string;
  readonly type: string;
  readonly inputParameters: JsonObject;
  readonly optional?: boolean;
  readonly permissive?: boolean;
  readonly startDelay?: number;
  readonly retryCount?: number;
  readonly asyncComplete?: boolean;
  readonly taskDefinition?: Partial<TaskDef>;
  readonly evaluatorType?: string;
  readonly expression?: string;
  readonly caseValueParam?: string;
  readonly caseExpression?: string;
  readonly decisionCases?: Readonly<Record<string, readonly WorkflowTask[]>>;
  readonly defaultCase?: readonly WorkflowTask[];
  readonly forkTasks?: readonly (readonly WorkflowTask[])[];
  readonly joinOn?: readonly string[];
  readonly defaultExclusiveJoinTask?: readonly string[];
  readonly dynamicTaskNameParam?: string;
  readonly dynamicForkTasksParam?: string;
  readonly dynamicForkTasksInputParamName?: string;
  readonly dynamicForkJoinTasksParam?: string;
  readonly loopCondition?: string;
  readonly loopOver?: readonly WorkflowTask[];
  readonly items?: string;
  readonly sink?: string;
  readonly subWorkflowParam?: SubWorkflowParam;
  readonly [inert: string]: unknown;
}

export interface WorkflowDef {
  readonly name: string;
  readonly version: number;
  readonly tasks: readonly WorkflowTask[];
  readonly inputTemplate: JsonObject;
  readonly outputParameters: JsonObject;
  readonly variables: JsonObject;
  readonly failureWorkflow?: string;
  readonly failureWorkflowVersion?: number;
  readonly restartable: boolean;
  readonly timeoutSeconds: number;
  readonly timeoutPolicy: 'TIME_OUT_WF' | 'ALERT_ONLY';
  readonly schemaVersion: number;
  readonly ownerEmail?: string;
  readonly [inert: string]: unknown;
}

/**
 * What a run is pinned to: the definition in which every task carries its task definition
 * (`workflowTask.taskDefinition`) and every static sub-workflow its version. Stored under the hash of its JSON text.
 */
export interface PinnedDefinition {
  readonly workflow: WorkflowDef;
}

/** What happens when an event arrives: `action` says what, the details stand under the key of that name. */
export interface EventAction {
  readonly action?: string;
  readonly expandInlineJSON: boolean;
  readonly [details: string]: unknown;
}

/** An event handler as it is stored, with all defaults filled in. */
export interface EventHandlerDef {
  readonly name: string;
  /** Where events come from, `kafka:<topic>` or the like. */
  readonly event: string;
  /** Absent: always. */
  readonly condition?: string;
  readonly evaluatorType?: string;
  readonly actions: readonly EventAction[];
  readonly active: boolean;
}
