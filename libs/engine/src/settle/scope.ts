import type { Scope } from '@partitura/expressions';
import { Payload, type TaskId, type WorkflowStatus } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { newestOf } from '../state/task-table.ts';
import type { Run } from '../state/workflow-state.ts';
import { openStepOf } from './step.ts';
import type { Sight } from './turn.ts';

/** What differs from the present run when an expression is evaluated. */
export interface Viewpoint {
  /** Suffix of the iteration that the expression is evaluated in. */
  readonly suffix: string;
  /** Id of the task whose input is computed; absent where `${CPEWF_TASK_ID}` stays as it is. */
  readonly taskId?: TaskId;
  /** For the output of a workflow that ends by a failure: its new status. */
  readonly status?: WorkflowStatus;
}

/** Texts that definitions may read: `workflow.env.*` by name, and `NETFLIX_ENV` and `NETFLIX_STACK`. */
export interface Environment {
  readonly variables: Readonly<Record<string, string>>;
  readonly netflixEnv?: string;
  readonly netflixStack?: string;
}

/** What `${…}` sees: `workflow`, and every task by its reference name. */
export function scopeOf(turn: Sight, viewpoint: Viewpoint): Scope {
  const { run } = turn;
  const { environment } = turn.engine;
  return {
    resolve(root) {
      switch (root) {
        case 'workflow':
          return workflowView(run, viewpoint.status ?? statusOf(run));
        case 'workflow.env':
          return environment.variables;
        case 'CPEWF_TASK_ID':
          return viewpoint.taskId;
        case 'NETFLIX_ENV':
          return environment.netflixEnv;
        case 'NETFLIX_STACK':
          return environment.netflixStack;
        default: {
          const task = findTask(run, root, viewpoint.suffix);
          // Tasks of loops have no name outside but the definition's.
          if (task === undefined || (task.plan.iteration > 0 && task.plan.referenceName === root)) return undefined;
          return taskView(turn, task);
        }
      }
    },
    roots: () => run.tasks.newest.keys(),
  };
}

/** The newest attempt of a task by the name that the definition gives it; in a loop, of this or an outer iteration. */
export function findTask(
  run: Run,
  referenceName: string,
  suffix: string,
  newest = (name: string): Task | undefined => newestOf(run.tasks, name),
): Task | undefined {
  for (let inner = suffix; inner !== ''; inner = inner.slice(0, inner.lastIndexOf('__'))) {
    const task = newest(referenceName + inner);
    if (task !== undefined) return task;
  }
  return newest(referenceName);
}

export function statusOf(run: Run): WorkflowStatus {
  if (run.end !== undefined) return run.end.status;
  return run.phase === 'paused' ? 'PAUSED' : 'RUNNING';
}

function workflowView(run: Run, status: WorkflowStatus): unknown {
  const { start } = run;
  return {
    input: start.input,
    output: run.end?.output ?? Payload.empty,
    variables: run.variables,
    status,
    workflowId: run.id,
    parentWorkflowId: start.parent?.workflowId ?? null,
    parentWorkflowTaskId: start.parent?.taskId ?? null,
    workflowType: start.name,
    version: start.version,
    correlationId: start.correlationId ?? null,
    reasonForIncompletion: run.end?.reason ?? null,
    schemaVersion: 2,
  };
}

function taskView(turn: Sight, task: Task): unknown {
  const { run } = turn;
  const { plan } = task;
  const output = shownOutput(turn, task);
  return {
    input: plan.input,
    output,
    status: task.status,
    taskType: plan.taskType,
    taskDefName: plan.taskDefName,
    referenceTaskName: plan.referenceName,
    taskId: plan.taskId,
    retryCount: task.attempt,
    pollCount: task.pollCount,
    correlationId: run.start.correlationId ?? null,
    scheduledTime: task.scheduledAt,
    startTime: task.startedAt,
    endTime: task.endedAt,
    workflowInstanceId: run.id,
    reasonForIncompletion: task.reason ?? null,
    callbackAfterSeconds: task.callbackAfterSeconds,
    workerId: task.workerId ?? null,
    get iteration() {
      return turn.nodeOf(task).inside.body === undefined ? plan.iteration : (output.object['iteration'] ?? 0);
    },
  };
}

function shownOutput(turn: Sight, task: Task): Payload {
  const { kind } = turn.nodeOf(task);
  return kind.shown === undefined || !isOpen(task) ? task.output : Payload.of(kind.shown(openStepOf(turn, task)));
}
