import { describe, expect, it } from '@jest/globals';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

describe('claiming', () => {
  it('refuses a journal that was begun with another number of partitions', async () => {
    const at = new Installation();
    const foreign = { kind: 'claim', token: 'other', owner: 'other', partitions: 3, featureLevel: 1 } as const;
    at.log.put('journal', 0, at.codec.encodeEntry(foreign));
    await expect(at.open()).rejects.toThrow('never came: ownership');
    expect(at.alarms.map(({ code }) => code)).toEqual(['PARTITION_COUNT']);
    expect(at.journal()).toHaveLength(1);
  });

  it('refuses topics with another number of partitions at once', async () => {
    const at = new Installation();
    at.log.topics.set('commands', 3);
    await expect(at.open()).rejects.toThrow('commands has 3 partitions, this process is set to 2');
  });

  it('leaves a journal of a later feature level, or with entries it cannot read, to a later build', async () => {
    const later = new Installation();
    const claim = { kind: 'claim', token: 'other', owner: 'other', partitions: 2, featureLevel: 9 } as const;
    later.log.put('journal', 0, later.codec.encodeEntry(claim));
    await expect(later.open()).rejects.toThrow('never came');
    expect(later.alarms.map(({ code }) => code)).toEqual(['FEATURE_LEVEL']);
    const garbled = new Installation();
    garbled.log.put('journal', 0, { key: null, value: new Uint8Array(1) });
    await expect(garbled.open()).rejects.toThrow('never came');
    expect(garbled.alarms.map(({ code }) => code)).toEqual(['UNREADABLE_ENTRY']);
  });
});

describe('a checkpoint whose snapshots cannot be read', () => {
  it('is passed over for the start of the journal, as long as that is there', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    host.checkpoint(0);
    await at.clock.pass(3_000);
    for (const entry of at.journal()) if (entry.kind === 'snapshot') entry.body.fill(0);
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(1_000);
    await at.tell('w0', instruct('on'));
    expect(at.outcomes('w0').at(-1)).toBe('accepted');
    expect(at.alarms).toEqual([]);
  });
});
