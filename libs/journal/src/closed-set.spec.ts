import { describe, expect, it } from '@jest/globals';
import { aggregateId } from '@partitura/model';
import { ClosedSet, type Closing } from './closed-set.ts';
import { noRepeats } from './repeats.ts';

const closing = (id: string, index: number, at = index): Closing => ({
  id: aggregateId(id),
  startIndex: 0,
  version: 1,
  index,
  at,
  tag: '',
  repeats: noRepeats,
});
const ids = (set: ClosedSet): string[] => set.all().map(({ id }) => id);

describe('the closed set', () => {
  it('evicts by count; the floor is behind the newest closing that it has forgotten', () => {
    const set = new ClosedSet(Infinity, 2);
    ['a', 'b', 'c', 'd'].forEach((id, i) => set.add(closing(id, 10 * i)));
    expect([ids(set), set.floor]).toEqual([['c', 'd'], 11]);
  });

  it('evicts by the time of entries, whichever entry brings the news', () => {
    const set = new ClosedSet(100, 10);
    set.add(closing('a', 1, 1_000));
    set.add(closing('b', 2, 1_050));
    const gone: string[] = [];
    set.passTime(1_099);
    expect(ids(set)).toEqual(['a', 'b']);
    set.passTime(1_100, (id) => gone.push(id));
    expect([ids(set), set.floor, gone]).toEqual([['b'], 2, ['a']]);
  });

  it('takes the newest closing of an id, and none of an id that lives again', () => {
    const set = new ClosedSet(Infinity, 2);
    set.add(closing('a', 1));
    set.add(closing('b', 2));
    set.add(closing('a', 3));
    set.delete(aggregateId('b'));
    set.add(closing('c', 4));
    expect([ids(set), set.floor, set.get(aggregateId('a'))?.index]).toEqual([['a', 'c'], 0, 3]);
  });

  it('never takes the floor back when closings were forgotten out of order', () => {
    const set = new ClosedSet(Infinity, 1, 50);
    set.add(closing('a', 10));
    set.add(closing('b', 60));
    expect(set.floor).toBe(50);
  });
});
