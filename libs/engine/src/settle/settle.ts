import { Payload, unreachable } from '@partitura/model';
import { isHeld } from '../evolve/task-reported.ts';
import { Agenda, type Item } from './agenda.ts';
import { cancelOpenTasks, completeIfDone, endWorkflow } from './end-workflow.ts';
import { enterBranch, enterTask } from './enter.ts';
import { follow } from './follow.ts';
import { mend, reopen, tryAgain } from './revive.ts';
import type { Turn } from './turn.ts';
import { wakeTask } from './wake-task.ts';

/**
 * Works the agenda off: everything that can happen without the world happens within this decision, item by item, so the
 * stack does not grow with the graph. A decision that has become as large as an entry may be leaves the rest as data in
 * the state.
 */
export function settle(turn: Turn): void {
  if (isHeld(turn.run)) return;
  for (;;) {
    if (turn.agenda.isEmpty) break;
    if (turn.isFull) {
      turn.emit({ type: 'WorkPostponed', agenda: turn.agenda.toPayload() });
      turn.agenda = new Agenda();
      return;
    }
    const item = turn.agenda.take();
    if (item !== undefined) work(turn, item);
  }
  completeIfDone(turn);
  if (!turn.agenda.isEmpty) settle(turn);
}

function work(turn: Turn, item: Item): void {
  switch (item.do) {
    case 'enter':
      enterTask(turn, turn.node(item.node), item.place);
      return;
    case 'branches':
      enterBranch(turn, item);
      return;
    case 'wake':
      wakeTask(turn, item.seq, { kind: item.signal });
      return;
    case 'follow':
      follow(turn, item.seq);
      return;
    case 'end': {
      const { status, reason, taskId } = item;
      const compensated = status !== 'COMPLETED';
      endWorkflow(turn, { status, reason, output: Payload.of(item.output), failedTaskId: taskId, compensated });
      return;
    }
    case 'again':
      tryAgain(turn, item.seq);
      return;
    case 'reopen':
      reopen(turn, item.seq);
      return;
    case 'mend':
      mend(turn, item.seq);
      return;
    case 'cancel':
      cancelOpenTasks(turn);
      return;
    default:
      unreachable(item);
  }
}
