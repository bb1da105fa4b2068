import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { Admission } from './admission.ts';

function admission(world: { end: number; known: number; time: number }): Admission {
  return new Admission({
    log: { offsets: () => Promise.resolve({ start: 0, end: world.end }) },
    positions: {
      get known() {
        return new Map([[0, world.known]]);
      },
    },
    clock: { now: () => world.time },
    namespace: 'test',
    partitions: 1,
    waitingMax: 2,
    lagMax: 100,
  });
}

describe('admission of new work', () => {
  it('ends while too many commands wait to be decided', () => {
    const world = { end: 0, known: 0, time: 1 };
    const door = admission(world);
    door.sent();
    door.admitStart();
    door.sent();
    expect(() => door.admitStart()).toThrow(expect.objectContaining({ status: 429, retryAfterSeconds: 2 }));
    door.settled();
    door.admitStart();
  });

  it('ends while the read model is too far behind, which is looked up once a second', async () => {
    const world = { end: 1_000, known: 0, time: 10_000 };
    const door = admission(world);
    door.admitStart();
    await setImmediate();
    expect(() => door.admitStart()).toThrow(expect.objectContaining({ status: 429 }));
    world.known = 950;
    expect(() => door.admitStart()).toThrow('too far behind');
    world.time += 1_000;
    expect(() => door.admitStart()).toThrow('too far behind');
    await setImmediate();
    door.admitStart();
  });
});
