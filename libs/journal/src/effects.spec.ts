import { describe, expect, it } from '@jest/globals';
import { Fault, type CommandEnvelope } from '@partitura/model';
import type { DeadLetter } from './ports.ts';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

const unavailable = (): Fault => new Fault('UNAVAILABLE', 'not now', { retryable: true });
const replyTo = { partition: 0, instance: 'api', correlation: 7 };

describe('effects', () => {
  it('leave after admission only', async () => {
    const at = new Installation();
    await at.open([0, 1]);
    await at.tell('w0', start());
    let go: () => void = () => undefined;
    at.log.beforeAppend = (topic) => (topic === 'journal' ? new Promise<void>((resolve) => (go = resolve)) : undefined);
    await at.tell('w0', instruct('tell w1'));
    expect(at.sent('commands', 1)).toEqual([]);
    at.log.beforeAppend = () => undefined;
    go();
    await at.clock.pass(50);
    expect(at.sent('commands', 1)).toHaveLength(1);
  });

  it('are recorded as settled by an entry of their own after a silence, once', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w0', instruct('tell w1'));
    await at.clock.pass(10_000);
    const own = at.journal().filter((entry) => entry.kind === 'decision' && entry.cause.kind === 'owner');
    expect(own.map((entry) => 'effectsDone' in entry && entry.effectsDone)).toEqual([1]);
  });

  it('are sent again by the next owner when they were not recorded as settled', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic, partition) => {
      if (topic === 'commands' && partition === 1) throw unavailable();
    };
    await at.tell('w0', instruct('tell w1'));
    at.log.release(0);
    at.log.beforeAppend = () => undefined;
    at.log.acquire(0);
    await at.clock.pass(1_000);
    expect(at.sent<CommandEnvelope>('commands', 1).map(({ mark }) => mark?.index)).toEqual([1]);
  });

  it('for one target wait alone; a task that cannot be handed over becomes a recorded failure', async () => {
    const at = new Installation({ undeliverableMs: 5_000 });
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeSend = (topic) => {
      if (topic === 'tasks.broken') throw unavailable();
    };
    await at.tell('w0', instruct('dispatch broken', 'dispatch fine', 'tell w1'));
    expect([at.sent('tasks.fine', 0).length + at.sent('tasks.fine', 1).length, at.sent('commands', 1).length]).toEqual([
      1, 1,
    ]);
    await at.clock.pass(10_000);
    const last = at.decisions('w0').at(-1);
    expect([last?.cause.kind, last?.events[0]]).toMatchObject(['owner', { logs: [{ message: 'undeliverable w0~1' }] }]);
    expect(at.log.committedOffsets.get('queue.fine tasks.fine[1]')?.offset).toBe(0);
  });

  it('stop the consuming when too many bytes of them wait', async () => {
    const at = new Installation({ unsettledBytes: 300 });
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic) => {
      if (topic === 'commands') throw unavailable();
    };
    for (let i = 0; i < 6; i++) await at.tell('w0', instruct('tell w1'));
    const decided = at.outcomes('w0').length;
    expect(decided).toBeLessThan(7);
    expect(at.alarms.map(({ code }) => code)).toContain('EFFECTS_STUCK');
    at.log.beforeAppend = () => undefined;
    await at.clock.pass(5_000);
    expect(at.outcomes('w0')).toHaveLength(7);
  });

  it('let the reply to a definition wait for its broadcast, and name its offset', async () => {
    const at = new Installation();
    await at.open([0]);
    at.log.put('definitions', 0, { key: null, value: null });
    await at.tell('w0', start());
    await at.tell('w0', instruct('broadcast mail'), { replyTo });
    expect(at.replies()).toMatchObject([{ outcome: { kind: 'accepted' }, definitionsOffset: 1 }]);
  });

  it('of the entry itself are made again too: what was sent on, and dead letters with key and headers', async () => {
    const at = new Installation();
    await at.open([0]);
    at.log.beforeAppend = (topic) => {
      if (topic !== 'journal') throw unavailable();
    };
    const id = at.put('w1', start(), { replyTo }, 0);
    const header = { note: new Uint8Array([7]) };
    at.log.put('commands', 0, { key: new Uint8Array([1]), value: new Uint8Array([2]), headers: header });
    await at.clock.pass(100);
    expect(at.outcomes()).toEqual(['forwarded', 'deadLettered']);
    at.log.release(0);
    at.log.beforeAppend = () => undefined;
    at.log.acquire(0);
    await at.clock.pass(1_000);
    expect(at.sent<CommandEnvelope>('commands', 1)).toMatchObject([{ commandId: id, replyTo, mark: { index: 0 } }]);
    const letter = { key: new Uint8Array([1]), value: new Uint8Array([2]), headers: header, offset: 1 };
    expect(at.sent<DeadLetter>('dead-letters')).toMatchObject([letter]);
  });

  it('that are too large together are sent one by one, and only the one that is too large is given up', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('w0', start());
    const send = at.log.send.bind(at.log);
    const tooLarge = new Fault('TOO_LARGE', 'too large', { retryable: false });
    at.log.send = (records) =>
      records.length > 1 || (records[0]?.value?.length ?? 0) > 60 ? Promise.reject(tooLarge) : send(records);
    await at.tell('w0', instruct('dispatch bulk', 'dispatch bulk', 'dispatch bulk'));
    await at.clock.pass(1_000);
    expect(at.sent('tasks.bulk', 0).length + at.sent('tasks.bulk', 1).length).toBe(3);
    expect(at.decisions('w0')).toHaveLength(2);
  });
});
