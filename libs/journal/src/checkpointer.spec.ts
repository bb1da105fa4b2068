import { describe, expect, it } from '@jest/globals';
import { Fault, type CommandEnvelope, type Snapshot } from '@partitura/model';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

const unavailable = (): Fault => new Fault('UNAVAILABLE', 'not now', { retryable: true });

describe('a checkpoint', () => {
  it('carries what a fold from X would miss, waits until all before is settled, and only then moves pointer and start', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w2', start());
    await at.tell('w2', { type: 'TerminateWorkflow', byParent: false });
    at.log.beforeAppend = (topic) => {
      if (topic === 'commands') throw unavailable();
    };
    await at.tell('w0', instruct('tell w1'));
    host.checkpoint(0);
    await at.clock.pass(5_000);
    const snapshots = at.journal().filter((entry): entry is Snapshot => entry.kind === 'snapshot');
    expect(snapshots.map(({ subject, aggregate }) => `${subject} ${aggregate}`)).toEqual([
      'closed $checkpoint',
      'aggregate w0',
    ]);
    expect(at.log.trims).toEqual([]);
    at.log.beforeAppend = () => undefined;
    await at.clock.pass(5_000);
    expect(at.journal().some((entry) => entry.kind === 'checkpoint')).toBe(true);
    expect(at.log.trims).toEqual(['commands[0] before 4']);
    expect(at.log.committedOffsets.has('restore journal[0]')).toBe(true);
  });

  it('is where the next owner begins, with everything that counts', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    const first = await at.tell('w0', start());
    await at.tell('w2', start());
    await at.tell('w2', { type: 'TerminateWorkflow', byParent: false });
    host.checkpoint(0);
    await at.clock.pass(3_000);
    await at.tell('w0', instruct('on'));
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(1_000);
    await at.tell('w0', start(), { commandId: first as CommandEnvelope['commandId'] });
    await at.tell('w2', start());
    await at.tell('w0', instruct('further'));
    expect(at.outcomes('w0').slice(-2)).toEqual(['duplicate', 'accepted']);
    expect(at.outcomes('w2').at(-1)).toBe('WORKFLOW_EXISTS');
    expect(at.decisions('w0').at(-1)?.version).toBe(3);
  });
});
