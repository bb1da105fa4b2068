import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assign, type Candidate, type Held } from './assign.ts';

const numbers = (...ns: number[]): Held[] => ns.map((partition) => ({ topic: 't', partition }));
const member = (id: string, holds: Held[] = [], generation = 1): Candidate => ({
  id,
  topics: ['t'],
  holds,
  generation,
});
const share = (count: number, ...members: Candidate[]): Record<string, number[]> =>
  Object.fromEntries(
    [...assign(members, new Map([['t', count]]))].map(([id, held]) => [
      id,
      held.map((h) => h.partition).sort((a, b) => a - b),
    ]),
  );

describe('the share of each member', () => {
  it('is everything for the only one', () => {
    expect(share(4, member('a'))).toEqual({ a: [0, 1, 2, 3] });
  });

  it('is even for new ones, and the same whoever computes it', () => {
    expect(share(5, member('a'), member('b'))).toEqual({ a: [0, 2, 4], b: [1, 3] });
    expect(share(5, member('b'), member('a'))).toEqual({ a: [0, 2, 4], b: [1, 3] });
  });

  it('keeps what is held, and a newcomer gets no more than its part', () => {
    const shares = share(8, member('a', numbers(0, 1, 2, 3, 4, 5, 6, 7)), member('b'));
    expect(shares['a']).toEqual([0, 1, 2, 3]);
    expect(shares['b']).toEqual([4, 5, 6, 7]);
  });

  it('goes back to the one that stays', () => {
    expect(share(8, member('a', numbers(0, 1, 2, 3)))).toEqual({ a: [0, 1, 2, 3, 4, 5, 6, 7] });
  });

  it('believes the later generation when two claim the same', () => {
    const zombie = member('a', numbers(0, 1), 3);
    const owner = member('b', numbers(0, 1), 7);
    expect(share(4, zombie, owner)).toEqual({ a: [2, 3], b: [0, 1] });
  });

  it('ignores claims to what does not exist or is not subscribed', () => {
    expect(share(2, member('a', [...numbers(5, -1), { topic: 'other', partition: 0 }]))).toEqual({ a: [0, 1] });
  });

  it('respects subscriptions', () => {
    const both: Candidate = { id: 'a', topics: ['t', 'u'], holds: [], generation: -1 };
    const one: Candidate = { id: 'b', topics: ['u'], holds: [], generation: -1 };
    const counts = new Map([
      ['t', 2],
      ['u', 2],
    ]);
    const shares = assign([both, one], counts);
    expect(shares.get('b')).toEqual([
      { topic: 'u', partition: 0 },
      { topic: 'u', partition: 1 },
    ]);
    expect(shares.get('a')?.map((h) => h.topic)).toEqual(['t', 't']);
  });

  it('is always complete, even and moves no more than it must', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 40 }), { minLength: 1, maxLength: 9 }),
        (count, claims) => {
          const members = claims.map((held, i) => member(`m${i}`, numbers(...held), i));
          const shares = assign(members, new Map([['t', count]]));
          const all = [...shares.values()].flatMap((held) => held.map((h) => h.partition)).sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: count }, (_, i) => i));
          const sizes = [...shares.values()].map((held) => held.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);

          // Nobody below the larger share gives anything away.
          const taken = new Set<number>();
          for (const { id, holds } of [...members].sort((a, b) => b.generation - a.generation)) {
            const valid = new Set(holds.map((h) => h.partition).filter((p) => p < count && !taken.has(p)));
            for (const p of valid) taken.add(p);
            const kept = shares.get(id)?.filter((h) => valid.has(h.partition)).length ?? 0;
            expect(kept).toBeGreaterThanOrEqual(Math.min(valid.size, Math.floor(count / members.length)));
          }
        },
      ),
    );
  });
});
