import { definitionDecider, type MaybeDefinition } from '@partitura/aggregates';
import { workflowDecider, type WorkflowState } from '@partitura/engine';
import {
  isWorkflowAggregate,
  type AggregateId,
  type DefinitionEvent,
  type EventMeta,
  type WorkflowEvent,
} from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { journalCodec } from '@partitura/wire';
import type { RecordedState } from './history-file.ts';
import { recordedDefinitionOf, recordedStateOf } from './state-view.ts';

const workflows = workflowDecider(taskKinds);
const definitions = definitionDecider(taskKinds);

/** The states of all aggregates of a piece of journal, as a restored owner would have them. */
export function foldRecords(records: readonly Uint8Array[]): readonly RecordedState[] {
  const starts = new Map<AggregateId, number>();
  const runs = new Map<AggregateId, WorkflowState>();
  const defined = new Map<AggregateId, MaybeDefinition>();
  for (const bytes of records) {
    const record = journalCodec.decode(bytes);
    if (record.kind !== 'decision') throw new Error(`a recorded history holds decisions, not a ${record.kind}`);
    const { aggregate, version, index, at, events } = record;
    const startIndex = starts.get(aggregate) ?? index;
    starts.set(aggregate, startIndex);
    const meta: EventMeta = { aggregate, startIndex, index, version, at };
    if (isWorkflowAggregate(aggregate)) {
      const before = runs.get(aggregate) ?? workflows.initial;
      const fold = (state: WorkflowState, event: WorkflowEvent): WorkflowState => workflows.evolve(state, event, meta);
      runs.set(aggregate, (events as readonly WorkflowEvent[]).reduce(fold, before));
    } else {
      const before = defined.get(aggregate) ?? definitions.initial;
      const fold = (state: MaybeDefinition, event: DefinitionEvent): MaybeDefinition =>
        definitions.evolve(state, event, meta);
      defined.set(aggregate, (events as readonly DefinitionEvent[]).reduce(fold, before));
    }
  }
  return [
    ...[...runs].map(([aggregate, state]) => recordedStateOf(workflows, aggregate, state)),
    ...[...defined].map(([aggregate, state]) => recordedDefinitionOf(aggregate, state)),
  ];
}
