import { describe, expect, it } from '@jest/globals';
import { Recent } from './recent.ts';

describe('what was asked for of late', () => {
  it('is there as long as it is used', () => {
    const recent = new Recent<number, string>(3);
    recent.set(0, 'kept');
    for (let i = 1; i < 100; i++) {
      recent.set(i, 'another');
      expect(recent.get(0)).toBe('kept');
    }
  });

  it('is never more than two generations', () => {
    const recent = new Recent<number, number>(3);
    for (let i = 0; i < 100; i++) recent.set(i, i);
    const left = Array.from({ length: 100 }, (_, i) => i).filter((i) => recent.get(i) !== undefined);
    expect(left).toEqual([96, 97, 98, 99]);
  });
});
