import { describe, expect, it } from '@jest/globals';
import { aggregateId, Payload } from '@partitura/model';
import { hostPartitions } from './host.ts';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

describe('a defect of the runtime', () => {
  it('that comes again with every claim halts the partition instead of looping', async () => {
    const at = new Installation();
    let claims = 0;
    const host = await hostPartitions({
      ...at.ports(),
      freshToken: () => {
        claims += 1;
        throw new Error('no randomness left');
      },
    });
    at.log.acquire(0);
    await at.clock.pass(300_000);
    const reason = 'partition 0 met a defect of the runtime: no randomness left';
    expect(host.partitions()).toEqual([{ partition: 0, phase: 'halted', code: 'RUNTIME_DEFECT', reason }]);
    expect([claims, at.alarms.map(({ code }) => code)]).toEqual([5, Array<string>(5).fill('RUNTIME_DEFECT')]);
  });
});

describe('closing', () => {
  it('lets batches and effects settle, records that, and leaves', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    let go: () => void = () => undefined;
    at.log.beforeAppend = (topic) =>
      topic === 'commands' ? new Promise<void>((resolve) => (go = resolve)) : undefined;
    await at.tell('w0', instruct('tell w1'));
    const closed = host.close();
    at.put('w0', instruct('too late'));
    await at.clock.pass(1_000);
    expect(host.partitions()).toMatchObject([{ phase: 'owning' }]);
    go();
    await at.clock.pass(1_000);
    await closed;
    expect(at.outcomes('w0')).toEqual(['accepted', 'accepted']);
    expect(at.journal().at(-1)).toMatchObject({ kind: 'decision', cause: { kind: 'owner' }, effectsDone: 1 });
    expect(host.partitions()).toMatchObject([{ phase: 'released' }]);
  });

  it('waits no longer than its bound', async () => {
    const at = new Installation({ drainMs: 2_000 });
    const host = await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic) => (topic === 'commands' ? new Promise<void>(() => undefined) : undefined);
    await at.tell('w0', instruct('tell w1'));
    let closed = false;
    void host.close().then(() => (closed = true));
    await at.clock.pass(1_500);
    expect(closed).toBe(false);
    await at.clock.pass(1_000);
    expect(closed).toBe(true);
  });
});

describe('a number', () => {
  it('that is kept over a rebalance keeps its owner; one that comes back is claimed anew', async () => {
    const at = new Installation();
    await at.open([0]);
    at.log.acquire(0);
    await at.clock.pass(100);
    expect(at.journal()).toHaveLength(1);
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(100);
    expect(at.journal().map(({ kind }) => kind)).toEqual(['claim', 'claim']);
  });

  it('has its input position and its checkpoint pointer committed now and then', async () => {
    const at = new Installation({ recommitMs: 60_000 });
    const host = await at.open([0]);
    await at.tell('w0', start());
    host.checkpoint(0);
    await at.clock.pass(6_000);
    expect(at.log.committedOffsets.get('decider commands[0]')?.offset).toBe(1);
    const pointer = at.log.committedOffsets.get('restore journal[0]');
    let commits = 0;
    const commit = at.log.commit.bind(at.log);
    at.log.commit = (group, positions) => {
      if (group === 'restore') commits += 1;
      return commit(group, positions);
    };
    await at.clock.pass(70_000);
    expect([commits, at.log.committedOffsets.get('restore journal[0]')]).toEqual([1, pointer]);
  });
});

describe('an aggregate with a broadcast', () => {
  it('says it again when the last record of it is another than its own', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('$0', start());
    at.log.release(0);
    let last = 0;
    const definition = { kind: 'task', name: 'mail', revision: 1, deleted: false, body: Payload.empty } as const;
    const ports = at.ports();
    const host = await hostPartitions({
      ...ports,
      definitions: { ...ports.definitions, position: 0, lastRevision: () => last },
      restate: (id, _, revision) => [
        { kind: 'BroadcastDefinition', definition: { ...definition, name: id, revision } },
      ],
    });
    at.log.acquire(0, 1);
    await at.clock.pass(500);
    expect(at.sent('definitions')).toMatchObject([{ name: '$0', revision: 1 }]);
    host.restate(aggregateId('$0'));
    await at.clock.pass(100);
    expect(at.sent('definitions')).toHaveLength(2);
    last = 1;
    host.restate(aggregateId('$0'));
    await at.clock.pass(100);
    expect(at.sent('definitions')).toHaveLength(2);
  });
});
