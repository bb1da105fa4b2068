import { describe, expect, it } from '@jest/globals';
import { taskId, workflowId, type RevivalAnswer } from '@partitura/model';
import { refold } from './refold.ts';
import { Installation } from './spec/installation.ts';
import { instruct, start, tallyDomain } from './spec/tally-domain.ts';

const replyTo = { partition: 0, instance: 'api', correlation: 7 };

describe('a command for an aggregate that has ended and left memory', () => {
  const forgetful = { closedMemoryMs: 0, silenceMs: 100 };
  const retry = { type: 'RetryWorkflow', resumeSubworkflowTasks: false } as const;
  interface Request {
    readonly request: number;
  }
  async function ended(settings = {}): Promise<Installation> {
    const at = new Installation({ ...forgetful, ...settings });
    await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w0', { type: 'TerminateWorkflow', byParent: false });
    await at.clock.pass(300);
    return at;
  }
  const asked = (at: Installation): readonly Request[] => [0, 1].flatMap((p) => at.sent<Request>('tasks.revive', p));
  async function answer(at: Installation, more: Partial<RevivalAnswer> = {}, id = 'w0'): Promise<void> {
    const history = refold(tallyDomain, { repeats: 16 }, at.decisions(id), () => undefined);
    const { body = new Uint8Array(0), ...found } = history ?? {};
    await at.tell(id, {
      type: 'RevivalAnswer',
      request: asked(at).at(-1)?.request ?? -1,
      part: 0,
      parts: 1,
      archivedThrough: 100,
      found: found as NonNullable<RevivalAnswer['found']>,
      state: body,
      ...more,
    });
  }

  it('is parked, asks the archive, and is decided on the state that comes back, behind its snapshot', async () => {
    const at = await ended();
    await at.tell('w0', retry);
    expect([at.outcomes('w0').at(-1), asked(at).length]).toEqual(['parked', 1]);
    await answer(at);
    const last = at.journal().slice(-3);
    expect(last.map(({ kind }) => kind)).toEqual(['snapshot', 'decision', 'decision']);
    expect(at.decisions('w0').at(-1)).toMatchObject({ version: 3, cause: { kind: 'continuation' } });
    await at.tell('w0', instruct('alive'));
    expect(at.outcomes('w0').at(-1)).toBe('accepted');
  });

  it('waits for an archive that lags behind, and asks again', async () => {
    const at = await ended();
    await at.tell('w0', retry);
    await answer(at, { found: { startIndex: 0, version: 1, stateVersion: 1 } });
    expect(at.outcomes('w0').at(-1)).toBe('parked');
    await at.clock.pass(6_000);
    await answer(at);
    expect(at.decisions('w0').at(-1)).toMatchObject({ version: 3 });
  });

  it('is refused after a bound when it came from outside', async () => {
    const at = await ended({ reviveBoundMs: 20_000 });
    await at.tell('w0', retry, { replyTo });
    await at.clock.pass(30_000);
    expect(at.outcomes('w0').at(-1)).toBe('ARCHIVE_UNAVAILABLE');
    expect(at.replies().map(({ outcome }) => outcome.kind)).toEqual(['rejected']);
    await answer(at);
    expect(at.outcomes('w0').at(-1)).toBe('INVALID_STATE');
  });

  it('that never was is refused once the archive says so', async () => {
    const at = await ended();
    await at.tell('w2', retry, { replyTo });
    expect(at.outcomes('w2')).toEqual(['parked']);
    await answer(at, { found: undefined as never, state: new Uint8Array(0) }, 'w2');
    expect(at.outcomes('w2').at(-1)).toBe('WORKFLOW_NOT_FOUND');
    expect(at.replies().map(({ outcome }) => outcome.kind)).toEqual(['rejected']);
  });

  it('that never was may tell somebody so: that is decided once, and what waits behind it meets what it left', async () => {
    const at = await ended();
    const parent = { workflowId: workflowId('w0'), taskId: taskId('t') };
    await at.tell('w2', { ...retry, parent });
    await at.tell('w2', { ...retry, parent });
    await answer(at, { found: undefined as never, state: new Uint8Array(0) }, 'w2');
    expect(at.decisions('w2').slice(2)).toMatchObject([
      { outcome: { kind: 'accepted' }, events: [] },
      { version: 1, cause: { kind: 'continuation' }, events: [{ type: 'TaskLogsAdded' }, { type: 'WorkflowRemoved' }] },
      { version: 2, cause: { kind: 'continuation' }, events: [{ type: 'WorkflowRetried' }] },
    ]);
    expect(at.decisions('w0').at(-1)).toMatchObject({ cause: { mark: { partition: 0 } } });
    await at.tell('w2', instruct('alive'));
    expect(at.outcomes('w2').at(-1)).toBe('accepted');
  });

  it('brings the aggregate back from memory behind a snapshot when it has not left yet', async () => {
    const at = await ended({ closedMemoryMs: 60_000 });
    await at.tell('w0', retry);
    expect(
      at
        .journal()
        .slice(-2)
        .map(({ kind }) => kind),
    ).toEqual(['snapshot', 'decision']);
    expect(at.decisions('w0').at(-1)).toMatchObject({ version: 3, outcome: { kind: 'accepted' } });
  });
});
