import type { EndedWorkflowStatus } from './status.ts';
import type { TaskView, WorkflowView } from './views.ts';

/**
 * A run that has ended, for whoever waited for its end: what readers see, without any read model. Definitions are named,
 * not repeated.
 */
export interface EndedRun extends Pick<
  WorkflowView,
  | 'workflowId'
  | 'name'
  | 'version'
  | 'createTime'
  | 'updateTime'
  | 'endTime'
  | 'lastRetriedTime'
  | 'input'
  | 'output'
  | 'variables'
  | 'correlationId'
  | 'priority'
  | 'createdBy'
  | 'reasonForIncompletion'
> {
  readonly status: EndedWorkflowStatus;
  /** Names the pinned definition. */
  readonly definitionHash: string;
  /** By seq. */
  readonly tasks: readonly EndedRunTask[];
}

export interface EndedRunTask extends Omit<
  TaskView,
  'workflowId' | 'workflowName' | 'priority' | 'correlationId' | 'workflowTask'
> {
  /** Position of the task in `tasksInOrder` of the pinned definition. */
  readonly node: number;
  /** Only where the pinned definition does not contain the task. */
  readonly workflowTask?: TaskView['workflowTask'];
}
