import { workflowDecider, type WorkflowDecider, type WorkflowState } from '@partitura/engine';
import type { AggregateId, EventMeta, WorkflowEvent } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { journalCodec } from '@partitura/wire';
import type { RecordedState } from './history-file.ts';
import { recordedStateOf } from './state-view.ts';

interface Folded {
  readonly startIndex: number;
  readonly state: WorkflowState;
}

/** The states of all aggregates of a piece of journal, as a restored owner would have them. */
export function foldRecords(records: readonly Uint8Array[]): readonly RecordedState[] {
  const decider: WorkflowDecider = workflowDecider(taskKinds);
  const states = new Map<AggregateId, Folded>();
  for (const bytes of records) {
    const record = journalCodec.decode(bytes);
    if (record.kind !== 'decision') throw new Error(`a recorded history holds decisions, not a ${record.kind}`);
    const { aggregate, version, index, at, events } = record;
    const before = states.get(aggregate) ?? { startIndex: index, state: decider.initial };
    const meta: EventMeta = { aggregate, startIndex: before.startIndex, index, version, at };
    const state = (events as readonly WorkflowEvent[]).reduce(
      (s, event) => decider.evolve(s, event, meta),
      before.state,
    );
    states.set(aggregate, { startIndex: before.startIndex, state });
  }
  return [...states].map(([aggregate, { state }]) => recordedStateOf(decider, aggregate, state));
}
