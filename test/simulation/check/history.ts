import type { JournalEntry } from '@partitura/model';
import type { JournalLine } from './evidence.ts';
import { must } from './violation.ts';

export interface Admitted {
  readonly offset: number;
  readonly time: number;
  readonly entry: JournalEntry;
}

/**
 * The admitted entries of an intact journal. Says the admission rule in other words than the product does, so that one
 * does not inherit the other's mistakes.
 */
export function historyOf(journal: readonly JournalLine[], name: string): readonly Admitted[] {
  let owner: { readonly token: string; readonly epoch: number } | undefined;
  const history: Admitted[] = [];
  for (const { offset, time, record } of journal) {
    if (record.kind === 'claim') {
      if (owner?.token !== record.token) owner = { token: record.token, epoch: offset };
    } else if (owner?.epoch === record.epoch && record.index >= history.length) {
      must(record.index === history.length, () => `${name}: index ${record.index} where ${history.length} was due`);
      history.push({ offset, time, entry: record });
    }
  }
  return history;
}
