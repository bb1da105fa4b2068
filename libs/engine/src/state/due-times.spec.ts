import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDue, earliestDue, noDueTimes, removeDue, type DueTimes } from './due-times.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 45 }), fc.nat(50)), { maxLength: 60 });

function drain(tree: DueTimes | undefined): [number, number][] {
  const drained: [number, number][] = [];
  let rest = tree;
  for (let next = earliestDue(rest); next !== undefined; next = earliestDue(rest)) {
    drained.push([next.time, next.seq]);
    rest = removeDue(rest, next.time, next.seq);
  }
  return drained;
}

function depth(tree: DueTimes | undefined): number {
  return tree === undefined ? 0 : 1 + Math.max(depth(tree.left), depth(tree.right));
}

describe('due times', () => {
  it('come out by time, then seq, each once', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const tree = all.reduce<DueTimes | undefined>((t, [time, seq]) => addDue(t, time, seq), noDueTimes);
        const expected = [...new Map(all.map((pair) => [pair.join(), pair])).values()].sort(
          (a, b) => a[0] - b[0] || a[1] - b[1],
        );
        expect(drain(tree)).toEqual(expected);
      }),
    );
  });

  it('have a shape that depends on the contents alone', () => {
    fc.assert(
      fc.property(pairs, pairs, (kept, passing) => {
        const add = (tree: DueTimes | undefined, list: typeof kept) =>
          list.reduce<DueTimes | undefined>((t, [time, seq]) => addDue(t, time, seq), tree);
        const gone = passing.filter(([time, seq]) => !kept.some(([t, s]) => t === time && s === seq));
        const detour = gone.reduce((t, [time, seq]) => removeDue(t, time, seq), add(add(noDueTimes, gone), kept));
        expect(detour).toEqual(add(noDueTimes, kept.toReversed()));
      }),
    );
  });

  it('leave older versions as they are', () => {
    const before = addDue(addDue(noDueTimes, 5, 1), 3, 2);
    removeDue(before, 3, 2);
    addDue(before, 1, 1);
    expect(drain(before)).toEqual([
      [3, 2],
      [5, 1],
    ]);
  });

  it('stay shallow, also when they come in order', () => {
    let tree: DueTimes | undefined;
    for (let i = 0; i < 20_000; i++) tree = addDue(tree, 1_700_000_000_000 + i * 1000, i);
    expect(depth(tree)).toBeLessThan(60);
  });
});
