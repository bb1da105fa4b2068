import { describe, expect, it } from '@jest/globals';
import type { DeadLetter } from './ports.ts';
import { Installation, type Tally } from './spec/installation.ts';
import { instruct, start, tallyDomain } from './spec/tally-domain.ts';

const replyTo = { partition: 0, instance: 'api', correlation: 7 };

describe('a decider that throws', () => {
  it('quarantines the aggregate for everybody to see; the partition goes on', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct('throw'), { replyTo });
    await at.tell('w0', instruct('more'));
    await at.tell('w2', start());
    expect(at.outcomes()).toEqual(['accepted', 'WORKFLOW_QUARANTINED', 'WORKFLOW_QUARANTINED', 'accepted']);
    expect(at.decisions('w0')[1]?.events.map(({ type }) => type)).toEqual(['WorkflowQuarantined']);
    expect(at.replies()[0]?.outcome).toMatchObject({ kind: 'rejected', code: 'WORKFLOW_QUARANTINED' });
    expect(at.alarms.map(({ code }) => code)).toEqual(['QUARANTINED']);
  });

  it('has no aggregate to quarantine when a start throws: the command becomes a dead letter', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start('poison'));
    expect(at.outcomes()).toEqual(['deadLettered']);
    expect(at.sent<DeadLetter>('dead-letters')[0]?.reason).toBe('nobody can start poison');
  });
});

describe('a decider that cannot tell what an aggregate waits for', () => {
  it('loses that aggregate, not the partition', async () => {
    const at = new Installation();
    const nextDue: typeof tallyDomain.nextDue = (state) => {
      if ((state as Tally).done.includes('x')) throw new Error('no idea');
      return tallyDomain.nextDue(state);
    };
    await at.open([0], undefined, { ...tallyDomain, nextDue });
    await at.tell('w0', start());
    await at.tell('w0', instruct('x'));
    await at.tell('w0', instruct('y'));
    await at.tell('w2', start());
    expect(at.outcomes()).toEqual(['accepted', 'accepted', 'WORKFLOW_QUARANTINED', 'accepted']);
    expect(at.alarms.map(({ code }) => code)).toEqual(['QUARANTINED']);
  });
});
