import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assign, type Candidate } from './assignment.ts';

const everything = (name: string): Candidate => ({ name, accepts: () => true });
const loads = (given: ReadonlyMap<string, string>, names: readonly string[]): number[] =>
  names.map((name) => [...given.values()].filter((holder) => holder === name).length);

const group = fc.record({
  items: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 20 }),
  names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
  before: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
});

describe('the assignment of items to members', () => {
  it('gives every item to one member, and no member two more than another', () => {
    fc.assert(
      fc.property(group, ({ items, names }) => {
        const given = assign(items, names.map(everything), new Map());
        expect([...given.keys()].sort()).toEqual([...items].sort());
        const counts = loads(given, names);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves no more items than the balance needs', () => {
    fc.assert(
      fc.property(group, ({ items, names, before }) => {
        const held = assign(items, before.map(everything), new Map());
        const given = assign(items, names.map(everything), held);
        const kept = items.filter((item) => given.get(item) === held.get(item)).length;
        // Who stays keeps what fits into a fair share, where some shares are one larger.
        const staying = names.filter((name) => before.includes(name));
        const small = Math.floor(items.length / names.length);
        const larger = items.length % names.length;
        const above = loads(held, staying).filter((load) => load > small).length;
        const least =
          loads(held, staying).reduce((sum, load) => sum + Math.min(load, small), 0) + Math.min(above, larger);
        expect(kept).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  it('changes nothing when nothing changed', () => {
    fc.assert(
      fc.property(group, ({ items, names }) => {
        const given = assign(items, names.map(everything), new Map());
        expect(assign(items, names.map(everything), given)).toEqual(given);
      }),
    );
  });

  it('gives an item only to those who accept it', () => {
    const members: Candidate[] = [
      { name: 'mail', accepts: (item) => item.startsWith('mail') },
      { name: 'all', accepts: () => true },
    ];
    const given = assign(['mail/0', 'mail/1', 'pay/0', 'pay/1'], members, new Map([['pay/0', 'mail']]));
    expect(Object.fromEntries(given)).toEqual({ 'mail/0': 'mail', 'mail/1': 'mail', 'pay/0': 'all', 'pay/1': 'all' });
  });

  it('leaves out what nobody accepts', () => {
    expect(assign(['a'], [{ name: 'none', accepts: () => false }], new Map()).size).toBe(0);
  });
});
