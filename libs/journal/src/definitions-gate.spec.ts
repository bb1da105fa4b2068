import { describe, expect, it } from '@jest/globals';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

const replyTo = { partition: 0, instance: 'api', correlation: 7 };

describe('a start whose definition is missing', () => {
  it('is deferred and decided when the copy has caught up, with what came behind it', async () => {
    const at = new Installation();
    await at.open();
    at.log.put('definitions', 0, { key: null, value: new Uint8Array(4) });
    at.put('w0', start('unknown'));
    at.put('w0', instruct('after'));
    at.put('w2', start());
    await at.clock.pass(100);
    expect(at.outcomes()).toEqual(['deferred', 'deferred', 'accepted']);
    at.definitions.add('unknown');
    await at.clock.pass(500);
    expect(at.outcomes().slice(3)).toEqual(['accepted', 'accepted']);
    expect(at.decisions('w0')[2]?.cause).toMatchObject({ kind: 'continuation', commandId: 'c0' });
  });

  it('is refused with the answer of the copy when that is current', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start('unknown'), { replyTo });
    expect(at.outcomes()).toEqual(['deferred', 'DEFINITION_NOT_FOUND']);
    expect(at.replies().map(({ outcome }) => outcome.kind)).toEqual(['rejected']);
  });

  it('is decided by the next owner when this one is gone', async () => {
    const at = new Installation();
    await at.open();
    at.log.put('definitions', 0, { key: null, value: new Uint8Array(4) });
    await at.tell('w0', start('unknown'));
    at.log.release(0);
    at.definitions.add('unknown');
    at.log.acquire(0);
    await at.clock.pass(3_000);
    expect(at.outcomes()).toEqual(['deferred', 'accepted']);
  });

  it('waits likewise when its sender has seen more than the copy, whatever else it is about', async () => {
    const at = new Installation();
    await at.open();
    at.log.put('definitions', 0, { key: null, value: new Uint8Array(4) });
    await at.tell('w0', start(), { definitionsOffset: 0 });
    expect(at.outcomes()).toEqual(['deferred']);
    await at.clock.pass(500);
    expect(at.outcomes()).toEqual(['deferred', 'accepted']);
  });

  it('does not wait when its sender stands where the copy stands', async () => {
    const at = new Installation();
    at.definitions.add('known');
    await at.open();
    await at.tell('w0', start(), { definitionsOffset: at.definitions.size - 1 });
    expect(at.outcomes()).toEqual(['accepted']);
  });

  it('waits for a bounded time, also when the topic cannot be looked at', async () => {
    const at = new Installation({ definitionsWaitMs: 2_000 });
    await at.open();
    at.log.beforeOffsets = (topic) => (topic === 'definitions' ? new Promise<void>(() => undefined) : undefined);
    await at.tell('w0', start('unknown'));
    await at.tell('w2', start(), { definitionsOffset: 1_000_000 });
    await at.clock.pass(1_800);
    expect(at.outcomes()).toEqual(['deferred', 'deferred']);
    await at.clock.pass(4_500);
    expect(at.outcomes().slice(2)).toEqual(['DEFINITION_NOT_FOUND', 'accepted']);
  });
});
