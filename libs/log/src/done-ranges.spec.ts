import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DoneRanges } from './done-ranges.ts';

describe('the done records of a queue partition', () => {
  it('move the committed offset when the gap before them closes', () => {
    const done = new DoneRanges(10);
    done.add(12);
    done.add(11);
    expect([done.committed, done.above, done.metadata(100)]).toEqual([10, 2, '1+2']);
    done.add(10);
    expect([done.committed, done.above, done.metadata(100)]).toEqual([13, 0, '']);
  });

  it('survive in the metadata, lowest first, as far as it goes', () => {
    const done = new DoneRanges(0);
    for (let offset = 1; offset < 4_000; offset += 2) done.add(offset);
    const metadata = done.metadata(3_500);
    expect(metadata.length).toBeLessThanOrEqual(3_500);
    const again = new DoneRanges(0, metadata);
    expect(again.has(1)).toBe(true);
    expect(again.has(2)).toBe(false);
    expect(again.has(3_999)).toBe(false);
    expect(again.above).toBeGreaterThan(500);
  });

  it('ignore metadata that somebody else wrote', () => {
    for (const foreign of ['hello', '1+', '+1', '0+5', '1+1,,x', '{"a":1}'])
      expect(new DoneRanges(5, foreign).above).toBe(0);
  });

  it('are the same set whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 5 })), { maxLength: 40 }), (ranges) => {
        const done = new DoneRanges(3);
        const expected = new Set([0, 1, 2]);
        for (const [from, length] of ranges) {
          done.add(from, from + length);
          for (let i = from; i < from + length; i++) expected.add(i);
        }
        let committed = 0;
        while (expected.has(committed)) committed++;
        expect(done.committed).toBe(committed);
        for (let i = 0; i < 70; i++) expect(done.has(i)).toBe(expected.has(i));
        expect(done.above).toBe([...expected].filter((offset) => offset >= committed).length);
        const again = new DoneRanges(done.committed, done.metadata(10_000));
        for (let i = 0; i < 70; i++) expect(again.has(i)).toBe(expected.has(i));
      }),
    );
  });
});
