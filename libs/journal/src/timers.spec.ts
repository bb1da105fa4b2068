import { describe, expect, it } from '@jest/globals';
import { Installation } from './spec/installation.ts';
import { instruct, start, tallyDomain } from './spec/tally-domain.ts';

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

  it('that are due together are decided together: as many appends as batches, not as timers', async () => {
    const at = new Installation();
    await at.open();
    const due = at.clock.now() + 5_000;
    for (let i = 0; i < 500; i++) at.put(`w${i}0`, start());
    for (let i = 0; i < 500; i++) at.put(`w${i}0`, instruct(`timer ${due}`));
    await at.clock.pass(100);
    let appends = 0;
    at.log.beforeAppend = (topic) => {
      if (topic === 'journal') appends += 1;
    };
    await at.clock.pass(6_000);
    expect(at.decisions().filter(({ cause }) => cause.kind === 'timer')).toHaveLength(500);
    expect(appends).toBeLessThan(5);
  });

  it('survive a new owner, and fire late rather than never', async () => {
    const at = new Installation();
    await at.open();
    await at.tell('w0', start());
    await at.tell('w0', instruct(`timer ${at.clock.now() + 1_000}`));
    at.log.release(0);
    await at.clock.pass(5_000);
    at.log.acquire(0);
    await at.clock.pass(500);
    expect(at.decisions('w0').at(-1)?.cause.kind).toBe('timer');
  });

  it('of an aggregate that does nothing about them are asked about again, without haste and with one alarm', async () => {
    const at = new Installation();
    let wakes = 0;
    await at.open([0], undefined, {
      ...tallyDomain,
      decide(state, command, context) {
        if (command.type !== 'Wake') return tallyDomain.decide(state, command, context);
        wakes += 1;
        return { kind: 'accepted', events: [], state };
      },
    });
    await at.tell('w0', start());
    await at.tell('w0', instruct(`timer ${at.clock.now() + 100}`));
    await at.clock.pass(5_000);
    expect([wakes, at.alarms.map(({ code }) => code)]).toEqual([5, ['TIMER_STUCK']]);
  });
});
