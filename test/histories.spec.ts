import { describe, expect, it } from '@jest/globals';
import type { DomainEvent } from '@partitura/model';
import { journalCodec } from '@partitura/wire';
import { foldRecords } from './histories/fold.ts';
import { historyNames, readHistory, type RecordedJournal } from './histories/history-file.ts';

const root = new URL('../', import.meta.url);

const recordsOf = ({ records }: RecordedJournal): readonly Uint8Array[] =>
  records.map((text) => Buffer.from(text, 'base64'));

describe.each(historyNames(root))('the histories that were recorded in %s', (name) => {
  it.each(readHistory(root, name).journals.map((journal) => [journal.note, journal] as const))(
    'fold to the states that they had then: %s',
    (_note, journal) => {
      expect(foldRecords(recordsOf(journal))).toEqual(journal.states);
    },
  );
});

/** Every event that may lie in a journal: whoever adds one to the model has to name it here, and to record it. */
const known: Readonly<Record<DomainEvent['type'], true>> = {
  WorkflowStarted: true,
  WorkflowStartRefused: true,
  WorkflowPaused: true,
  WorkflowResumed: true,
  WorkflowRetried: true,
  WorkflowRestarted: true,
  WorkflowRerun: true,
  RevivalRefused: true,
  ParentHeard: true,
  WorkflowEnded: true,
  WorkflowRemoved: true,
  WorkflowQuarantined: true,
  VariablesSet: true,
  TaskScheduled: true,
  TaskDispatched: true,
  TaskPolled: true,
  TaskProgressed: true,
  TaskLeaseExtended: true,
  TaskEnded: true,
  TaskReopened: true,
  TaskRerun: true,
  TasksRemoved: true,
  TaskLogsAdded: true,
  WorkPostponed: true,
  WorkContinued: true,
  DefinitionPut: true,
  DefinitionDeleted: true,
};

describe('the recorded histories', () => {
  it('together hold every event there is', () => {
    const met = new Set(
      historyNames(root)
        .flatMap((name) => readHistory(root, name).journals)
        .flatMap(recordsOf)
        .flatMap((bytes) => {
          const record = journalCodec.decode(bytes);
          return record.kind === 'decision' ? record.events.map(({ type }) => type) : [];
        }),
    );
    // `node test/dist/histories/record.js` records what is missing.
    expect([...met].sort()).toEqual(Object.keys(known).sort());
  });
});
