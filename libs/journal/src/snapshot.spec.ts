import { describe, expect, it } from '@jest/globals';
import { aggregateId, Payload } from '@partitura/model';
import { newAggregate, type Aggregate } from './aggregate.ts';
import { ByteReader, ByteWriter, cut, joined } from './bytes.ts';
import { Damaged, decodeAggregate, decodeClosed, encodeAggregate, encodeClosed, UnknownForm } from './snapshot.ts';
import { tallyDomain } from './spec/tally-domain.ts';

const result = Payload.of({ id: 'x' });
function aggregate(): Aggregate {
  const one = newAggregate(aggregateId('w0'), { phase: 'open', done: ['ä'], timer: 5, deadline: 0, postponed: 0 });
  one.version = 3;
  one.startIndex = 2 ** 40;
  one.request = -1;
  one.repeats = {
    start: { hash: 'abc', outcome: { kind: 'accepted', result } },
    latest: [{ hash: 'd', outcome: { kind: 'accepted' } }],
  };
  const replyTo = { partition: 1, instance: 'api', correlation: 9 };
  one.deferred = [{ commandId: 'c', offset: 4, at: 5, internal: true, bytes: new Uint8Array([1, 2]), replyTo }];
  one.parked = [{ commandId: 'p', offset: -1, at: 5, internal: false, bytes: new Uint8Array(0) }];
  return one;
}
const ignore = (): void => undefined;
const decode = (body: Uint8Array): Aggregate => decodeAggregate(tallyDomain, aggregateId('w0'), 3, 1, body, ignore);

describe('a snapshot of an aggregate', () => {
  it('comes back as it was, whatever parts it was cut into', () => {
    const body = encodeAggregate(tallyDomain, aggregate());
    for (const size of [1, 7, 1_000]) {
      const back = decode(joined(cut(body, size)));
      expect(JSON.stringify(back)).toBe(JSON.stringify(aggregate()));
    }
  });

  it('notices when it was cut off, changed, or put together from parts of two', () => {
    const body = encodeAggregate(tallyDomain, aggregate());
    const other = encodeAggregate(tallyDomain, { ...aggregate(), startIndex: 7 });
    const middle = body.length >> 1;
    const changed = body.with(middle, (body[middle] ?? 0) ^ 1);
    for (const bad of [body.subarray(0, -1), changed, joined([body.subarray(0, middle), other.subarray(middle)])]) {
      expect(() => decode(bad)).toThrow(Damaged);
    }
  });

  it('of a later build is named as such', () => {
    const w = new ByteWriter();
    w.number(99);
    expect(() => decode(w.result())).toThrow(UnknownForm);
  });
});

describe('a part of the closed set', () => {
  it('comes back as it was, in order', () => {
    const closings = ['a', 'b'].map((id, i) => ({
      id: aggregateId(id),
      startIndex: i,
      version: 2,
      index: 5,
      at: 1_700_000_000_000,
      tag: 'ended',
      repeats: aggregate().repeats,
    }));
    expect(JSON.stringify(decodeClosed(encodeClosed(closings)))).toBe(JSON.stringify(closings));
  });
});

describe('numbers in snapshots', () => {
  it('survive from -1 to the largest that a double holds', () => {
    const numbers = [-1, 0, 1, 126, 127, 128, 2 ** 31, 2 ** 53 - 2];
    const w = new ByteWriter(1);
    for (const number of numbers) w.number(number);
    const r = new ByteReader(w.result());
    expect(numbers.map(() => r.number())).toEqual(numbers);
    expect(() => r.number()).toThrow('ends in the middle');
  });
});
