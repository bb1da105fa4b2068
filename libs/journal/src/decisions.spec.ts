import { describe, expect, it } from '@jest/globals';
import { type CommandEnvelope } from '@partitura/model';
import type { DeadLetter } from './ports.ts';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

const replyTo = { partition: 0, instance: 'api', correlation: 7 };

describe('a partition that owns', () => {
  it('writes one decision entry for each command, in order, and answers when it is admitted', async () => {
    const at = new Installation();
    await at.open();
    at.put('w0', start(), { replyTo });
    at.put('w0', instruct('a'));
    at.put('w2', instruct('b'));
    await at.clock.pass(50);
    expect(at.outcomes()).toEqual(['accepted', 'accepted', 'WORKFLOW_NOT_FOUND']);
    expect(at.decisions().map(({ index, version }) => [index, version])).toEqual([
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    expect(at.replies()).toEqual([
      { instance: 'api', correlation: 7, outcome: { kind: 'accepted' }, partition: 0, offset: 1 },
    ]);
  });

  it('appends what is decided during an append as one batch', async () => {
    const at = new Installation();
    await at.open();
    let appends = 0;
    let go: () => void = () => undefined;
    at.log.beforeAppend = (topic) => {
      if (topic !== 'journal') return undefined;
      appends += 1;
      return appends === 1 ? new Promise((resolve) => (go = resolve)) : undefined;
    };
    for (let i = 0; i < 20; i++) await at.tell(`w${i}0`, start());
    go();
    await at.clock.pass(50);
    expect([at.outcomes().length, appends]).toEqual([20, 2]);
  });

  it('gives the first answer to a repeat, also after it has ended', async () => {
    const at = new Installation();
    await at.open();
    const first = await at.tell('w0', start());
    await at.tell('w0', start(), { commandId: first as CommandEnvelope['commandId'] });
    await at.tell('w0', { type: 'TerminateWorkflow', byParent: false });
    await at.tell('w0', start(), { commandId: first as CommandEnvelope['commandId'] });
    await at.tell('w0', start());
    expect(at.outcomes('w0')).toEqual(['accepted', 'duplicate', 'accepted', 'duplicate', 'WORKFLOW_EXISTS']);
  });

  it('sends commands to other partitions with marks, and applies each of them once', async () => {
    const at = new Installation();
    await at.open([0, 1]);
    await at.tell('w1', start());
    await at.tell('w0', start());
    await at.tell('w0', instruct('tell w1', 'tell w1'));
    const told = at.sent<CommandEnvelope>('commands', 1).slice(1);
    expect(told.map(({ mark }) => mark)).toEqual([
      { partition: 0, index: 1, ordinal: 0 },
      { partition: 0, index: 1, ordinal: 1 },
    ]);
    for (const command of told) at.log.put('commands', 1, at.codec.encodeCommand(command));
    await at.clock.pass(50);
    expect(at.outcomes('w1', 1)).toEqual(['accepted', 'accepted', 'accepted', 'duplicate', 'duplicate']);
  });

  it('sends a command that belongs elsewhere on, with its id and reply address and a mark of its own', async () => {
    const at = new Installation();
    await at.open();
    const id = at.put('w1', start(), { replyTo }, 0);
    await at.clock.pass(50);
    expect(at.outcomes()).toEqual(['forwarded']);
    const [sent] = at.sent<CommandEnvelope>('commands', 1);
    expect(sent).toMatchObject({ commandId: id, replyTo, mark: { partition: 0, index: 0, ordinal: 0 } });
    expect(at.replies()).toEqual([]);
  });

  it('puts what nobody can read to the dead letters and goes on', async () => {
    const at = new Installation();
    await at.open();
    at.log.put('commands', 0, { key: null, value: new Uint8Array([1, 2]) });
    await at.tell('w0', start());
    expect(at.outcomes()).toEqual(['deadLettered', 'accepted']);
    const [letter] = at.sent<DeadLetter>('dead-letters');
    expect(letter).toMatchObject({ topic: 'commands', partition: 0, offset: 0, value: new Uint8Array([1, 2]) });
    expect(at.alarms.map(({ code }) => code)).toEqual(['DEAD_LETTER']);
  });
});
