import { describe, expect, it } from '@jest/globals';
import type { Batch, FollowRequest, StoredRecord } from '@partitura/log';
import { CommandsReader } from './commands-reader.ts';
import type { Alarm } from './observer.ts';
import { Installation } from './spec/installation.ts';

const record = (offset: number, value = new Uint8Array(10)): StoredRecord => ({
  offset,
  timestamp: 0,
  key: null,
  value,
});
const batch = (records: readonly StoredRecord[], more: Partial<Batch> = {}): Batch => {
  const end = (records.at(-1)?.offset ?? -1) + 1;
  const base = { topic: 'commands', partition: 0, records, nextOffset: end, highWatermark: end, logStart: 0 };
  return { ...base, lastStable: end, ...more };
};

class Reading {
  readonly at = new Installation();
  readonly decided: StoredRecord[] = [];
  readonly through: number[] = [];
  readonly alarms: Alarm[] = [];
  readonly life = { alive: true };
  room: () => Promise<void> = () => Promise.resolve();
  decide: (record: StoredRecord) => void = () => undefined;
  request!: FollowRequest;
  readonly reader: CommandsReader;

  constructor(from = 0) {
    const ports = this.at.ports();
    const log = {
      ...ports.log,
      follow: (request: FollowRequest) => {
        this.request = request;
        return { close: () => undefined };
      },
    };
    const observer = { alarm: (alarm: Alarm) => void this.alarms.push(alarm) };
    this.reader = new CommandsReader({ ...ports, log, observer }, 0, from, this.life, {
      room: () => this.room(),
      begin: () => undefined,
      decide: (one) => {
        this.decide(one);
        this.decided.push(one);
      },
      decided: (through) => void this.through.push(through),
      failed: (why) => {
        throw why;
      },
    });
    this.reader.start();
  }
}

describe('reading commands', () => {
  it('goes on behind gaps, and passes over what was decided before', async () => {
    const reading = new Reading(5);
    expect([reading.request.from, reading.request.isolation]).toEqual([5, 'committed']);
    await reading.request.onBatch(batch([record(3), record(5), record(8)], { nextOffset: 12 }));
    expect(reading.decided.map(({ offset }) => offset)).toEqual([5, 8]);
    await reading.request.onBatch(batch([], { nextOffset: 15 }));
    expect(reading.through).toEqual([12, 15]);
  });

  it('leaves the event loop its turn after each stretch', async () => {
    const reading = new Reading();
    const { clock } = reading.at;
    let time = 0;
    clock.monotonic = () => time;
    reading.decide = () => (time += 2);
    const done = reading.request.onBatch(batch(Array.from({ length: 40 }, (_, i) => record(i))));
    await Promise.resolve();
    await Promise.resolve();
    expect(reading.decided.length).toBeLessThan(40);
    await clock.pass(10);
    await done;
    expect([reading.decided.length, reading.through]).toEqual([40, [16, 32, 40]]);
  });

  it('waits for room before it decides', async () => {
    const reading = new Reading();
    let make: () => void = () => undefined;
    reading.room = () => new Promise((resolve) => (make = resolve));
    const done = reading.request.onBatch(batch([record(0)]));
    await reading.at.clock.pass(10);
    expect(reading.decided).toEqual([]);
    make();
    await done;
    expect(reading.decided).toHaveLength(1);
  });

  it('stops in the middle of a batch when its owner ends', async () => {
    const reading = new Reading();
    reading.decide = ({ offset }) => {
      if (offset === 1) reading.reader.stop();
    };
    await reading.request.onBatch(batch([record(0), record(1), record(2)]));
    expect([reading.decided.length, reading.through]).toEqual([2, []]);
  });

  it('does not let a small command hold a large fetched buffer', async () => {
    const reading = new Reading();
    const fetched = new Uint8Array(100_000);
    await reading.request.onBatch(batch([record(0, fetched.subarray(10, 20))]));
    expect(reading.decided[0]?.value?.buffer.byteLength).toBeLessThan(20_000);
    expect(reading.decided[0]?.value).toHaveLength(10);
  });

  it('alarms once about a transaction that holds up everybody', async () => {
    const reading = new Reading();
    const held = batch([], { nextOffset: 7, lastStable: 7, highWatermark: 9 });
    for (let i = 0; i < 4; i++) {
      await reading.request.onBatch(held);
      await reading.at.clock.pass(15_000);
    }
    expect(reading.alarms.map(({ code }) => code)).toEqual(['OPEN_TRANSACTION']);
  });
});
