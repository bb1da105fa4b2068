import { rejection, type RerunWorkflow, type WorkflowRerun } from '@partitura/model';
import type { Draft } from '../draft.ts';
import { enterAgain, makeAttempt } from '../settle/enter.ts';
import { isControl, reopen, reviveOthers } from '../settle/revive.ts';
import { settle } from '../settle/settle.ts';
import { hasComeTo, waitsForOthers } from '../settle/skip.ts';
import { openStepOf, placeOf } from '../settle/step.ts';
import type { Turn } from '../settle/turn.ts';
import { undoingOf, type Waiting } from '../settle/undo.ts';
import { wasPassedOver, type Task } from '../state/task.ts';
import { taskById } from '../state/task-table.ts';
import { accepted, refused, type WorkflowDecision } from './decision.ts';
import { initialVariables, settleFromStart, timeoutFrom } from './start-workflow.ts';

/** Runs an ended workflow again: from one of its tasks on, or from the beginning with another input. */
export function rerunWorkflow(turn: Turn, command: RerunWorkflow): WorkflowDecision {
  if (command.fromTaskId === undefined) {
    const all = { from: 1, to: Math.max(1, turn.run.tasks.bySeq.size) };
    turn.emit({ ...rerunOf(turn, command), removed: [all], variables: initialVariables(turn.graph.definition) });
    settleFromStart(turn);
    return accepted(turn);
  }
  const target = taskById(turn.run.tasks, command.fromTaskId);
  if (target === undefined) {
    return refused(rejection('TASK_NOT_FOUND', `Task ${command.fromTaskId} not found`));
  }
  const problem = problemOf(turn, target);
  if (problem !== undefined) return refused(rejection('INVALID_STATE', problem));
  rerunFrom(turn, target, command);
  settle(turn);
  return accepted(turn);
}

/** Why what was skipped cannot be run after all. */
function problemOf(turn: Turn, target: Task): string | undefined {
  if (!wasPassedOver(target)) return undefined;
  const skipped = `The task referenced by ${target.plan.referenceName} was skipped`;
  const instead = 'rerun from a task that comes before it';
  if (waitsForOthers(turn.nodeOf(target))) return `${skipped} and waits for others, ${instead}`;
  return hasComeTo(turn, target) ? undefined : `${skipped} and the workflow had not come to it, ${instead}`;
}

function rerunFrom(turn: Turn, target: Task, command: RerunWorkflow): void {
  const { removed, waiting } = undoingOf(turn, target);
  const node = turn.nodeOf(target);
  turn.emit({ ...rerunOf(turn, command), removed });
  const [loops, joins] = [waiting.filter(isLoop), waiting.filter((each) => !isLoop(each))];
  // What runs inside a loop looks at it; a JOIN counts what is open.
  for (const loop of loops) reopenBefore(turn, loop);
  if (wasPassedOver(target)) makeAttempt(turn, node, placeOf(turn, target), { input: command.taskInput });
  else enterAgain(turn, target.plan.seq, command.taskInput ?? (isControl(node) ? undefined : target.plan.input));
  if (turn.run.phase !== 'running') return;
  for (const join of joins) reopenBefore(turn, join);
  reviveOthers(turn, 'rerun');
}

const isLoop = ({ iteration }: Waiting): boolean => iteration !== undefined;

/** A JOIN or loop goes on as if the task that it waits for had not run yet. */
function reopenBefore(turn: Turn, { task, iteration }: Waiting): void {
  const { kind } = turn.nodeOf(task);
  const output = kind.rewind?.(openStepOf(turn, task), iteration);
  reopen(turn, task.plan.seq, output === undefined ? {} : { output });
}

function rerunOf(turn: Turn, { workflowInput, correlationId }: RerunWorkflow): WorkflowRerun {
  const event: Draft<WorkflowRerun> = {
    type: 'WorkflowRerun',
    removed: [],
    timeoutAt: timeoutFrom(turn.at, turn.graph.definition),
  };
  if (workflowInput !== undefined) event.input = workflowInput;
  if (correlationId !== undefined) event.correlationId = correlationId;
  return event;
}
