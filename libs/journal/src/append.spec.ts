import { describe, expect, it } from '@jest/globals';
import { Fault } from '@partitura/model';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

describe('appending', () => {
  it('sends the same entries again when the outcome is unknown; the second copy counts for nothing', async () => {
    const at = new Installation();
    await at.open();
    let lost = 2;
    at.log.afterAppend = (topic) => {
      if (topic === 'journal' && lost-- > 0) throw new Fault('OUTCOME_UNKNOWN', 'timed out', { retryable: true });
    };
    await at.tell('w0', start());
    await at.clock.pass(1_000);
    await at.tell('w0', instruct('on'));
    expect(at.host?.partitions()).toEqual([{ partition: 0, phase: 'owning' }]);
    expect(at.journal().map((entry) => ('index' in entry ? entry.index : 'claim'))).toEqual(['claim', 0, 0, 0, 1]);
  });

  it('drops everything and claims again when somebody else has claimed', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start());
    const foreign = { kind: 'claim', token: 'other', owner: 'other', partitions: 2, featureLevel: 1 } as const;
    at.log.put('journal', 0, at.codec.encodeEntry(foreign));
    await at.tell('w0', instruct('on'));
    await at.clock.pass(1_000);
    const kinds = at.journal().map((entry) => (entry.kind === 'claim' ? entry.token : `${entry.epoch}:${entry.index}`));
    expect(kinds).toEqual(['token-0', '0:0', 'other', '0:1', 'token-1', '4:1']);
    expect(at.decisions('w0').at(-1)?.epoch).toBe(4);
  });

  it('halts with an alarm when acknowledged entries are gone', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct('a'));
    at.log.truncate('journal', 0, 2);
    await at.tell('w0', instruct('b'));
    expect(at.host?.partitions()).toMatchObject([{ phase: 'halted' }]);
    expect(at.alarms.map(({ code }) => code)).toEqual(['JOURNAL_TRUNCATED']);
  });

  it('gives the partition up when the broker stamps times that cannot be', async () => {
    const at = new Installation();
    await at.open();
    at.clock.jumpWall(-60_000);
    await at.tell('w0', start());
    expect(at.alarms.map(({ code }) => code)).toEqual(['CLOCK_IMPLAUSIBLE']);
  });
});
