import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';
import { durationMs } from './duration.ts';
import { momentOf } from './moment.ts';

const waiting = (inputParameters: Record<string, string>) =>
  new Scenario({
    tasks: [taskDef('c')],
    workflows: [workflow('w', [task('WAIT', 'wt', { inputParameters }), simple('c1')])],
  });

describe('a wait', () => {
  it('for a duration ends by itself, with an empty output', () => {
    const scenario = waiting({ duration: '2 seconds' });
    const run = scenario.start('w');
    expect(run.summary).toEqual(['wt:IN_PROGRESS']);
    expect(scenario.decider.nextDue(run.state)).toEqual({ timer: scenario.now + 2_000 });
    scenario.advance(1_999);
    expect(run.task('wt').status).toBe('IN_PROGRESS');
    scenario.advance(1);
    expect(run.task('wt')).toMatchObject({ status: 'COMPLETED', output: {} });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('until a moment in the past is over at once', () => {
    expect(waiting({ until: '2020-01-01' }).start('w').task('wt').status).toBe('COMPLETED');
  });

  it('until a moment in the future ends then', () => {
    const scenario = waiting({ until: '2023-11-14 23:00 GMT' });
    const run = scenario.start('w');
    scenario.advance(Date.UTC(2023, 10, 14, 23) - scenario.now - 1);
    expect(run.task('wt').status).toBe('IN_PROGRESS');
    scenario.advance(1);
    expect(run.task('wt').status).toBe('COMPLETED');
  });

  it('without either ends when somebody says so', () => {
    const scenario = waiting({});
    const run = scenario.start('w');
    scenario.advance(1_000_000);
    expect(run.complete('wt', { x: 1 }).task('wt')).toMatchObject({ status: 'COMPLETED', output: { x: 1 } });
  });

  it.each([
    [{ duration: '5s', until: '2099-01-01' }, "Both 'duration' and 'until' specified. Please provide only one input"],
    [{ until: 'tomorrow' }, 'Invalid/Unsupported Wait Until format.  Provided: tomorrow'],
    [{ duration: '1 week' }, 'Invalid wait duration.  Provided: 1 week'],
  ])('with input %j fails for good, and the workflow exists', (inputParameters, reason) => {
    const def = workflow('w', [task('WAIT', 'wt', { inputParameters })]);
    const run = new Scenario().start('w', {}, { definition: Payload.of(def) });
    expect(run.status).toBe('FAILED');
    expect(run.task('wt')).toMatchObject({ status: 'FAILED_WITH_TERMINAL_ERROR', reason });
  });

  it('is timed out and tried again by a task definition of its name', () => {
    const scenario = new Scenario({
      tasks: [taskDef('wt', { timeoutSeconds: 1, timeoutPolicy: 'RETRY', retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [task('WAIT', 'wt')])],
    });
    const run = scenario.start('w');
    scenario.advance(1_000);
    expect(run.seen.tasks.map(({ attempt, status }) => [attempt, status])).toEqual([
      [0, 'TIMED_OUT'],
      [1, 'IN_PROGRESS'],
    ]);
  });
});

describe('a duration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['2 days 3 hours', 183_600_000],
    ['90 seconds', 90_000],
    ['5M 5S', 305_000],
    ['1 day 2 hrs 3 mins 4 secs', 93_784_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(durationMs(text)).toBe(ms));

  it.each(['5', '1.5h', '1 week', '5s 1m', '', ' ', '5 lightyears', '9'.repeat(300) + 's', '99999999999999999 days'])(
    '%s is none',
    (text) => expect(durationMs(text)).toBeUndefined(),
  );
});

describe('a moment', () => {
  const utc = (...parts: [number, number, number, number?, number?]) => Date.UTC(...parts);

  it.each([
    ['2026-03-01', utc(2026, 2, 1)],
    ['2026-03-01 10:30', utc(2026, 2, 1, 10, 30)],
    ['2026-03-01 10:30 UTC', utc(2026, 2, 1, 10, 30)],
    ['2026-03-01 10:30 PST', utc(2026, 2, 1, 18, 30)],
    ['2026-03-01 10:30 GMT+05:30', utc(2026, 2, 1, 5, 0)],
    ['2026-07-01 10:30 Europe/Berlin', utc(2026, 6, 1, 8, 30)],
    ['2026-01-01 10:30 Europe/Berlin', utc(2026, 0, 1, 9, 30)],
  ])('%s is %d', (text, ms) => expect(momentOf(text)).toBe(ms));

  it.each([
    'tomorrow',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01 25:00',
    '2026-01-01T10:00:00Z',
    '2026-01-01 10:00 Nowhere/At',
    '',
  ])('%s is none', (text) => expect(momentOf(text)).toBeUndefined());
});
