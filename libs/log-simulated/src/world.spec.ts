import { describe, expect, it } from '@jest/globals';
import { SimulatedWorld, stormy } from './index.ts';

const topic = 'journal';
const at = { topic, partition: 0 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const record = (text: string) => ({ key: null, value: bytes(text) });
const text = (value: Uint8Array | null | undefined): string => new TextDecoder().decode(value ?? new Uint8Array());

function worldWith(options: { seed?: number; faults?: Partial<typeof stormy> } = {}): SimulatedWorld {
  const { seed = 1, faults } = options;
  const world = new SimulatedWorld(faults ? { seed, faults: { ...stormy, ...nothing, ...faults } } : { seed });
  world.createTopics([
    {
      topic,
      partitions: 2,
      config: { cleanup: 'delete', retentionMs: -1, timestamps: 'append', maxMessageBytes: 1000 },
    },
  ]);
  return world;
}
/** Every fault off, times as in a storm. */
const nothing = {
  slow: 0,
  refused: 0,
  lostRequest: 0,
  lostAck: 0,
  late: 0,
  doubled: 0,
  lostWithSender: 0,
  shortRead: 0,
};

const texts = (world: SimulatedWorld): readonly string[] => world.everything(at).map((stored) => text(stored.value));

describe('a calm world', () => {
  it('carries out an append and answers with its offset and time', async () => {
    const world = worldWith();
    const { log } = world.process('a');
    await expect(world.resolve(log.append(topic, 0, [record('x'), record('y')]))).resolves.toEqual({
      baseOffset: 0,
      appendTime: world.now,
    });
    await expect(world.resolve(log.append(topic, 0, [record('z')]))).resolves.toMatchObject({ baseOffset: 2 });
    expect(texts(world)).toEqual(['x', 'y', 'z']);
  });

  it('keeps the bytes that were sent, whatever becomes of the buffer', async () => {
    const world = worldWith();
    const buffer = bytes('before');
    const appended = world.process('a').log.append(topic, 0, [{ key: null, value: buffer }]);
    buffer.fill(0);
    await world.resolve(appended);
    expect(texts(world)).toEqual(['before']);
  });

  it('moves time only from one event to the next', async () => {
    const world = worldWith();
    const { clock } = world.process('a');
    const heard: number[] = [];
    clock.after(5_000, () => heard.push(clock.monotonic()));
    clock.after(1_000, () => heard.push(clock.monotonic()))();
    await world.run(() => heard.length > 0);
    expect(heard).toEqual([5_000]);
  });
});

describe('a killed process', () => {
  it('hears nothing more, while its request may still be carried out', async () => {
    const world = worldWith({ faults: {} });
    let heard = false;
    void world
      .process('a')
      .log.append(topic, 0, [record('last words')])
      .finally(() => (heard = true));
    world.kill('a');
    while (await world.step());
    expect({ heard, log: texts(world) }).toEqual({ heard: false, log: ['last words'] });
  });

  it('is another process when it comes back', async () => {
    const world = worldWith();
    const first = world.process('a');
    world.kill('a');
    const second = world.process('a');
    expect([first.isAlive(), second.isAlive()]).toEqual([false, true]);
    await expect(world.resolve(second.log.append(topic, 0, [record('again')]))).resolves.toMatchObject({
      baseOffset: 0,
    });
  });

  it('may die in the middle of a series of requests', async () => {
    const landed = new Set<number>();
    for (let seed = 1; seed < 20; seed++) {
      const world = worldWith({ seed, faults: {} });
      const { log } = world.process('a');
      world.killAtCall('a', 2);
      void (async () => {
        for (;;) await log.append(topic, 0, [record('x')]);
      })();
      while (await world.step());
      landed.add(texts(world).length);
    }
    expect([...landed].sort()).toEqual([1, 2]);
  });
});

describe('a frozen process', () => {
  it('hears at its thaw what came meanwhile, and its late requests land', async () => {
    const world = worldWith({ faults: {} });
    const zombie = world.process('zombie');
    let acked = false;
    void zombie.log.append(topic, 0, [record('late')]).then(() => (acked = true));
    world.freeze('zombie');
    await world.pass(1_000);
    expect({ acked, log: texts(world) }).toEqual({ acked: false, log: ['late'] });
    world.thaw('zombie');
    await world.run(() => acked);
  });

  it('loses its numbers to others and learns of it afterwards', async () => {
    const world = worldWith({ faults: {} });
    const owned = { zombie: new Set<number>(), heir: new Set<number>() };
    for (const name of ['zombie', 'heir'] as const) {
      const onAcquire = (number: number) => owned[name].add(number);
      const onRelease = (number: number) => owned[name].delete(number);
      await world.resolve(
        world.process(name).log.own({ group: 'g', topic, count: 2, instance: name, onAcquire, onRelease }),
      );
    }
    await world.run(() => owned.zombie.size === 1 && owned.heir.size === 1);
    world.freeze('zombie');
    await world.run(() => owned.heir.size === 2);
    expect(owned.zombie.size).toBe(1);
    world.thaw('zombie');
    await world.run(() => owned.zombie.size === 0);
    await world.run(() => owned.zombie.size === 1 && owned.heir.size === 1);
  });
});

describe('faults', () => {
  async function appendOnce(faults: Partial<typeof stormy>, seed = 3) {
    const world = worldWith({ seed, faults });
    const outcome = await world.resolve(
      world
        .process('a')
        .log.append(topic, 0, [record('x')])
        .then(
          (appended) => `acked at ${appended.baseOffset}`,
          (why: unknown) => (why as { code: string }).code,
        ),
    );
    const before = texts(world).length;
    while (await world.step());
    return { outcome, before, after: texts(world).length };
  }

  it.each([
    [
      'a refused request never happened, and its sender knows',
      { refused: 1 },
      { outcome: 'UNAVAILABLE', before: 0, after: 0 },
    ],
    [
      'a lost request never happened, and its sender does not know',
      { lostRequest: 1 },
      { outcome: 'OUTCOME_UNKNOWN', before: 0, after: 0 },
    ],
    ['a lost ack hides what happened', { lostAck: 1 }, { outcome: 'OUTCOME_UNKNOWN', before: 1, after: 1 }],
    [
      'a late request happens after its sender gave up',
      { late: 1 },
      { outcome: 'OUTCOME_UNKNOWN', before: 0, after: 1 },
    ],
  ])('%s', async (_, faults, expected) => {
    expect(await appendOnce(faults)).toEqual(expected);
  });

  it('a doubled request happens twice, and either copy may be answered', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed < 20; seed++) {
      const { outcome, after } = await appendOnce({ doubled: 1 }, seed);
      expect(after).toBe(2);
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['OUTCOME_UNKNOWN', 'acked at 0', 'acked at 1']);
  });

  it('a truncated log forgets its tail and takes new records at the same offsets', async () => {
    const world = worldWith();
    const { log } = world.process('a');
    await world.resolve(log.append(topic, 0, [record('x'), record('y')]));
    world.truncate(at, 1);
    await expect(world.resolve(log.fetch(topic, 0, 2))).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    await expect(world.resolve(log.append(topic, 0, [record('z')]))).resolves.toMatchObject({ baseOffset: 1 });
    expect(texts(world)).toEqual(['x', 'z']);
  });
});

describe('transactions of outside producers', () => {
  it('hide their records from committed readers until they end, leave gaps, and hold the last stable offset', async () => {
    const world = worldWith();
    const { log } = world.process('a');
    const aborted = world.transaction(at);
    aborted.add([record('gone')]);
    world.put(at, [record('plain')]);
    const open = await world.resolve(log.fetch(topic, 0, 0, { isolation: 'committed' }));
    expect(open).toMatchObject({ records: [], nextOffset: 0, highWatermark: 2, lastStable: 0 });
    aborted.end('aborted');
    const ended = await world.resolve(log.fetch(topic, 0, 0, { isolation: 'committed' }));
    expect(ended.records.map((stored) => [stored.offset, text(stored.value)])).toEqual([[1, 'plain']]);
    expect(ended).toMatchObject({ nextOffset: 3, highWatermark: 3, lastStable: 3 });
  });
});

describe('a run', () => {
  async function story(seed: number): Promise<string> {
    const world = new SimulatedWorld({ seed, faults: stormy });
    world.createTopics([
      {
        topic,
        partitions: 1,
        config: { cleanup: 'delete', retentionMs: -1, timestamps: 'append', maxMessageBytes: 1000 },
      },
    ]);
    const heard: string[] = [];
    for (const name of ['a', 'b']) {
      const { log, clock } = world.process(name);
      log.follow({
        ...at,
        from: 0,
        onBatch: ({ records }) => void heard.push(`${name}${records.map((r) => text(r.value)).join('')}`),
        onEnd: () => undefined,
      });
      void (async () => {
        for (let i = 0; i < 20; i++) {
          await log
            .append(topic, 0, [record(name + String(i))])
            .catch((why: unknown) => heard.push((why as { code: string }).code));
          heard.push(`${name}${clock.now()}`);
        }
      })();
    }
    while (await world.step());
    return heard.join();
  }

  it('is a function of its seed', async () => {
    expect(await story(7)).toBe(await story(7));
    expect(await story(7)).not.toBe(await story(8));
  });
});
