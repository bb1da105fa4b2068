import { Fault } from '@partitura/model';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../connect/cluster.ts';
import type { Frame } from '../connect/kafkajs.ts';
import { decodeStored } from '../wire/stored-records.ts';
import { ProduceQueue } from './produce-queue.ts';

/** A request as the broker sees it: texts by partition, in batches. */
interface Request {
  readonly lane: string;
  readonly batches: Map<string, string[]>;
  answer(codes?: Readonly<Record<string, number>>): void;
  fail(fault: Fault): void;
}

const clientId = 'spec';

/** Takes requests apart and answers when told to. */
class FakeBroker {
  readonly requests: Request[] = [];
  readonly forgotten: string[] = [];

  asCluster(): Cluster {
    const fake = {
      exchange: (_: number, lane: string, frame: Frame): Promise<Buffer> =>
        new Promise((resolve, reject: (why: Fault) => void) => {
          const batches = batchesOf(frame.bytes);
          this.requests.push({
            lane,
            batches,
            answer: (codes = {}) => {
              resolve(answerTo(batches, codes));
            },
            fail: reject,
          });
        }),
      forget: (topic: string) => this.forgotten.push(topic),
    };
    return fake as unknown as Cluster;
  }
}

function batchesOf(frame: Buffer): Map<string, string[]> {
  const batches = new Map<string, string[]>();
  let at = 12 + 2 + clientId.length + 2 + 2 + 4;
  const int32 = (): number => frame.readInt32BE((at += 4) - 4);
  for (let topics = int32(); topics > 0; topics--) {
    const length = frame.readInt16BE(at);
    const topic = frame.toString('latin1', at + 2, (at += 2 + length));
    for (let partitions = int32(); partitions > 0; partitions--) {
      const name = `${topic}/${int32()}`;
      const size = int32();
      const { records } = decodeStored(frame.subarray(at, (at += size)), 0, undefined, name);
      batches.set(
        name,
        records.map((record) => Buffer.from(record.value!).toString()),
      );
    }
  }
  expect(at).toBe(frame.length);
  return batches;
}

function answerTo(batches: Map<string, string[]>, codes: Readonly<Record<string, number>>): Buffer {
  const parts = [...batches.keys()].map((name) => {
    const [topic = '', partition = ''] = name.split('/');
    const bytes = Buffer.alloc(2 + topic.length + 4 + 4 + 2 + 8 + 8 + 8, 0);
    bytes.writeInt16BE(topic.length);
    bytes.write(topic, 2);
    bytes.writeInt32BE(1, 2 + topic.length);
    bytes.writeInt32BE(Number(partition), 6 + topic.length);
    bytes.writeInt16BE(codes[name] ?? 0, 10 + topic.length);
    bytes.writeBigInt64BE(42n, 12 + topic.length);
    bytes.writeBigInt64BE(-1n, 20 + topic.length);
    return bytes;
  });
  const count = Buffer.alloc(4);
  count.writeInt32BE(parts.length);
  return Buffer.concat([count, ...parts]);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('the queue of appends to a broker', () => {
  let broker: FakeBroker;
  let queue: ProduceQueue;
  let settled: string[];
  beforeEach(() => {
    broker = new FakeBroker();
    queue = new ProduceQueue(broker.asCluster(), 1, clientId);
    settled = [];
  });

  function add(name: string, texts: string[], more: { whole?: boolean; bytes?: number } = {}): void {
    const [topic = '', partition = ''] = name.split('/');
    queue.add(topic, Number(partition), {
      records: texts.map((text) => ({ key: null, value: Buffer.from(text) })),
      bytes: more.bytes ?? 10,
      whole: more.whole ?? false,
      resolve: ({ baseOffset }) => settled.push(`${texts.join('')} at ${baseOffset}`),
      reject: (fault) => settled.push(`${texts.join('')} ${fault.code}`),
    });
  }
  const sent = (): Record<string, string[]>[] => broker.requests.map((request) => Object.fromEntries(request.batches));

  it('sends together what comes in one turn, joined by partition', async () => {
    add('t/0', ['a']);
    add('t/1', ['b']);
    add('t/0', ['c']);
    add('u/0', ['d']);
    await turn();
    expect(sent()).toEqual([{ 't/0': ['a', 'c'], 't/1': ['b'], 'u/0': ['d'] }]);
    broker.requests[0]!.answer();
    await turn();
    expect(settled.sort()).toEqual(['a at 42', 'b at 42', 'c at 42', 'd at 42']);
  });

  it('has one batch of a partition under way, and gathers what comes meanwhile', async () => {
    add('t/0', ['a']);
    await turn();
    add('t/0', ['b']);
    add('t/0', ['c']);
    await turn();
    expect(sent()).toEqual([{ 't/0': ['a'] }]);
    broker.requests[0]!.answer();
    await turn();
    expect(sent().slice(1)).toEqual([{ 't/0': ['b', 'c'] }]);
  });

  it('has two requests under way for different partitions, and no third', async () => {
    for (const partition of [0, 1, 2]) {
      add(`t/${partition}`, [`${partition}`]);
      await turn();
    }
    expect(sent()).toEqual([{ 't/0': ['0'] }, { 't/1': ['1'] }]);
    expect(new Set(broker.requests.map((request) => request.lane)).size).toBe(2);
    broker.requests[1]!.answer();
    await turn();
    expect(sent().slice(2)).toEqual([{ 't/2': ['2'] }]);
  });

  it('never joins an append with anything', async () => {
    add('t/0', ['a']);
    add('t/0', ['b', 'c'], { whole: true });
    add('t/0', ['d'], { whole: true });
    add('t/0', ['e']);
    for (let i = 0; i < 4; i++) {
      await turn();
      broker.requests[i]!.answer();
    }
    await turn();
    expect(sent()).toEqual([{ 't/0': ['a'] }, { 't/0': ['b', 'c'] }, { 't/0': ['d'] }, { 't/0': ['e'] }]);
    expect(settled).toEqual(['a at 42', 'bc at 42', 'd at 42', 'e at 42']);
  });

  it('does not join beyond what a batch should have', async () => {
    add('t/0', ['a'], { bytes: 500_000 });
    add('t/0', ['b'], { bytes: 500_000 });
    await turn();
    expect(sent()).toEqual([{ 't/0': ['a'] }]);
  });

  it('splits what was joined when the topic takes less, and remembers', async () => {
    add('t/0', ['a', 'b', 'c', 'd'], { bytes: 40_000 });
    await turn();
    broker.requests[0]!.answer({ 't/0': 10 });
    await turn();
    expect(sent()[1]).toEqual({ 't/0': ['a', 'b'] });
    broker.requests[1]!.answer();
    await turn();
    expect(sent()[2]).toEqual({ 't/0': ['c', 'd'] });
    broker.requests[2]!.answer();
    await turn();
    expect(settled).toEqual(['abcd at 42']);
    expect(queue.joinedBytes('t')).toBe(20_000);
  });

  it('does not split an append, and tells that it is too large', async () => {
    add('t/0', ['a', 'b'], { whole: true });
    await turn();
    broker.requests[0]!.answer({ 't/0': 10 });
    await turn();
    expect(settled).toEqual(['ab TOO_LARGE']);
  });

  it('fails one partition alone, and looks for its leader again', async () => {
    add('t/0', ['a']);
    add('u/1', ['b']);
    await turn();
    broker.requests[0]!.answer({ 't/0': 6 });
    await turn();
    expect(settled.sort()).toEqual(['a OUTCOME_UNKNOWN', 'b at 42']);
    expect(broker.forgotten).toEqual(['t']);
  });

  it('goes on after a request that failed as a whole', async () => {
    add('t/0', ['a']);
    await turn();
    add('t/0', ['b']);
    broker.requests[0]!.fail(new Fault('OUTCOME_UNKNOWN', 'gone', { retryable: true }));
    await turn();
    expect(settled).toEqual(['a OUTCOME_UNKNOWN']);
    broker.requests[1]!.answer();
    await turn();
    expect(settled).toEqual(['a OUTCOME_UNKNOWN', 'b at 42']);
  });

  it('refuses everything once closed', async () => {
    add('t/0', ['a']);
    queue.close();
    add('t/0', ['b']);
    await turn();
    expect(settled).toEqual(['a LOG_CLOSED', 'b LOG_CLOSED']);
    expect(sent()).toEqual([]);
  });
});
