/**
 * A search over runs or tasks, parsed and checked, in no query language any more. The fields are Conductor's names.
 */
export type WorkflowSearchField =
  | 'workflowId'
  | 'workflowType'
  | 'version'
  | 'correlationId'
  | 'status'
  | 'startTime'
  | 'endTime'
  | 'updateTime'
  | 'executionTime'
  | 'parentWorkflowId'
  | 'reasonForIncompletion'
  | 'event'
  | 'createdBy'
  | 'priority'
  | 'input'
  | 'output';

export type TaskSearchField =
  | 'taskId'
  | 'taskType'
  | 'taskDefName'
  | 'referenceTaskName'
  | 'status'
  | 'workflowId'
  | 'workflowType'
  | 'correlationId'
  | 'scheduledTime'
  | 'startTime'
  | 'endTime'
  | 'updateTime'
  | 'executionTime'
  | 'queueWaitTime'
  | 'reasonForIncompletion'
  | 'domain'
  | 'workerId'
  | 'input'
  | 'output';

export type SearchCondition<F extends string> =
  | { readonly kind: 'all' | 'any'; readonly of: readonly SearchCondition<F>[] }
  | { readonly kind: 'not'; readonly condition: SearchCondition<F> }
  /** Equal to one of the texts; an empty text also means "absent". Numbers as decimal text. `input` and `output` contain it. */
  | { readonly kind: 'oneOf'; readonly field: F; readonly values: readonly string[] }
  /** `*` stands for any characters; everything else for itself. */
  | { readonly kind: 'like'; readonly field: F; readonly pattern: string }
  /** Of numbers and times (epoch ms). */
  | { readonly kind: 'compare'; readonly field: F; readonly operator: '<' | '<=' | '>' | '>='; readonly value: number }
  | { readonly kind: 'present'; readonly field: F };

export interface SearchOrder<F extends string> {
  readonly field: F;
  readonly descending: boolean;
}

export interface Search<F extends string> {
  /** Absent: everything. */
  readonly where?: SearchCondition<F>;
  /** Words that must all occur in one of the searchable texts, whatever their case; absent: no such filter. */
  readonly text?: string;
  /** Empty: newest first. */
  readonly orderBy: readonly SearchOrder<F>[];
  /** Rows to skip. */
  readonly start: number;
  /** Rows to return at most. */
  readonly size: number;
}
export type WorkflowSearch = Search<WorkflowSearchField>;
export type TaskSearch = Search<TaskSearchField>;

export interface SearchResult<T> {
  /** All matches, as far as they were counted: the read model stops counting at a limit. */
  readonly totalHits: number;
  readonly results: readonly T[];
}
