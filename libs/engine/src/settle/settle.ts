import { Payload, unreachable } from '@partitura/model';
import { isHeld } from '../evolve/task-reported.ts';
import { tooLargeForWorkflow, workflowBytesMax } from '../limits.ts';
import { Agenda, type Item } from './agenda.ts';
import { cancelOpenTasks, complete, endAsTold, failWorkflow, isDone } from './end-workflow.ts';
import { enterBranch, enterGenerated, enterTask } from './enter.ts';
import { follow } from './follow.ts';
import { iterated } from './iterated.ts';
import { jump } from './jump.ts';
import { recall } from './recall.ts';
import { goOn, mend, reopen, rerun, tryAgain } from './revive.ts';
import type { Turn } from './turn.ts';
import { wakeTask } from './wake-task.ts';

/**
 * Works the agenda off: everything that can happen without the world happens within this decision, item by item, so the
 * stack does not grow with the graph. A decision that has become as large as an entry may be leaves the rest as data in
 * the state.
 */
export function settle(turn: Turn): void {
  if (isHeld(turn.run)) return;
  if (turn.isHeavy && turn.agenda.hasItems()) {
    postpone(turn);
    return;
  }
  do {
    for (let item = turn.agenda.take(); item !== undefined; item = turn.agenda.take()) {
      turn.step();
      work(turn, item);
      refuseTooMuchData(turn);
      if (turn.isFull && turn.agenda.hasItems()) {
        postpone(turn);
        return;
      }
    }
    if (!isDone(turn)) return;
    // The end repeats the last output, for which there may be no room any more.
    if (turn.isFull) {
      postpone(turn);
      return;
    }
    complete(turn);
  } while (turn.agenda.hasItems());
}

function postpone(turn: Turn): void {
  turn.emit({ type: 'WorkPostponed', agenda: turn.agenda.toPayload() });
  turn.agenda = new Agenda();
}

function refuseTooMuchData(turn: Turn): void {
  const { run } = turn;
  if (run.dataBytes <= workflowBytesMax || run.phase !== 'running') return;
  failWorkflow(turn, tooLargeForWorkflow(run.dataBytes, run.id));
}

function work(turn: Turn, item: Item): void {
  switch (item.do) {
    case 'enter':
      enterTask(turn, turn.node(item.node, item.embedded), item.place);
      return;
    case 'branches':
      enterBranch(turn, item);
      return;
    case 'generate':
      enterGenerated(turn, item);
      return;
    case 'iterated':
      iterated(turn, item);
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
      endAsTold(turn, { status, reason, output: Payload.of(item.output), failedTaskId: taskId, compensated });
      return;
    }
    case 'again':
      tryAgain(turn, item.seq);
      return;
    case 'reopen':
      reopen(turn, item.seq);
      return;
    case 'rerun':
      rerun(turn, item.seq);
      return;
    case 'mend':
      mend(turn, item.seq);
      return;
    case 'goOn':
      goOn(turn, item.seq);
      return;
    case 'each': {
      const todo = item.list.take();
      if (todo === undefined) return;
      if (!item.list.isEmpty) turn.agenda.next(item);
      turn.agenda.next(todo);
      return;
    }
    case 'jump':
      jump(turn, item);
      return;
    case 'recall':
      recall(turn, item.from);
      return;
    case 'cancel':
      cancelOpenTasks(turn, item.from);
      return;
    default:
      unreachable(item);
  }
}
