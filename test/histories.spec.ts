import { describe, expect, it } from '@jest/globals';
import { foldRecords } from './histories/fold.ts';
import { historyNames, readHistory } from './histories/history-file.ts';

const root = new URL('../', import.meta.url);

describe.each(historyNames(root))('the histories that were recorded in %s', (name) => {
  it.each(readHistory(root, name).journals.map((journal) => [journal.note, journal] as const))(
    'fold to the states that they had then: %s',
    (_note, { records, states }) => {
      expect(foldRecords(records.map((text) => Buffer.from(text, 'base64')))).toEqual(states);
    },
  );
});
