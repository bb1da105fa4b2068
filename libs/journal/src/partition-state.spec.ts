import { describe, expect, it } from '@jest/globals';
import { aggregateId, type Checkpoint, type Decided, type Snapshot } from '@partitura/model';
import { newAggregate } from './aggregate.ts';
import { cut } from './bytes.ts';
import { PartitionState } from './partition-state.ts';
import { encodeAggregate } from './snapshot.ts';
import { tallyDomain } from './spec/tally-domain.ts';

const settings = {
  closedWindowMs: 1_000,
  closedCount: 10,
  closedMemoryCount: 10,
  residentAggregates: 10,
  repeats: 16,
  partitions: 2,
};
const w0 = aggregateId('w0');
const fresh = (): PartitionState => new PartitionState(tallyDomain, settings);

function decision(index: number, more: Partial<Decided> = {}): Decided {
  return {
    kind: 'decision',
    epoch: 0,
    index,
    effectsDone: -1,
    at: index,
    aggregate: w0,
    version: 0,
    cause: { kind: 'command', commandId: `c${index}`, offset: index },
    outcome: { kind: 'accepted' },
    events: [],
    ...more,
  };
}
const started = (index: number): Decided =>
  decision(index, { version: 1, events: [{ type: 'WorkflowResumed', timeoutAt: 0 }] });

function snapshots(first: number, version: number, parts: number): Snapshot[] {
  const aggregate = newAggregate(w0, { ...(tallyDomain.initial as object), phase: 'open' });
  aggregate.version = version;
  const body = encodeAggregate(tallyDomain, aggregate);
  return cut(body, Math.ceil(body.length / parts)).map((part, i) => ({
    kind: 'snapshot',
    epoch: 0,
    index: first + i,
    effectsDone: -1,
    at: 0,
    subject: 'aggregate',
    aggregate: w0,
    version,
    part: i,
    parts,
    why: 'checkpoint',
    stateVersion: 1,
    body: part,
  }));
}
const checkpoint: Checkpoint = {
  kind: 'checkpoint',
  epoch: 0,
  index: 50,
  effectsDone: 40,
  at: 0,
  offset: 10,
  admission: { epoch: 0, token: 't', next: 10 },
  lastAppendTime: 0,
  lastAt: 99,
  inputPosition: 7,
  marks: [{ partition: 1, index: 3, ordinal: 4 }],
  floor: 6,
  settledAtX: 8,
  parts: [],
};

describe('folding from a checkpoint', () => {
  const atX = (): PartitionState => PartitionState.atCheckpoint(tallyDomain, settings, checkpoint, []);

  it('begins with what stood at X', () => {
    const { next, inputPosition, marks, effectsDone, lastAt, closed } = atX();
    expect({ next, inputPosition, effectsDone, lastAt, floor: closed.floor }).toEqual({
      next: 10,
      inputPosition: 7,
      effectsDone: 8,
      lastAt: 99,
      floor: 6,
    });
    expect(marks[1]).toEqual({ partition: 1, index: 3, ordinal: 4 });
  });

  it('passes over entries of an aggregate before its base, but counts them', () => {
    const state = atX();
    const mark = { partition: 1, index: 9, ordinal: 0 };
    const cause = { kind: 'command' as const, commandId: 'c', offset: 7, mark };
    expect(state.apply(decision(10, { version: 5, events: started(0).events, cause }))).toBeUndefined();
    expect([state.live.size, state.next, state.inputPosition, state.marks[1]]).toEqual([0, 11, 8, mark]);
    for (const part of snapshots(11, 5, 1)) state.apply(part);
    expect([state.live.get(w0)?.version, state.live.get(w0)?.baseIndex]).toEqual([5, 11]);
  });
});

describe('a snapshot in parts', () => {
  it('counts when its last part is there', () => {
    const state = fresh();
    const [first, second, third] = snapshots(10, 5, 3) as [Snapshot, Snapshot, Snapshot];
    state.apply(first);
    state.apply(second);
    expect(state.live.size).toBe(0);
    state.apply(third);
    expect(state.live.get(w0)?.version).toBe(5);
  });

  it('is void when the aggregate was decided in between, or a part is missing', () => {
    const split = fresh();
    const [first, second] = snapshots(10, 5, 2) as [Snapshot, Snapshot];
    split.apply(first);
    split.apply(decision(11));
    split.apply(second);
    expect(split.live.size).toBe(0);
    const holed = fresh();
    const [a, , c] = snapshots(10, 5, 3) as [Snapshot, Snapshot, Snapshot];
    holed.apply(a);
    holed.apply(c);
    expect(holed.live.size).toBe(0);
  });
});

describe('commands that are set aside', () => {
  const bytes = new Uint8Array([1]);
  it('are kept with the aggregate until a continuation takes them', () => {
    const state = fresh();
    state.apply(started(0));
    state.apply(decision(1, { outcome: { kind: 'deferred' }, carried: { bytes } }));
    expect(state.live.get(w0)?.deferred).toMatchObject([{ commandId: 'c1', offset: 1, internal: false, bytes }]);
    state.apply(decision(2, { cause: { kind: 'continuation', commandId: 'c1' } }));
    expect(state.live.get(w0)?.deferred).toEqual([]);
  });

  it('for an id without a history make a place to wait in, which leaves the closed set alone', () => {
    const state = fresh();
    state.apply(started(0));
    state.apply(decision(1, { version: 2, events: [{ type: 'WorkflowRemoved' }] }));
    state.apply(decision(2, { outcome: { kind: 'parked' }, carried: { bytes } }));
    expect([state.live.get(w0)?.version, state.live.get(w0)?.request]).toEqual([0, 2]);
    expect(state.closed.get(w0)).toMatchObject({ startIndex: 0, version: 2, index: 1 });
    state.apply(decision(3, { cause: { kind: 'continuation', commandId: 'c2' }, outcome: { kind: 'accepted' } }));
    expect([state.live.size, state.closed.size]).toEqual([0, 1]);
  });
});

describe('a history that a build cannot fold', () => {
  it('is set aside with its reason; the rest of the partition is not', () => {
    const evolve: typeof tallyDomain.evolve = (state, event, meta) => {
      if (event.type === 'WorkflowPaused') throw new Error('no such event here');
      return tallyDomain.evolve(state, event, meta);
    };
    const state = new PartitionState({ ...tallyDomain, evolve }, settings);
    state.apply(started(0));
    state.apply(decision(1, { version: 2, events: [{ type: 'WorkflowPaused' }] }));
    state.apply({ ...started(2), aggregate: aggregateId('w2') });
    expect([...state.live.values()].map(({ id, unfoldable }) => [id, unfoldable])).toEqual([
      ['w0', 'no such event here'],
      ['w2', undefined],
    ]);
  });

  it('also when it cannot say whether it has ended, or its snapshot cannot be read', () => {
    const isClosed = (): boolean => {
      throw new Error('cannot say');
    };
    const state = new PartitionState({ ...tallyDomain, isClosed }, settings);
    state.apply(started(0));
    expect(state.live.get(w0)?.unfoldable).toBe('cannot say');
    const other = fresh();
    const [whole] = snapshots(10, 5, 1) as [Snapshot];
    other.apply({ ...whole, body: whole.body.subarray(1) });
    expect([other.live.get(w0)?.version, typeof other.live.get(w0)?.unfoldable]).toEqual([5, 'string']);
    expect(other.unreadableSnapshots).toBe(1);
  });
});
