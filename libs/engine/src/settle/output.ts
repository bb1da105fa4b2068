import { Payload, type WorkflowStatus } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { scopeOf } from './scope.ts';
import { openStepOf } from './step.ts';
import type { Turn } from './turn.ts';

/**
 * Output of a workflow that ends: its `outputParameters`, else the output of the task that was scheduled last (not of
 * the one that ended last).
 *
 * @param status What expressions see as `workflow.status`: still RUNNING when a workflow completes.
 */
export function outputOf(turn: Turn, status: WorkflowStatus): Payload {
  const { run, graph } = turn;
  const last = run.tasks.bySeq.last();
  if (last === undefined) return Payload.empty;
  if (graph.output === undefined) return abandonedOutput(turn, last);
  return Payload.of(graph.output.render(scopeOf(run, { suffix: '', status }, turn.engine.environment)));
}

/** What an attempt leaves behind if it is cancelled now. */
export function abandonedOutput(turn: Turn, task: Task): Payload {
  const { kind } = turn.nodeOf(task);
  if (!isOpen(task) || kind.abandon === undefined) return task.output;
  return kind.abandon(openStepOf(turn, task));
}
