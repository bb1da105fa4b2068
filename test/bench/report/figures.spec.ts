import { describe, expect, it } from '@jest/globals';
import { changesOf } from './baseline.ts';
import { summarised } from './figures.ts';

describe('figures of several repetitions', () => {
  it('are summed up by median and range, each figure over the repetitions that have it', () => {
    const summary = summarised([{ a: 3, b: 10 }, { a: 1 }, { a: 2, b: 20 }]);
    expect([...summary]).toEqual([
      ['a', { median: 2, min: 1, max: 3 }],
      ['b', { median: 15, min: 10, max: 20 }],
    ]);
  });
});

describe('a comparison with the baseline', () => {
  const at = (median: number, spread = 0): ReadonlyMap<string, { median: number; min: number; max: number }> =>
    new Map([['CPU µs/task', { median, min: median - spread, max: median + spread }]]);

  it('flags CPU that grew beyond a tenth and beyond what the repetitions differ by', () => {
    expect(changesOf(at(100), at(120))).toEqual([{ figure: 'CPU µs/task', before: 100, now: 120, isWorse: true }]);
    expect(changesOf(at(100), at(105))[0]?.isWorse).toBe(false);
    expect(changesOf(at(100, 15), at(120, 15))[0]?.isWorse).toBe(false);
    expect(changesOf(at(100), at(80))[0]?.isWorse).toBe(false);
  });

  it('reports throughput and latency, and flags neither: they depend on who else uses the machine', () => {
    const before = new Map([['workflows/s', { median: 100, min: 100, max: 100 }]]);
    const now = new Map([['workflows/s', { median: 10, min: 10, max: 10 }]]);
    expect(changesOf(before, now)).toEqual([{ figure: 'workflows/s', before: 100, now: 10, isWorse: false }]);
  });
});
