import { describe, expect, it } from '@jest/globals';
import { Fault, type CommandEnvelope, type RevivalAnswer, type Snapshot } from '@partitura/model';
import type { DeadLetter } from './ports.ts';
import { hostPartitions } from './host.ts';
import { refold } from './refold.ts';
import { foldFromCheckpoint, foldFromStart } from './restore.ts';
import { Installation, type Tally } from './spec/installation.ts';
import { instruct, start, tallyDomain } from './spec/tally-domain.ts';

const unavailable = (): Fault => new Fault('UNAVAILABLE', 'not now', { retryable: true });
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
});

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

describe('timers', () => {
  it('fire when their time has come, never before, and write nothing meanwhile', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start());
    const due = at.clock.now() + 5_000;
    await at.tell('w0', instruct(`timer ${due}`));
    const before = at.journal().length;
    await at.clock.pass(4_900);
    expect(at.journal().length).toBe(before);
    await at.clock.pass(200);
    const fired = at.decisions('w0').at(-1);
    expect([fired?.cause.kind, (fired?.at ?? 0) >= due]).toEqual(['timer', true]);
  });

  it('are not hurried by a wall clock that jumps ahead', async () => {
    const at = new Installation({ appendTimeToleranceMs: Infinity });
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct(`timer ${at.clock.now() + 60_000}`));
    at.clock.jumpWall(3_600_000);
    await at.clock.pass(30_000);
    expect(at.decisions('w0')).toHaveLength(2);
  });

  it('of deadlines wait until the reader has passed what was sent before', async () => {
    const at = new Installation({ deadlineGraceMs: 0 });
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct(`deadline ${at.clock.now() + 1_000}`));
    let answer: () => void = () => undefined;
    at.log.beforeOffsets = (topic) =>
      topic === 'commands' ? new Promise<void>((resolve) => (answer = resolve)) : undefined;
    await at.clock.pass(1_500);
    at.put('w0', instruct('reported in time'));
    await at.clock.pass(300);
    expect(at.decisions('w0').at(-1)?.cause.kind).toBe('command');
    at.log.beforeOffsets = () => undefined;
    answer();
    await at.clock.pass(300);
    expect(at.decisions('w0').at(-1)?.cause.kind).toBe('timer');
  });

  it('of deadlines are put off when nobody could report for a while', async () => {
    const at = new Installation({ deadlineGraceMs: 10_000 });
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct(`deadline ${at.clock.now() + 1_000}`));
    at.log.release(0);
    await at.clock.pass(20_000);
    at.log.acquire(0);
    await at.clock.pass(9_000);
    expect(at.decisions('w0').at(-1)?.cause.kind).toBe('command');
    await at.clock.pass(2_000);
    expect(at.decisions('w0').at(-1)?.cause.kind).toBe('timer');
  });
});

describe('effects', () => {
  it('leave after admission only', async () => {
    const at = new Installation();
    await at.open([0, 1]);
    await at.tell('w0', start());
    let go: () => void = () => undefined;
    at.log.beforeAppend = (topic) => (topic === 'journal' ? new Promise<void>((resolve) => (go = resolve)) : undefined);
    await at.tell('w0', instruct('tell w1'));
    expect(at.sent('commands', 1)).toEqual([]);
    at.log.beforeAppend = () => undefined;
    go();
    await at.clock.pass(50);
    expect(at.sent('commands', 1)).toHaveLength(1);
  });

  it('are recorded as settled by an entry of their own after a silence, once', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w0', instruct('tell w1'));
    await at.clock.pass(10_000);
    const own = at.journal().filter((entry) => entry.kind === 'decision' && entry.cause.kind === 'owner');
    expect(own.map((entry) => 'effectsDone' in entry && entry.effectsDone)).toEqual([1]);
  });

  it('are sent again by the next owner when they were not recorded as settled', async () => {
    const at = new Installation();
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic, partition) => {
      if (topic === 'commands' && partition === 1) throw unavailable();
    };
    await at.tell('w0', instruct('tell w1'));
    at.log.release(0);
    at.log.beforeAppend = () => undefined;
    at.log.acquire(0);
    await at.clock.pass(1_000);
    expect(at.sent<CommandEnvelope>('commands', 1).map(({ mark }) => mark?.index)).toEqual([1]);
  });

  it('for one target wait alone; a task that cannot be handed over becomes a recorded failure', async () => {
    const at = new Installation({ undeliverableMs: 5_000 });
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeSend = (topic) => {
      if (topic === 'tasks.broken') throw unavailable();
    };
    await at.tell('w0', instruct('dispatch broken', 'dispatch fine', 'tell w1'));
    expect([at.sent('tasks.fine', 0).length + at.sent('tasks.fine', 1).length, at.sent('commands', 1).length]).toEqual([
      1, 1,
    ]);
    await at.clock.pass(10_000);
    const last = at.decisions('w0').at(-1);
    expect([last?.cause.kind, last?.events[0]]).toMatchObject(['owner', { logs: [{ message: 'undeliverable w0~1' }] }]);
    expect(at.log.committedOffsets.get('queue.fine tasks.fine[1]')?.offset).toBe(0);
  });

  it('stop the consuming when too many bytes of them wait', async () => {
    const at = new Installation({ unsettledBytes: 300 });
    await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic) => {
      if (topic === 'commands') throw unavailable();
    };
    for (let i = 0; i < 6; i++) await at.tell('w0', instruct('tell w1'));
    const decided = at.outcomes('w0').length;
    expect(decided).toBeLessThan(7);
    expect(at.alarms.map(({ code }) => code)).toContain('EFFECTS_STUCK');
    at.log.beforeAppend = () => undefined;
    await at.clock.pass(5_000);
    expect(at.outcomes('w0')).toHaveLength(7);
  });

  it('let the reply to a definition wait for its broadcast, and name its offset', async () => {
    const at = new Installation();
    await at.open([0]);
    at.log.put('definitions', 0, { key: null, value: null });
    await at.tell('w0', start());
    await at.tell('w0', instruct('broadcast mail'), { replyTo });
    expect(at.replies()).toMatchObject([{ outcome: { kind: 'accepted' }, definitionsOffset: 1 }]);
  });
});

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

describe('a defect of the runtime', () => {
  it('that comes again with every claim halts the partition instead of looping', async () => {
    const at = new Installation();
    let claims = 0;
    const host = await hostPartitions({
      ...at.ports(),
      freshToken: () => {
        claims += 1;
        throw new Error('no randomness left');
      },
    });
    at.log.acquire(0);
    await at.clock.pass(300_000);
    const reason = 'partition 0 met a defect of the runtime: no randomness left';
    expect(host.partitions()).toMatchObject([{ phase: 'halted', reason }]);
    expect([claims, at.alarms.map(({ code }) => code)]).toEqual([5, Array<string>(5).fill('RUNTIME_DEFECT')]);
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
  async function answer(at: Installation, more: Partial<RevivalAnswer> = {}): Promise<void> {
    const history = refold(tallyDomain, { repeats: 16 }, at.decisions('w0'), () => undefined);
    const { body = new Uint8Array(0), ...found } = history ?? {};
    await at.tell('w0', {
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

describe('closing', () => {
  it('lets batches and effects settle, records that, and leaves', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    let go: () => void = () => undefined;
    at.log.beforeAppend = (topic) =>
      topic === 'commands' ? new Promise<void>((resolve) => (go = resolve)) : undefined;
    await at.tell('w0', instruct('tell w1'));
    const closed = host.close();
    at.put('w0', instruct('too late'));
    await at.clock.pass(1_000);
    expect(host.partitions()).toMatchObject([{ phase: 'owning' }]);
    go();
    await at.clock.pass(1_000);
    await closed;
    expect(at.outcomes('w0')).toEqual(['accepted', 'accepted']);
    expect(at.journal().at(-1)).toMatchObject({ kind: 'decision', cause: { kind: 'owner' }, effectsDone: 1 });
    expect(host.partitions()).toMatchObject([{ phase: 'released' }]);
  });

  it('waits no longer than its bound', async () => {
    const at = new Installation({ drainMs: 2_000 });
    const host = await at.open([0]);
    await at.tell('w0', start());
    at.log.beforeAppend = (topic) => (topic === 'commands' ? new Promise<void>(() => undefined) : undefined);
    await at.tell('w0', instruct('tell w1'));
    let closed = false;
    void host.close().then(() => (closed = true));
    await at.clock.pass(1_500);
    expect(closed).toBe(false);
    await at.clock.pass(1_000);
    expect(closed).toBe(true);
  });
});

describe('folding a journal', () => {
  it('gives what its owner knew, from the start and from a checkpoint', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w0', instruct('a', 'b'));
    await at.tell('w2', start('poison'));
    host.checkpoint(0);
    await at.clock.pass(3_000);
    await at.tell('w0', instruct('c'));
    const { offset = -1 } = at.log.committedOffsets.get('restore journal[0]') ?? {};
    const alive = { alive: true };
    const end = at.journal().length;
    const folds = [foldFromStart(at.ports(), 0), await foldFromCheckpoint(at.ports(), 0, offset, 0, alive)];
    for (const fold of folds) {
      await fold.through(end, alive);
      const [w0] = [...fold.state.live.values()];
      expect((w0?.state as Tally).done).toEqual(['a', 'b', 'c']);
      expect([w0?.version, fold.state.inputPosition, fold.state.live.size]).toEqual([3, 4, 1]);
    }
    expect(folds.map(({ records }) => records < end)).toEqual([false, true]);
  });
});
