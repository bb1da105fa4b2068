import { RenderLimitExceeded } from '@partitura/expressions';
import { Payload, type WorkflowStatus } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { lastTask } from '../state/task-table.ts';
import { tooLargeForWorkflow, valueBytesMax } from '../limits.ts';
import { scopeOf } from './scope.ts';
import { openStepOf } from './step.ts';
import type { Turn } from './turn.ts';

export type WorkflowOutput = { readonly output: Payload } | { readonly problem: string };

/**
 * Output of a workflow that ends: its `outputParameters`, else the output of the task that was scheduled last (not of
 * the one that ended last).
 *
 * @param status What expressions see as `workflow.status`: still RUNNING when a workflow completes.
 */
export function outputOf(turn: Turn, status: WorkflowStatus): WorkflowOutput {
  const { run, graph } = turn;
  const last = lastTask(run.tasks);
  if (last === undefined || run.quarantinedBecause !== undefined) return { output: Payload.empty };
  if (graph.output === undefined) return { output: abandonedOutput(turn, last) };
  try {
    const scope = scopeOf(turn, { suffix: '', status });
    const output = Payload.of(graph.output.render(scope));
    const { length } = output.bytes;
    return length <= valueBytesMax ? { output } : { problem: tooLargeForWorkflow(length, run.id) };
  } catch (error) {
    if (error instanceof RenderLimitExceeded) return { problem: error.message };
    throw error;
  }
}

/** What an attempt leaves behind if it is cancelled now. A workflow that a defect has stopped runs no kind's code. */
export function abandonedOutput(turn: Turn, task: Task): Payload {
  const kind = turn.kindOf(task);
  if (!isOpen(task) || kind.abandon === undefined || turn.run.quarantinedBecause !== undefined) return task.output;
  const output = kind.abandon(openStepOf(turn, task));
  return output.size <= valueBytesMax ? output : task.output;
}
