import { describe, expect, it } from '@jest/globals';
import { DeadlineHorizon } from './deadline-horizon.ts';

describe('the horizon of deadlines', () => {
  it('moves to a look-up once the reader has passed the end that was seen then', () => {
    const horizon = new DeadlineHorizon();
    horizon.lookedUp(1_000, 50, 40);
    expect([horizon.through, horizon.covers(1_000), horizon.covers(1_001)]).toEqual([-Infinity, true, false]);
    expect(horizon.read(49)).toBe(false);
    expect(horizon.read(50)).toBe(true);
    expect(horizon.through).toBe(1_000);
  });

  it('is not held back by later look-ups at a topic that grows as fast as it is read', () => {
    const horizon = new DeadlineHorizon();
    for (let i = 0; i < 10; i++) horizon.lookedUp(1_000 + i, 100 + 100 * i, 0);
    horizon.read(350);
    expect(horizon.through).toBe(1_002);
  });

  it('moves at once when everything has been read already', () => {
    const horizon = new DeadlineHorizon();
    horizon.lookedUp(1_000, 50, 50);
    expect(horizon.through).toBe(1_000);
  });
});
