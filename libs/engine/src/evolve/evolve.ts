import { invariant, unreachable, type EventMeta, type WorkflowEvent } from '@partitura/model';
import type { Run, WorkflowState } from '../state/workflow-state.ts';
import { taskDispatched, taskPolled } from './task-handed-out.ts';
import { taskReopened, taskRerun } from './task-reopened.ts';
import { taskEnded, taskProgressed } from './task-reported.ts';
import { taskScheduled } from './task-scheduled.ts';
import { tasksRemoved } from './tasks-removed.ts';
import { changeTask } from './with-task.ts';
import {
  requested,
  variablesSet,
  workflowEnded,
  workflowPaused,
  workflowQuarantined,
  workflowRemoved,
  workflowResumed,
  workflowRetried,
} from './workflow-lifecycle.ts';
import { workflowRerun, workflowRestarted } from './workflow-restarted.ts';
import { workflowStarted, workflowStartRefused } from './workflow-started.ts';
import { workContinued, workPostponed } from './work.ts';

/** State after an event. What an old event means never changes: these files only grow. */
export function evolve(state: WorkflowState, event: WorkflowEvent, meta: EventMeta): WorkflowState {
  if (event.type === 'WorkflowStarted') return workflowStarted(event, meta);
  if (event.type === 'WorkflowStartRefused') return workflowStartRefused(event, meta);
  if (state.phase === 'refused' && event.type === 'RevivalRefused') return state;
  invariant(state.phase !== 'absent' && state.phase !== 'refused', `${event.type} of a workflow that never started`);
  return evolveRun(state, event, meta);
}

type RunEvent = Exclude<WorkflowEvent, { readonly type: 'WorkflowStarted' | 'WorkflowStartRefused' }>;

function evolveRun(run: Run, event: RunEvent, meta: EventMeta): Run {
  switch (event.type) {
    case 'TaskScheduled':
      return taskScheduled(run, event, meta);
    case 'TaskDispatched':
      return taskDispatched(run, event, meta);
    case 'TaskPolled':
      return taskPolled(run, event, meta);
    case 'TaskProgressed':
      return taskProgressed(run, event, meta);
    case 'TaskLeaseExtended':
      return changeTask(run, event.taskId, meta.at, () => undefined);
    case 'TaskEnded':
      return taskEnded(run, event, meta);
    case 'TaskReopened':
      return taskReopened(run, event, meta);
    case 'TaskRerun':
      return taskRerun(run, event, meta);
    case 'TasksRemoved':
      return tasksRemoved(run, event, meta);
    case 'TaskLogsAdded':
      return run;
    case 'VariablesSet':
      return variablesSet(run, event, meta);
    case 'WorkflowPaused':
      return workflowPaused(run, meta);
    case 'WorkflowResumed':
      return workflowResumed(run, event, meta);
    case 'WorkflowRetried':
      return workflowRetried(run, event, meta);
    case 'RevivalRefused':
      return requested(run, event.parent.request);
    case 'ParentHeard':
      return requested(run, event.request);
    case 'WorkflowRestarted':
      return workflowRestarted(run, event, meta);
    case 'WorkflowRerun':
      return workflowRerun(run, event, meta);
    case 'WorkflowEnded':
      return workflowEnded(run, event, meta);
    case 'WorkflowRemoved':
      return workflowRemoved(run, meta);
    case 'WorkflowQuarantined':
      return workflowQuarantined(run, event, meta);
    case 'WorkPostponed':
      return workPostponed(run, event);
    case 'WorkContinued':
      return workContinued(run);
    default:
      return unreachable(event);
  }
}
