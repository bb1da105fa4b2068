import { Payload } from '@partitura/model';
import type { Node } from '../graph/graph.ts';
import { hasFailed, isOpen, wasPassedOver, type Task } from '../state/task.ts';
import { newestOf, taskAt } from '../state/task-table.ts';
import type { Place } from './agenda.ts';
import { placeOf } from './step.ts';
import type { Turn } from './turn.ts';
import { wakeJoins } from './wake-joins.ts';

/** Gives a task that was not reached yet an attempt that is over: the flow passes over it. */
export function skip(turn: Turn, node: Node, place: Place, input = Payload.empty, output = Payload.empty): void {
  const taskId = turn.nextTaskId();
  const seq = turn.run.tasks.bySeq.size + 1;
  turn.emit({
    type: 'TaskScheduled',
    taskId,
    referenceName: node.task.taskReferenceName + place.suffix,
    node: node.number,
    taskType: node.task.name,
    taskDefName: node.taskDefName,
    seq,
    attempt: 0,
    iteration: place.iteration,
    status: 'SCHEDULED',
    input,
    ...(node.embedded !== undefined && { workflowTask: node.embedded }),
    dueAt: 0,
    startDelaySeconds: 0,
    limits: node.limits,
    firstScheduledAt: turn.at,
  });
  turn.emit({ type: 'TaskEnded', taskId, status: 'SKIPPED', output, retried: false });
  wakeJoins(turn, taskAt(turn.run.tasks, seq));
}

/** Whether the flow had come to a task of some list that was passed over: everything before it there is done. */
export function hasComeTo(turn: Turn, task: Task): boolean {
  const node = turn.nodeOf(task);
  if (node.previous === undefined) return node.number === turn.graph.topLevel[0];
  const name = turn.neighbour(node, node.previous).task.taskReferenceName + placeOf(turn, task).suffix;
  const before = newestOf(turn.run.tasks, name);
  if (before === undefined || isOpen(before) || hasFailed(before)) return false;
  return !wasPassedOver(before) || hasComeTo(turn, before);
}

/** Whether it only waits for tasks that come before it, so that without those it would wait for ever. */
export const waitsForOthers = ({ kind, inside }: Node): boolean => kind.traits.reopens && inside.body === undefined;
