import {
  Payload,
  type EndedWorkflowStatus,
  type JsonObject,
  type TaskId,
  type TaskStatus,
  type WorkflowEnded,
} from '@partitura/model';
import { namesBytesMax, reasonBytesMax } from '../limits.ts';
import { hasFailed, isOpen, type Task } from '../state/task.ts';
import { allTasks } from '../state/task-table.ts';
import { planFailureWorkflow } from './failure-workflow.ts';
import { abandonedOutput, outputOf } from './output.ts';
import type { Turn } from './turn.ts';

export interface Ending {
  readonly status: EndedWorkflowStatus;
  readonly reason: string | undefined;
  /** Absent: by the rules of the definition. */
  readonly output?: Payload;
  readonly failedTaskId?: TaskId;
  /** Whether the definition's failure workflow is started. */
  readonly compensated: boolean;
}

/** Ends the workflow; what is still open is cancelled next, and nothing else of this decision's work remains. */
export function endWorkflow(turn: Turn, wanted: Ending): void {
  const { ending, output } = withOutput(turn, wanted);
  const { status, failedTaskId } = ending;
  const reason = ending.reason?.slice(0, reasonBytesMax);
  const failed = failedNames(turn);
  const room = turn.room - output.size - 2 * (reasonBytesMax + namesBytesMax);
  const compensation = ending.compensated
    ? planFailureWorkflow(turn, { ...ending, reason, output, failed }, room)
    : undefined;
  const event: WorkflowEnded = {
    type: 'WorkflowEnded',
    status,
    ...(reason !== undefined && { reason }),
    output: compensation === undefined ? output : withKey(output, 'conductor.failure_workflow', compensation.shown),
    ...(failedTaskId !== undefined && { failedTaskId }),
    failedReferenceTaskNames: failed.references,
    failedTaskNames: failed.definitions,
    ...(compensation?.start !== undefined && { failureWorkflow: compensation.start }),
  };
  turn.agenda.clear();
  turn.emit(event);
  turn.agenda.next({ do: 'cancel', from: 1 });
}

/** A workflow whose output cannot be had has not completed. */
function withOutput(turn: Turn, ending: Ending): { readonly ending: Ending; readonly output: Payload } {
  if (ending.output !== undefined) return { ending, output: ending.output };
  const found = outputOf(turn, ending.status === 'COMPLETED' ? 'RUNNING' : ending.status);
  if ('output' in found) return { ending, output: found.output };
  const spoilt: Ending = { status: 'FAILED', reason: found.problem, compensated: true };
  return { ending: ending.status === 'COMPLETED' ? spoilt : ending, output: Payload.empty };
}

/** Ends the workflow for a reason of its own: no task is to blame. */
export function failWorkflow(turn: Turn, reason: string, status: 'FAILED' | 'TIMED_OUT' = 'FAILED'): void {
  endWorkflow(turn, { status, reason, compensated: true });
}

/** Ends the workflow because a task failed for good. */
export function failWorkflowBy(turn: Turn, task: Task): void {
  const status = workflowStatusFor(task.status);
  const { taskId } = task.plan;
  const reason = `Task ${taskId} failed with status: ${status} and reason: '${task.reason ?? 'null'}'`;
  endWorkflow(turn, { status, reason, failedTaskId: taskId, compensated: true });
}

function workflowStatusFor(status: TaskStatus): EndedWorkflowStatus {
  if (status === 'CANCELED') return 'TERMINATED';
  return status === 'TIMED_OUT' ? 'TIMED_OUT' : 'FAILED';
}

/** Ends the workflow because a task says so. What permissive tasks left undone fails it all the same. */
export function endAsTold(turn: Turn, told: Required<Ending>): void {
  const tolerated = toleratedFailures(turn);
  if (tolerated === undefined) endWorkflow(turn, told);
  else endWorkflow(turn, { status: 'FAILED', reason: tolerated, output: told.output, compensated: true });
}

/** Nothing is left to do: everything at the top level has run, and nothing is open. */
export function isDone(turn: Turn): boolean {
  const { run } = turn;
  if (run.phase !== 'running' || run.postponed !== undefined || run.tasks.openCount > 0) return false;
  return turn.graph.topLevel.every((number) => run.tasks.newest.has(turn.node(number).task.taskReferenceName));
}

/** Ends the workflow when nothing is left to do. */
export function complete(turn: Turn): void {
  const { run } = turn;
  const tolerated = toleratedFailures(turn);
  if (tolerated !== undefined) {
    failWorkflow(turn, tolerated);
    return;
  }
  const reason = run.tasks.bySeq.isEmpty() ? 'No tasks found to be executed' : undefined;
  endWorkflow(turn, { status: 'COMPLETED', reason, compensated: false });
}

/** What permissive tasks that failed for good say; undefined: there are none. */
function toleratedFailures(turn: Turn): string | undefined {
  let told = '';
  for (const { plan, status, reason } of permissiveFailures(turn)) {
    if (told !== '') told += '. ';
    told += `Task ${plan.taskId} failed with status: ${status} and reason: '${reason ?? 'null'}'`;
    if (told.length > reasonBytesMax) break;
  }
  return told === '' ? undefined : told;
}

function permissiveFailures(turn: Turn): readonly Task[] {
  const failures: Task[] = [];
  for (const task of allTasks(turn.run.tasks)) {
    if (hasFailed(task) && !task.retried && turn.nodeOf(task).task.permissive === true) failures.push(task);
  }
  return failures;
}

/** Cancels what is open when a workflow has ended, in the order of scheduling, as far as this decision can hold it. */
export function cancelOpenTasks(turn: Turn, from: number): void {
  const { size } = turn.run.tasks.bySeq;
  for (let seq = from; seq <= size && turn.run.tasks.openCount > 0; seq++) {
    const task = turn.run.tasks.bySeq.get(seq - 1);
    if (task === undefined || !isOpen(task)) continue;
    if (turn.isFull) {
      turn.agenda.next({ do: 'cancel', from: seq });
      return;
    }
    const output = abandonedOutput(turn, task);
    turn.emit({ type: 'TaskEnded', taskId: task.plan.taskId, status: 'CANCELED', output, retried: false });
  }
}

/** An ending with everything that is known about it. */
export interface Ended extends Ending {
  readonly output: Payload;
  readonly failed: FailedNames;
}

export interface FailedNames {
  readonly references: readonly string[];
  readonly definitions: readonly string[];
}

/**
 * References and definitions of attempts that failed, also of those that were retried successfully: of all, unless they
 * would be more than an end can tell.
 */
function failedNames(turn: Turn): FailedNames {
  const references = new Set<string>();
  const definitions = new Set<string>();
  let room = namesBytesMax;
  for (const { status, plan } of allTasks(turn.run.tasks)) {
    if (status !== 'FAILED' && status !== 'FAILED_WITH_TERMINAL_ERROR') continue;
    room -= plan.referenceName.length + plan.taskDefName.length;
    if (room < 0) break;
    references.add(plan.referenceName);
    definitions.add(plan.taskDefName);
  }
  return { references: [...references], definitions: [...definitions] };
}

function withKey(payload: Payload, key: string, value: string): Payload {
  const object: JsonObject = { ...payload.object, [key]: value };
  return Payload.of(object);
}
