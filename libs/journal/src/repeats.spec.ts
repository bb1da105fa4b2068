import { describe, expect, it } from '@jest/globals';
import { firstAnswer, hashOf, noRepeats, remember, type Repeats } from './repeats.ts';

const one = (hash: string) => ({ hash, outcome: { kind: 'accepted' } as const });

describe('the memory of outside commands', () => {
  it('keeps the latest few, and the start for ever', () => {
    let repeats: Repeats = { ...noRepeats, start: one('start') };
    for (let i = 0; i < 20; i++) repeats = remember(repeats, one(`c${i}`), 16);
    expect(repeats.latest).toHaveLength(16);
    expect(firstAnswer(repeats, 'start')).toEqual({ kind: 'accepted' });
    expect([firstAnswer(repeats, 'c3'), firstAnswer(repeats, 'c4')]).toEqual([undefined, { kind: 'accepted' }]);
  });

  it('tells command ids apart', () => {
    const hashes = new Set(Array.from({ length: 50_000 }, (_, i) => hashOf(`command-${i}`)));
    expect(hashes.size).toBe(50_000);
    expect(hashOf('')).not.toBe(hashOf('\\0'));
  });
});
