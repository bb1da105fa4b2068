import { unreachable, type Payload } from '@partitura/model';
import { isOpen, type Task } from '../state/task.ts';
import { taskAt } from '../state/task-table.ts';
import type { Deed, Signal } from '../task-kind.ts';
import { ask } from './ask.ts';
import { endTask } from './end-task.ts';
import { insideItem } from './enter.ts';
import { forgetIteration, iterate } from './iterate.ts';
import { openStepOf, placeOf } from './step.ts';
import type { Turn } from './turn.ts';
import { wakeJoins } from './wake-joins.ts';

/** Tells an open attempt that something has happened, and does what its kind answers. */
export function wakeTask(turn: Turn, seq: number, signal: Signal): void {
  const task = taskAt(turn.run.tasks, seq);
  if (!isOpen(task)) return;
  const { kind } = turn.nodeOf(task);
  for (const deed of kind.wake?.(openStepOf(turn, task), signal) ?? []) perform(turn, seq, deed);
}

/** A task that has ended the workflow ends it again, as it did, whatever else goes on by now. */
export function endAgain(turn: Turn, task: Task): void {
  const deeds = turn.nodeOf(task).kind.wake?.(openStepOf(turn, task), { kind: 'run' }) ?? [];
  for (const deed of deeds) if (deed.do === 'endWorkflow') perform(turn, task.plan.seq, deed);
}

/** An outcome that chooses among lists inside the task leads into one of them. */
function finish(turn: Turn, seq: number, outcome: Extract<Deed, { readonly do: 'finish' }>): void {
  if (outcome.input !== undefined) giveInput(turn, seq, outcome.input);
  const task = taskAt(turn.run.tasks, seq);
  const node = turn.nodeOf(task);
  const then = outcome.status === 'COMPLETED' ? node.kind.leadsInto?.(outcome.output, node.def) : undefined;
  const inside = then === undefined ? undefined : insideItem(turn, node, seq, placeOf(turn, task), then);
  if (inside === undefined) {
    endTask(turn, seq, outcome);
    return;
  }
  endTask(turn, seq, outcome, 'entered');
  wakeJoins(turn, taskAt(turn.run.tasks, seq));
  turn.agenda.next(inside);
}

/** As if it had just been entered with that input. */
function giveInput(turn: Turn, seq: number, input: Payload): void {
  const { attempt, plan } = taskAt(turn.run.tasks, seq);
  turn.emit({ type: 'TaskRerun', taskId: plan.taskId, attempt, status: 'IN_PROGRESS', input, dueAt: 0 });
}

function perform(turn: Turn, seq: number, deed: Deed): void {
  const { taskId } = taskAt(turn.run.tasks, seq).plan;
  switch (deed.do) {
    case 'finish':
      finish(turn, seq, deed);
      return;
    case 'ask':
      ask(turn, seq);
      return;
    case 'progress': {
      const { status, output } = deed;
      turn.emit({ type: 'TaskProgressed', taskId, status, output, callbackAfterSeconds: 0, dueAt: 0 });
      return;
    }
    case 'iterate':
      iterate(turn, seq, deed.iteration);
      return;
    case 'forget':
      forgetIteration(turn, seq, deed.iteration);
      return;
    case 'setVariables':
      turn.emit({ type: 'VariablesSet', values: deed.values });
      return;
    case 'endWorkflow': {
      const { status, reason } = deed;
      turn.agenda.later({ do: 'end', status, reason, output: deed.output.value, taskId });
      return;
    }
    default:
      unreachable(deed);
  }
}
