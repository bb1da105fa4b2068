import { describe, expect, it } from '@jest/globals';
import type { Claim, Decided, JournalRecord } from '@partitura/model';
import { aggregateId } from '@partitura/model';
import { admit, beginning } from './admission.ts';
import { JournalReader } from './journal-reader.ts';

const claim = (token: string): Claim => ({ kind: 'claim', token, owner: 'o', partitions: 2, featureLevel: 1 });
const entry = (epoch: number, index: number): Decided => ({
  kind: 'decision',
  epoch,
  index,
  effectsDone: -1,
  at: 0,
  aggregate: aggregateId('a'),
  version: 0,
  cause: { kind: 'owner' },
  outcome: { kind: 'accepted' },
  events: [],
});

function verdicts(log: readonly JournalRecord[]): string {
  const state = beginning();
  return log.map((record, offset) => admit(state, record, offset)).join(' ');
}

describe('the admission rule', () => {
  it('admits the entries of the current owner in order', () => {
    expect(verdicts([claim('a'), entry(0, 0), entry(0, 1)])).toBe('claim admit admit');
  });

  it('skips a repeated claim and the second copy of a batch', () => {
    expect(verdicts([claim('a'), claim('a'), entry(0, 0), entry(0, 1), entry(0, 0), entry(0, 1)])).toBe(
      'claim skip admit admit skip skip',
    );
  });

  it('skips what a superseded owner writes, whatever its index', () => {
    expect(verdicts([claim('a'), entry(0, 0), claim('b'), entry(0, 1), entry(0, 2), entry(2, 1)])).toBe(
      'claim admit claim skip skip admit',
    );
  });

  it('takes a late copy of an old claim for a new epoch, so that its old epoch never comes back', () => {
    expect(verdicts([claim('a'), claim('b'), claim('a'), entry(0, 0), entry(1, 0), entry(2, 0)])).toBe(
      'claim claim claim skip skip admit',
    );
  });

  it('halts on an entry of an epoch nobody claimed, and on a hole in the history', () => {
    expect(verdicts([claim('a'), entry(7, 0)])).toBe('claim halt');
    expect(verdicts([claim('a'), entry(0, 1)])).toBe('claim halt');
    expect(verdicts([entry(0, 0)])).toBe('halt');
  });

  it('halts a reader that goes on over a log which was cut and has grown again', () => {
    const state = beginning();
    [claim('a'), entry(0, 0), entry(0, 1), entry(0, 2)].forEach((record, offset) => admit(state, record, offset));
    // Cut behind its second entry; a new owner, who has read less than we have, writes where we go on.
    const grown = [claim('a'), entry(0, 0), entry(0, 1), claim('b'), claim('c'), entry(4, 2)];
    expect(grown.slice(4).map((record, i) => admit(state, record, 4 + i))).toEqual(['claim', 'halt']);
  });

  it('takes no second copy for a cut, nor what comes after going on from a stored position', () => {
    const state = { epoch: 4, token: 'a', next: 7 };
    expect([entry(4, 5), entry(4, 6), entry(4, 7), entry(4, 5)].map((record) => admit(state, record, 20))).toEqual([
      'skip',
      'skip',
      'admit',
      'skip',
    ]);
  });

  it('gives the same history to readers that began at different points', () => {
    const log = [claim('a'), entry(0, 0), claim('b'), entry(0, 1), claim('a'), entry(2, 1), entry(4, 1), entry(4, 2)];
    const whole = beginning();
    const all = log.map((record, offset) => admit(whole, record, offset));
    for (let from = 0; from <= log.length; from++) {
      const state = beginning();
      for (let offset = 0; offset < from; offset++) admit(state, log[offset]!, offset);
      const resumed = { ...state };
      expect(log.slice(from).map((record, i) => admit(resumed, record, from + i))).toEqual(all.slice(from));
    }
  });
});

describe('a journal reader', () => {
  it('keeps what it needs to go on, and counts what it skipped', () => {
    const reader = new JournalReader();
    [claim('a'), entry(0, 0), entry(0, 0)].forEach((record, offset) => reader.read(record, offset, 100 + offset));
    expect(reader.position).toEqual({ offset: 3, admission: { epoch: 0, token: 'a', next: 1 }, lastAppendTime: 102 });
    expect(reader.skipped).toBe(1);
    const resumed = new JournalReader(reader.position);
    expect(resumed.read(entry(0, 1), 3, 103)).toBe('admit');
    expect(reader.next).toBe(1);
  });
});
