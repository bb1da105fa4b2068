import { describe, expect, it } from '@jest/globals';
import { Bulkhead } from './bulkhead.ts';

describe('a bulkhead', () => {
  it('runs so many at a time, lets so many wait, and sends the rest away with the time to come back', async () => {
    const bulkhead = new Bulkhead('searches', { atOnce: 2, waiting: 1 });
    const ends: (() => void)[] = [];
    const work = (): Promise<string> => new Promise((resolve) => ends.push(() => resolve('found')));
    const all = [1, 2, 3, 4].map(() => bulkhead.run(work));
    await expect(all[3]).rejects.toMatchObject({ status: 429, retryAfterSeconds: 1 });
    expect(ends).toHaveLength(2);
    ends[0]?.();
    await all[0];
    await Promise.resolve();
    expect(ends).toHaveLength(3);
    for (const end of ends) end();
    expect(await Promise.all(all.slice(0, 3))).toEqual(['found', 'found', 'found']);
  });

  it('frees its place when the work fails', async () => {
    const bulkhead = new Bulkhead('searches', { atOnce: 1, waiting: 0 });
    await expect(bulkhead.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await bulkhead.run(() => Promise.resolve(1))).toBe(1);
  });
});
