import { draftOf, isOpen } from '../state/task.ts';
import { isRefDecided, joinersOf, taskAt, type TaskTable } from '../state/task-table.ts';

/**
 * Every open JOIN counts its references that are not decided. An event that decides a reference, or opens one again,
 * changes the counts of the JOINs that name it; those alone are looked at.
 */
export function recountJoins(before: TaskTable, after: TaskTable, referenceName: string): TaskTable {
  const joiners = joinersOf(after, referenceName);
  if (joiners.length === 0) return after;
  const isDecided = isRefDecided(after, referenceName);
  if (isDecided === isRefDecided(before, referenceName)) return after;
  let { bySeq } = after;
  for (const seq of joiners) {
    const join = taskAt(after, seq);
    if (!isOpen(join)) continue;
    const recounted = draftOf(join);
    recounted.joinOpen += isDecided ? -1 : 1;
    bySeq = bySeq.set(seq - 1, recounted);
  }
  return { ...after, bySeq };
}
