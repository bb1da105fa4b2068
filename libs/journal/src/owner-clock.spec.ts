import { describe, expect, it } from '@jest/globals';
import { OwnerClock, plausible } from './owner-clock.ts';
import { ManualClock } from './spec/manual-clock.ts';

describe("the owner's clock", () => {
  it('runs with the monotonic clock from the wall time of the claim on', async () => {
    const time = new ManualClock(5_000);
    const clock = new OwnerClock(time);
    await time.pass(1_000);
    expect(clock.now()).toBe(6_000);
  });

  it('follows a jump of the wall clock by a tenth of the time that passes, in both directions', async () => {
    for (const [jump, after] of [
      [60_000, 11_000],
      [-60_000, 9_000],
    ] as const) {
      const time = new ManualClock(0);
      const clock = new OwnerClock(time);
      time.jumpWall(jump);
      await time.pass(10_000);
      expect(clock.now()).toBe(after);
    }
  });

  it('agrees with wall time again in the end', async () => {
    const time = new ManualClock(0);
    const clock = new OwnerClock(time);
    time.jumpWall(500);
    for (let i = 0; i < 100; i++) {
      await time.pass(100);
      clock.now();
    }
    expect(clock.now()).toBe(time.now());
  });
});

describe('an append time', () => {
  const sent = { wall: 10_000, owner: 10_100 };
  const acked = { wall: 10_500, owner: 10_600 };
  it('is plausible within the tolerance of both clocks around the append', () => {
    expect([8_100, 10_000, 12_500].map((time) => plausible(sent, acked, time, 2_000))).toEqual([true, true, true]);
    expect([8_099, 12_501].map((time) => plausible(sent, acked, time, 2_000))).toEqual([false, false]);
  });
});
