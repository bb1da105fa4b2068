import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '@partitura/model';
import type { Domain } from './ports.ts';
import { Installation } from './spec/installation.ts';
import { instruct, start, tallyDomain } from './spec/tally-domain.ts';

/** Tallies of which writing takes so many turns of the event loop. */
function slow(turns: number, at: Installation): Domain {
  return {
    ...tallyDomain,
    stateEncoder: () => {
      let left = turns;
      return {
        step() {
          at.clock.take(10);
          return --left > 0;
        },
        encode: (state) => tallyDomain.encodeState(state),
      };
    },
  };
}
const states = (at: Installation): readonly string[] =>
  at
    .journal()
    .flatMap((entry) => (entry.kind === 'snapshot' && entry.subject === 'aggregate' ? [entry.aggregate] : []));
const end = { type: 'TerminateWorkflow', byParent: false } as const;

describe('an aggregate whose snapshot takes long to write', () => {
  async function open(turns = 20): Promise<Installation> {
    const at = new Installation();
    await at.open([0], undefined, slow(turns, at));
    await at.tell('w0', start());
    return at;
  }

  it('is decided meanwhile, is carried then as it is then, and restored from that', async () => {
    const at = await open();
    at.host?.checkpoint(0);
    await at.tell('w0', instruct('meanwhile'));
    expect([at.outcomes('w0').at(-1), states(at)]).toEqual(['accepted', []]);
    await at.clock.pass(3_000);
    const base = at
      .journal()
      .find((entry): entry is Snapshot => entry.kind === 'snapshot' && entry.subject === 'aggregate');
    expect(base).toMatchObject({ aggregate: 'w0', version: 2 });
    expect(at.journal().some(({ kind }) => kind === 'checkpoint')).toBe(true);
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(1_000);
    await at.tell('w0', instruct('afterwards'));
    expect(at.decisions('w0').at(-1)).toMatchObject({ version: 3, outcome: { kind: 'accepted' } });
  });

  it('that ends meanwhile makes the checkpoint begin anew: a fold from it would not hear of the end', async () => {
    const at = await open();
    const host = at.host;
    host?.checkpoint(0);
    await at.tell('w0', end);
    await at.clock.pass(3_000);
    expect(at.journal().some(({ kind }) => kind === 'checkpoint')).toBe(false);
    host?.checkpoint(0);
    await at.clock.pass(3_000);
    expect(at.journal().some(({ kind }) => kind === 'checkpoint')).toBe(true);
    at.log.release(0);
    at.log.acquire(0);
    await at.clock.pass(1_000);
    await at.tell('w0', start());
    expect(at.outcomes('w0').at(-1)).toBe('WORKFLOW_EXISTS');
  });

  it('waits with living again until its base can be written; what comes meanwhile is decided behind, in order', async () => {
    const at = await open(40);
    await at.tell('w0', end);
    await at.tell('w0', { type: 'RetryWorkflow', resumeSubworkflowTasks: false });
    await at.tell('w0', instruct('second'));
    expect(at.outcomes('w0').slice(-2)).toEqual(['parked', 'WORKFLOW_ENDED']);
    await at.tell('w0', { type: 'RetryWorkflow', resumeSubworkflowTasks: false });
    expect(at.outcomes('w0').at(-1)).toBe('parked');
    await at.clock.pass(3_000);
    expect(states(at)).toEqual(['w0']);
    expect(at.outcomes('w0').slice(-2)).toEqual(['accepted', 'WORKFLOW_NOT_ENDED']);
    await at.tell('w0', instruct('lives'));
    expect(at.outcomes('w0').at(-1)).toBe('accepted');
    expect(at.alarms).toEqual([]);
  });
});
