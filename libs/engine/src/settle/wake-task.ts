import { unreachable } from '@partitura/model';
import { isOpen } from '../state/task.ts';
import { taskAt } from '../state/task-table.ts';
import type { Deed, Signal } from '../task-kind.ts';
import { endTask } from './end-task.ts';
import { iterate } from './iterate.ts';
import { openStepOf } from './step.ts';
import type { Turn } from './turn.ts';

/** Tells an open attempt that something has happened, and does what its kind answers. */
export function wakeTask(turn: Turn, seq: number, signal: Signal): void {
  const task = taskAt(turn.run.tasks, seq);
  if (!isOpen(task)) return;
  const { kind } = turn.nodeOf(task);
  for (const deed of kind.wake?.(openStepOf(turn, task), signal) ?? []) perform(turn, seq, deed);
}

function perform(turn: Turn, seq: number, deed: Deed): void {
  const { taskId } = taskAt(turn.run.tasks, seq).plan;
  switch (deed.do) {
    case 'finish':
      endTask(turn, seq, deed);
      return;
    case 'progress': {
      const { status, output } = deed;
      turn.emit({ type: 'TaskProgressed', taskId, status, output, callbackAfterSeconds: 0, dueAt: 0 });
      return;
    }
    case 'iterate':
      iterate(turn, seq, deed.iteration);
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
