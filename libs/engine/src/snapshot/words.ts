import {
  invariant,
  taskStatuses,
  workflowStatuses,
  type EndedWorkflowStatus,
  type OpenTaskStatus,
  type TaskStatus,
  type TimeoutPolicy,
} from '@partitura/model';
import type { Run } from '../state/workflow-state.ts';

/** Words as numbers: positions in these lists, which only grow at their ends. */
const phases = ['running', 'paused', 'ended', 'removed'] as const satisfies readonly Run['phase'][];
const policies = ['RETRY', 'TIME_OUT_WF', 'ALERT_ONLY'] as const satisfies readonly TimeoutPolicy[];

export const phaseNumber = (phase: Run['phase']): number => phases.indexOf(phase);
export const phaseOf = (number: number): Run['phase'] => at(phases, number);
export const policyNumber = (policy: TimeoutPolicy): number => policies.indexOf(policy);
export const policyOf = (number: number): TimeoutPolicy => at(policies, number);
export const taskStatusNumber = (status: TaskStatus): number => taskStatuses.indexOf(status);
export const taskStatusOf = (number: number): TaskStatus => at(taskStatuses, number);
export const openStatusOf = (number: number): OpenTaskStatus => taskStatusOf(number) as OpenTaskStatus;
export const workflowStatusNumber = (status: EndedWorkflowStatus): number => workflowStatuses.indexOf(status);
export const endedStatusOf = (number: number): EndedWorkflowStatus =>
  at(workflowStatuses, number) as EndedWorkflowStatus;

function at<T>(words: readonly T[], number: number): T {
  const word = words[number];
  invariant(word !== undefined, `the snapshot holds an unknown word ${number}`);
  return word;
}
