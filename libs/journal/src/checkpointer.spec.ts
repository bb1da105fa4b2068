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

describe('a journal that is kept for a time', () => {
  const hour = 3_600_000;
  const xsOf = (at: Installation): readonly number[] =>
    at.journal().flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.offset] : []));
  const journalTrims = (at: Installation): readonly string[] =>
    at.log.trims.filter((trim) => trim.startsWith('journal'));
  /** One command and a checkpoint behind it. */
  const step = async (at: Installation, name: string): Promise<void> => {
    await at.tell('w0', instruct(name));
    at.host?.checkpoint(0);
    await at.clock.pass(2_000);
  };
  const archive = (at: Installation, offset: number): Promise<void> =>
    at.log.commit('archived', [{ topic: 'journal', partition: 0, offset }]);

  it('begins at the X of a checkpoint before the last, once it is old enough and everybody has read so far', async () => {
    const at = new Installation({ journalRetentionMs: hour });
    await at.open([0]);
    await at.tell('w0', start());
    for (const name of ['a', 'b', 'c']) await step(at, name);
    await archive(at, 1_000);
    await at.clock.pass(hour / 2);
    await step(at, 'young');
    expect(journalTrims(at)).toEqual([]);

    const [, second = 0, third = 0, fourth = 0] = xsOf(at);
    expect([second, third, fourth].every((x, i, all) => x > (all[i - 1] ?? 0))).toBe(true);
    await at.clock.pass(hour);
    await archive(at, third - 1);
    await step(at, 'the archive lags');
    expect(journalTrims(at)).toEqual([`journal[0] before ${second}`]);

    await archive(at, 1_000);
    await step(at, 'all have read');
    expect(journalTrims(at).at(-1)).toBe(`journal[0] before ${fourth}`);

    // Whoever comes next finds everything.
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(1_000);
    await at.tell('w0', instruct('further'));
    expect(at.outcomes('w0').at(-1)).toBe('accepted');
    expect(at.alarms).toEqual([]);
  });

  it('is not trimmed while a reader has never said how far it is, nor without a policy', async () => {
    for (const settings of [{ journalRetentionMs: hour }, {}]) {
      const at = new Installation(settings);
      await at.open([0]);
      await at.tell('w0', start());
      if (!('journalRetentionMs' in settings)) await archive(at, 1_000);
      for (const name of ['a', 'b', 'c']) {
        await step(at, name);
        await at.clock.pass(2 * hour);
      }
      expect(xsOf(at)).toHaveLength(3);
      expect(journalTrims(at)).toEqual([]);
    }
  });
});
