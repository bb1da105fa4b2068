import { Fault } from '@partitura/model';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Cluster } from '../connect/cluster.ts';
import type { Frame } from '../connect/kafkajs.ts';
import { batchSize, writeBatch } from '../wire/record-batch.ts';
import { Writer } from '../wire/writer.ts';
import { Follower } from './follower.ts';
import { Poller } from './poller.ts';

const clientId = 'spec';

interface Poll {
  /** Positions by partition. */
  readonly wishes: Map<string, number>;
  /** `<topic>/<partition>` to records at the position that was asked for, or to an error code. */
  answer(found: Readonly<Record<string, string[] | number>>): void;
  fail(): void;
}

class FakeBroker {
  readonly polls: Poll[] = [];

  asCluster(): Cluster {
    const exchange = (_: number, __: string, frame: Frame): Promise<Buffer> =>
      new Promise((resolve, reject: (why: Fault) => void) => {
        const wishes = wishesOf(frame.bytes);
        this.polls.push({
          wishes,
          answer: (found) => {
            resolve(answerTo(wishes, found));
          },
          fail: () => {
            reject(new Fault('OUTCOME_UNKNOWN', 'gone', { retryable: true }));
          },
        });
      });
    return { exchange } as unknown as Cluster;
  }
}

function wishesOf(frame: Buffer): Map<string, number> {
  const wishes = new Map<string, number>();
  let at = 12 + 2 + clientId.length + 4 * 4 + 1 + 8;
  const int32 = (): number => frame.readInt32BE((at += 4) - 4);
  for (let topics = int32(); topics > 0; topics--) {
    const length = frame.readInt16BE(at);
    const topic = frame.toString('latin1', at + 2, (at += 2 + length));
    for (let partitions = int32(); partitions > 0; partitions--) {
      const name = `${topic}/${int32()}`;
      at += 4;
      expect(wishes.has(name)).toBe(false);
      wishes.set(name, Number(frame.readBigInt64BE(at)));
      at += 8 + 8 + 4;
    }
  }
  return wishes;
}

function answerTo(wishes: Map<string, number>, found: Readonly<Record<string, string[] | number>>): Buffer {
  const out = new Writer(100_000);
  out.int32(0);
  out.int16(0);
  out.int32(0);
  out.int32(wishes.size);
  for (const [name, from] of wishes) {
    const [topic = '', partition = ''] = name.split('/');
    const what = found[name] ?? [];
    const records = typeof what === 'number' ? [] : what.map((text) => ({ key: null, value: Buffer.from(text) }));
    out.string(topic);
    out.int32(1);
    out.int32(Number(partition));
    out.int16(typeof what === 'number' ? what : 0);
    out.int64(from + records.length);
    out.int64(from + records.length);
    out.int64(0);
    out.int32(-1);
    out.int32(-1);
    out.int32(records.length === 0 ? 0 : batchSize(records));
    const start = out.at;
    if (records.length > 0) {
      writeBatch(out, records, 0);
      out.bytes.writeBigInt64BE(BigInt(from), start);
    }
  }
  return out.bytes.subarray(0, out.at);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('long polls to a broker', () => {
  let broker: FakeBroker;
  let poller: Poller;
  let moved: string[];
  let carried: number[];
  beforeEach(() => {
    broker = new FakeBroker();
    moved = [];
    carried = [];
    poller = pollerOf(0);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function pollerOf(patienceMs: number): Poller {
    return new Poller(broker.asCluster(), { node: 1, isolation: 'uncommitted', patienceMs }, clientId, {
      onMoved: (follower) => moved.push(follower.name),
      onCarried: (_, records) => carried.push(records),
      notify: () => undefined,
    });
  }

  function follow(
    name: string,
    from = 0,
    onBatch: (texts: string[]) => Promise<void> | void = () => undefined,
  ): Follower {
    const [topic = '', partition = ''] = name.split('/');
    const follower = new Follower(
      {
        topic,
        partition: Number(partition),
        from,
        onBatch: (batch) => onBatch(batch.records.map((record) => Buffer.from(record.value!).toString())),
        onEnd: () => undefined,
      },
      1_000,
      {
        onRoom: () => {
          poller.schedule();
        },
        onOver: () => undefined,
        notify: () => undefined,
      },
    );
    poller.add(follower);
    return follower;
  }
  const asked = (): Record<string, number>[] => broker.polls.map((poll) => Object.fromEntries(poll.wishes));

  it('carry all partitions that are followed, and go on from where they were', async () => {
    follow('t/0');
    follow('t/1', 5);
    follow('u/0');
    await turn();
    expect(asked()).toEqual([{ 't/0': 0, 't/1': 5, 'u/0': 0 }]);
    broker.polls[0]!.answer({ 't/1': ['a', 'b'] });
    await turn();
    expect(asked()[1]).toEqual({ 't/0': 0, 't/1': 7, 'u/0': 0 });
    expect(carried).toEqual([2]);
  });

  it('take a newcomer along at once, beside the poll that is under way', async () => {
    follow('t/0');
    await turn();
    follow('t/1');
    await turn();
    expect(asked()).toEqual([{ 't/0': 0 }, { 't/1': 0 }]);
    broker.polls[0]!.answer({});
    broker.polls[1]!.answer({});
    await turn();
    expect(broker.polls).toHaveLength(4);
  });

  it('read ahead of a handler up to a limit, then leave its partition out until there is room', async () => {
    const large = 'x'.repeat(1_100_000);
    let release: () => void = () => undefined;
    const handed: number[] = [];
    const slow = (texts: string[]): Promise<void> => {
      handed.push(texts.length);
      return new Promise((resolve) => (release = resolve));
    };
    const follower = follow('t/0', 0, slow);
    await turn();
    broker.polls[0]!.answer({ 't/0': ['a'] });
    await turn();
    expect(asked()[1]).toEqual({ 't/0': 1 });
    broker.polls[1]!.answer({ 't/0': ['b'] });
    await turn();
    expect(handed).toEqual([1]);

    follower.take(
      { topic: 't', partition: 0, records: [], nextOffset: 9, highWatermark: 9, logStart: 0, lastStable: 9 },
      large.length,
    );
    broker.polls[2]!.answer({});
    await turn();
    expect(broker.polls).toHaveLength(3);
    release();
    await turn();
    expect(asked()[3]).toEqual({ 't/0': 9 });
    expect(handed).toEqual([1, 1]);
  });

  it('leave not sooner than patience says, and carry all that came back meanwhile', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    poller = pollerOf(20);
    follow('t/0');
    await turn();
    follow('t/1');
    jest.advanceTimersByTime(20);
    await turn();
    expect(asked()).toEqual([{ 't/0': 0 }, { 't/1': 0 }]);
    jest.advanceTimersByTime(5);
    broker.polls[0]!.answer({ 't/0': ['a'] });
    await turn();
    jest.advanceTimersByTime(5);
    broker.polls[1]!.answer({ 't/1': ['b'] });
    await turn();
    jest.advanceTimersByTime(9);
    await turn();
    expect(broker.polls).toHaveLength(2);
    jest.advanceTimersByTime(1);
    await turn();
    expect(asked()[2]).toEqual({ 't/0': 1, 't/1': 1 });
    // After a rest longer than that nobody waits.
    jest.advanceTimersByTime(100);
    broker.polls[2]!.answer({ 't/0': ['c'] });
    await turn();
    expect(asked()[3]).toEqual({ 't/0': 2, 't/1': 1 });
  });

  it('fetch once for two followers at the same position, and apart for others', async () => {
    const seen: string[] = [];
    follow('t/0', 0, (texts) => void seen.push(`one ${texts.join('')}`));
    follow('t/0', 0, (texts) => void seen.push(`two ${texts.join('')}`));
    follow('t/0', 7);
    await turn();
    expect(asked()).toEqual([{ 't/0': 0 }, { 't/0': 7 }]);
    broker.polls[0]!.answer({ 't/0': ['a'] });
    await turn();
    expect(seen.sort()).toEqual(['one a', 'two a']);
  });

  it('hand back what moved, and end what cannot be read', async () => {
    follow('t/0');
    follow('t/1');
    const ended = follow('t/2');
    await turn();
    broker.polls[0]!.answer({ 't/0': 6, 't/2': 1 });
    await turn();
    expect(moved).toEqual(['t/0']);
    expect(ended.isOver).toBe(true);
    expect(asked()[1]).toEqual({ 't/1': 0 });
    broker.polls[1]!.fail();
    await turn();
    expect(moved).toEqual(['t/0', 't/1']);
    expect(broker.polls).toHaveLength(2);
  });

  it('forget a partition whose following was closed', async () => {
    const closed = follow('t/0', 0, () => {
      throw new Error('must not be called');
    });
    follow('t/1');
    await turn();
    closed.close();
    broker.polls[0]!.answer({ 't/0': ['a'] });
    await turn();
    expect(asked()[1]).toEqual({ 't/1': 0 });
  });
});
