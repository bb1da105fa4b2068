import type { Turn } from '../settle/turn.ts';
import type { Run } from '../state/workflow-state.ts';

/** Whether the parent has not said as much before. What waits behind postponed work may be overtaken by what does not. */
export function isNews({ start }: Run, request: number | undefined): boolean {
  return request !== undefined && request > (start.parent?.request ?? 1);
}

/** Nothing changes but that the next end of this run answers this request. */
export function hear(turn: Turn, request: number | undefined): void {
  if (request !== undefined) turn.emit({ type: 'ParentHeard', request });
}
