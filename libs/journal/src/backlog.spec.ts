import { describe, expect, it } from '@jest/globals';
import { Installation } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

describe('postponed work', () => {
  it('goes on in entries of its own; meanwhile commands are deferred, and interruptions decided', async () => {
    const at = new Installation({ sliceMs: 20 });
    await at.open();
    await at.tell('w0', start());
    at.put('w0', instruct('postpone 3'));
    at.put('w0', instruct('later'));
    await at.clock.pass(200);
    expect(at.outcomes('w0')).toEqual([
      ...Array<string>(2).fill('accepted'),
      'deferred',
      ...Array<string>(4).fill('accepted'),
    ]);
    expect(at.decisions('w0').map(({ cause }) => cause.kind)).toEqual([
      ...Array<string>(3).fill('command'),
      ...Array<string>(4).fill('continuation'),
    ]);
    at.put('w0', instruct('postpone 3'));
    at.put('w0', instruct('later'));
    at.put('w0', { type: 'TerminateWorkflow', byParent: false });
    await at.clock.pass(200);
    expect(at.outcomes('w0').slice(7)).toEqual(['accepted', 'deferred', 'accepted', 'WORKFLOW_ENDED']);
  });

  it('defers commands from outside only up to a bound', async () => {
    const at = new Installation({ deferredBytes: 130 });
    await at.open();
    await at.tell('w0', start());
    at.put('w0', instruct('postpone 2'));
    for (let i = 0; i < 4; i++) at.put('w0', instruct('later'));
    await at.clock.pass(200);
    expect(at.outcomes('w0').filter((outcome) => outcome === 'BUSY')).toHaveLength(2);
  });
});
