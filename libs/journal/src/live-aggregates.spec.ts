import { describe, expect, it } from '@jest/globals';
import { aggregateId, Payload } from '@partitura/model';
import { newAggregate, type Aggregate } from './aggregate.ts';
import { LiveAggregates } from './live-aggregates.ts';
import type { Domain } from './ports.ts';
import { tallyDomain, type Tally } from './spec/tally-domain.ts';

const resident = 10;
const stateOf = (done: readonly string[], more: Partial<Tally> = {}): Tally => ({
  phase: 'open',
  done,
  timer: 0,
  deadline: 0,
  postponed: 0,
  ...more,
});
function aggregate(id: string, n: number, more: Partial<Tally> = {}): Aggregate {
  const one = newAggregate(aggregateId(id), stateOf([`did ${n}`], more));
  one.startIndex = n;
  one.version = n + 1;
  one.baseIndex = 2 * n;
  const outcome = { kind: 'accepted' as const, result: Payload.fromBytes(new TextEncoder().encode(`${n}`)) };
  one.repeats = { start: { hash: `h${n}`, outcome }, latest: [] };
  return one;
}
/** Counts how many states are read from bytes. */
function counting(): { readonly domain: Domain; readonly read: () => number } {
  let read = 0;
  const decodeState: Domain['decodeState'] = (version, bytes) => {
    read += 1;
    return tallyDomain.decodeState(version, bytes);
  };
  return { domain: { ...tallyDomain, decodeState }, read: () => read };
}
const packAll = (live: LiveAggregates): void => {
  for (let i = 0; i < 20; i++) live.pack(1_000);
};
function filled(count: number): { readonly live: LiveAggregates; readonly read: () => number } {
  const { domain, read } = counting();
  const live = new LiveAggregates(domain, resident);
  for (let n = 0; n < count; n++) live.set(aggregateId(`w${n}`), aggregate(`w${n}`, n));
  packAll(live);
  return { live, read };
}
const content = ({ id, startIndex, version, baseIndex, repeats, state }: Aggregate): unknown => ({
  id,
  startIndex,
  version,
  baseIndex,
  hash: repeats.start?.hash,
  state,
});

describe('live aggregates that nobody asks for', () => {
  it('are packed beyond a number of residents, and come back as they were', () => {
    const { live, read } = filled(500);
    expect(live.size).toBe(500);
    for (let n = 0; n < 500; n++) {
      expect(content(live.get(aggregateId(`w${n}`)) as Aggregate)).toEqual(content(aggregate(`w${n}`, n)));
    }
    expect(read()).toBe(490);
    expect([live.get(aggregateId('w500')), live.get(aggregateId('w'))]).toEqual([undefined, undefined]);
  });

  it('stay objects as long as they are used', () => {
    const { live, read } = filled(100);
    const w5 = live.get(aggregateId('w5'));
    for (let i = 0; i < 50; i++) {
      live.get(aggregateId(`w${50 + i}`));
      live.get(aggregateId('w5'));
      live.pack(1);
    }
    const before = read();
    expect(live.get(aggregateId('w5'))).toBe(w5);
    expect(read()).toBe(before);
  });

  it('are found by their slot, which is theirs as long as they live', () => {
    const { live } = filled(200);
    const slots = [...live.values()].map(({ slot, id }) => [slot, id] as const);
    expect(new Set(slots.map(([slot]) => slot)).size).toBe(200);
    for (const [slot, id] of slots) expect(live.at(slot)?.id).toBe(id);
    const [[slot] = [0]] = slots;
    const id = live.at(slot)?.id as Aggregate['id'];
    live.set(id, aggregate(id, 7));
    expect([live.at(slot)?.startIndex, live.size]).toEqual([7, 200]);
    live.delete(id);
    expect([live.at(slot), live.get(id), live.size]).toEqual([undefined, undefined, 199]);
  });

  it('are gone when they are deleted, packed or not; others take their place', () => {
    const { live } = filled(3_000);
    for (let n = 0; n < 3_000; n += 1) if (n % 3 > 0) live.delete(aggregateId(`w${n}`));
    for (let n = 3_000; n < 4_000; n++) live.set(aggregateId(`w${n}`), aggregate(`w${n}`, n));
    packAll(live);
    const expected = Array.from({ length: 4_000 }, (_, n) => n).filter((n) => n >= 3_000 || n % 3 === 0);
    expect(live.size).toBe(expected.length);
    const ids = [...live.values()].map(({ id }) => id);
    expect(ids.sort()).toEqual(expected.map((n) => `w${n}`).sort());
    for (const n of expected) expect(live.get(aggregateId(`w${n}`))?.startIndex).toBe(n);
  });

  it('are met by whoever goes through all, whatever is packed or comes back meanwhile', () => {
    const { live } = filled(300);
    const met: string[] = [];
    for (const { id } of live.values()) {
      met.push(id);
      live.get(aggregateId(`w${(met.length * 37) % 300}`));
      live.pack(3);
    }
    expect(met.sort()).toEqual(Array.from({ length: 300 }, (_, n) => `w${n}`).sort());
  });

  it('are not packed while they hold commands, have work, are large, broken, or only a place to wait', () => {
    const { domain, read } = counting();
    const isLarge = (state: unknown): boolean => (state as Tally).done.includes('large');
    const live = new LiveAggregates(
      {
        ...domain,
        stateEncoder: (state) => (isLarge(state) ? { step: () => false, encode: () => new Uint8Array() } : undefined),
      },
      0,
    );
    const odd = ['held', 'work', 'large', 'broken', 'room', 'ä'].map((id, n) => aggregate(id, n));
    const [held, work, large, broken, room] = odd as [Aggregate, Aggregate, Aggregate, Aggregate, Aggregate];
    held.parked = [{ commandId: 'c', offset: 1, at: 1, internal: false, bytes: new Uint8Array() }];
    work.state = stateOf([], { postponed: 1 });
    large.state = stateOf(['large']);
    broken.broken = 'it throws';
    room.version = 0;
    for (const one of odd) live.set(one.id, one);
    live.set(aggregateId('plain'), aggregate('plain', 9));
    packAll(live);
    for (const one of odd) expect(live.get(one.id)).toBe(one);
    expect(read()).toBe(0);
    expect(live.get(aggregateId('plain'))?.startIndex).toBe(9);
    expect(read()).toBe(1);
  });
});
