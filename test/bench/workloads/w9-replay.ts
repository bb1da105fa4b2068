import { workflowDecider } from '@partitura/engine';
import { isWorkflowAggregate, type AggregateId, type EventMeta, type WorkflowEvent } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { journalCodec } from '@partitura/wire';
import type { Workload } from '../bench.ts';
import { historyNames, readHistory } from '../../histories/history-file.ts';

const decider = workflowDecider(taskKinds);
const root = new URL('../../../../', import.meta.url);
const histories = historyNames(root)
  .flatMap((name) => readHistory(root, name).journals)
  .map(({ records }) => records.map((text) => Buffer.from(text, 'base64')));

/** Events decoded and folded, of every recorded history once. */
function replayAll(): number {
  let events = 0;
  for (const records of histories) {
    const runs = new Map<AggregateId, { readonly startIndex: number; state: typeof decider.initial }>();
    for (const bytes of records) {
      const record = journalCodec.decode(bytes);
      if (record.kind !== 'decision' || !isWorkflowAggregate(record.aggregate)) continue;
      const { aggregate, version, index, at } = record;
      const run = runs.get(aggregate) ?? { startIndex: index, state: decider.initial };
      const meta: EventMeta = { aggregate, startIndex: run.startIndex, index, version, at };
      for (const event of record.events as readonly WorkflowEvent[]) run.state = decider.evolve(run.state, event, meta);
      events += record.events.length;
      runs.set(aggregate, run);
    }
  }
  return events;
}

export const w9: Workload = {
  title: 'replay of recorded histories, from the journal’s bytes to states',
  inProcess: true,
  goals: () => ({ 'events/s': 1_000_000 }),
  async prepare() {
    for (let i = 0; i < 2_000; i++) replayAll();
  },
  async measure(bench) {
    const rounds = bench.count(3_000);
    const before = process.cpuUsage();
    let events = 0;
    for (let i = 0; i < rounds; i++) events += replayAll();
    const { user, system } = process.cpuUsage(before);
    return { 'events/s': (events / (user + system)) * 1e6, 'events of a history': events / rounds / histories.length };
  },
};
