import { describe, expect, it } from '@jest/globals';
import { calm, stormy } from '@partitura/log-simulated';
import { queuePartitions, Shop } from './shop.fixture.ts';

const seeds = Array.from({ length: 40 }, (_, i) => 1 + i);
const names = ['one', 'two', 'three'];

/**
 * Workers that die, freeze and are cut off, on a log that loses, repeats and delays. The decider of the fixture accepts
 * one outcome per task, as the real one does; what is left to prove is that every task gets one.
 */
describe('workers on a bad day', () => {
  it.each(seeds)('end every task, and commit nothing that is not reported (seed %i)', async (seed) => {
    const shop = new Shop({ seed, faults: stormy });
    const { world } = shop;
    const { random } = world;
    shop.createQueue();
    let attempts = 0;

    const workOn = async (name: string): Promise<void> => {
      const { clock } = world.process(name);
      const pack = async (): Promise<object> => {
        attempts++;
        await new Promise<void>((resolve) => clock.after(random.next() * 400, resolve));
        if (random.chance(0.1)) throw new Error('no cardboard');
        return { by: name };
      };
      for (;;) {
        try {
          await shop.work(name, { pack }, { concurrency: 5 });
          return;
        } catch (error) {
          // It could not even begin: whoever runs workers starts them again.
          expect(error).toMatchObject({ retryable: true });
        }
      }
    };
    for (const name of names) await workOn(name);

    for (let round = 0; round < 12; round++) {
      for (let n = 0; n < 8; n++) shop.hand({ n });
      await world.pass(random.next() * 3_000);
      const name = names[Math.floor(random.next() * names.length)] ?? '';
      const dice = random.next();
      if (dice < 0.3) {
        world.kill(name);
        await workOn(name);
      } else if (dice < 0.5) {
        world.freeze(name);
        world.after(random.next() * 30_000, () => {
          world.thaw(name);
        });
      } else if (dice < 0.65) {
        world.cut(name, 'both');
        world.after(random.next() * 30_000, () => {
          world.heal(name, 'both');
        });
      } else if (dice < 0.75) world.shuffle('shop.queue.pack');

      // What is committed was reported: nobody will look at it again.
      const reported = shop.reported();
      for (const { partition, offset } of committedRecords(shop)) {
        const taskId = shop.taskAt(partition, offset)?.record.taskId ?? '';
        expect([partition, offset, reported.has(taskId)]).toEqual([partition, offset, true]);
      }
    }

    world.setFaults(calm);
    // Everybody is back, and no request is on its way any more that could undo a later one.
    await world.pass(60_000);
    shop.hands(queuePartitions);
    const tasks = [...shop.tasks.values()];
    expect(tasks).toHaveLength(99);
    const areEnded = (): boolean => tasks.every(({ ended }) => ended !== undefined);
    await world.run(() => shop.isDrained() && areEnded(), { forMs: 600_000 });
    // Repeated now and then, but not as a rule.
    expect(attempts).toBeLessThan(2 * tasks.length);
  });
});

function* committedRecords(shop: Shop): Generator<{ partition: number; offset: number }> {
  for (const partition of [0, 1, 2]) {
    for (let offset = 0; offset < shop.committed(partition); offset++) yield { partition, offset };
  }
}
