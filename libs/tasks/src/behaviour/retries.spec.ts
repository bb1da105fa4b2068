import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const oneTask = (def: Parameters<typeof taskDef>[1], more = {}) =>
  new Scenario({
    tasks: [taskDef('a', def), taskDef('b')],
    workflows: [workflow('w', [simple('a1', more), simple('b1')])],
  });

describe('a failing task', () => {
  it('is tried again until its retries are used up, and then fails the workflow', () => {
    const run = oneTask({ retryCount: 2, retryDelaySeconds: 0 }).start('w');
    run.fail('a1', 'r0').fail('a1', 'r1').fail('a1', 'r2');
    expect(run.seen.tasks.map(({ attempt, retried, status }) => [attempt, retried, status])).toEqual([
      [0, true, 'FAILED'],
      [1, true, 'FAILED'],
      [2, false, 'FAILED'],
    ]);
    const last = run.task('a1');
    expect(last.retriedTaskId).toBe(run.seen.tasks[1]!.taskId);
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe(`Task ${last.taskId} failed with status: FAILED and reason: 'r2'`);
    expect(run.seen.failedTaskId).toBe(last.taskId);
    expect(run.seen.failedReferenceTaskNames).toEqual(['a1']);
  });

  it.each([
    ['FIXED', {}, [3, 3, 3, 3, 3]],
    ['LINEAR_BACKOFF', { backoffScaleFactor: 2 }, [6, 12, 18, 24, 30]],
    ['EXPONENTIAL_BACKOFF', {}, [3, 6, 12, 24, 48]],
    ['EXPONENTIAL_BACKOFF', { maxRetryDelaySeconds: 20 }, [3, 6, 12, 20, 20]],
  ])('with %s and %j waits %j seconds, and cannot be polled before', (retryLogic, more, delays) => {
    const scenario = oneTask({ retryCount: 5, retryDelaySeconds: 3, retryLogic, ...more });
    const run = scenario.start('w');
    const seen = delays.map((delay) => {
      scenario.poll('a');
      run.fail('a1', 'no');
      const { callbackAfterSeconds } = run.task('a1');
      scenario.advance(delay * 1000 - 1);
      expect(scenario.poll('a')).toBeUndefined();
      scenario.advance(1);
      return callbackAfterSeconds;
    });
    expect(seen).toEqual(delays);
    expect(scenario.poll('a')).toMatchObject({ attempt: 5, pollCount: 0 });
  });

  it('spreads its retries by a jitter that is a function of the attempt', () => {
    const delays = Array.from({ length: 2 }, () => {
      const scenario = oneTask({ retryCount: 1, retryDelaySeconds: 1, backoffJitterMs: 500 });
      return [1, 2, 3, 4, 5, 6].map(
        (n) =>
          scenario
            .start('w', {}, { id: `r${n}` })
            .fail('a1', 'no')
            .task('a1').dueAt - scenario.now,
      );
    });
    expect(delays[0]).toEqual(delays[1]);
    for (const delay of delays[0]!) expect(delay).toBeGreaterThanOrEqual(1000);
    for (const delay of delays[0]!) expect(delay).toBeLessThanOrEqual(1500);
    expect(new Set(delays[0]).size).toBeGreaterThan(2);
  });

  it('is not tried again after a terminal error', () => {
    const run = oneTask({ retryCount: 3 }).start('w');
    run.report('a1', 'FAILED_WITH_TERMINAL_ERROR', {}, { reason: 't' });
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe(`Task ${run.task('a1').taskId} failed with status: FAILED and reason: 't'`);
  });

  it('that reports CANCELED terminates the workflow and is not named as failed', () => {
    const run = oneTask({ retryCount: 3 }).start('w');
    run.report('a1', 'CANCELED', {}, { reason: 'c' });
    expect(run.status).toBe('TERMINATED');
    expect(run.seen.reason).toBe(`Task ${run.task('a1').taskId} failed with status: TERMINATED and reason: 'c'`);
    expect(run.seen.failedReferenceTaskNames).toEqual([]);
    expect(run.seen.has('b1')).toBe(false);
  });

  it('without a reason shows null', () => {
    const run = oneTask({}).start('w');
    run.report('a1', 'FAILED');
    expect(run.seen.reason).toContain("reason: 'null'");
  });

  it('keeps 500 characters of its reason', () => {
    const run = oneTask({}).start('w').fail('a1', 'x'.repeat(700));
    expect(run.task('a1').reason).toBe('x'.repeat(500));
  });

  it('takes the retry count of the workflow task before that of the definition', () => {
    expect(oneTask({ retryCount: 3 }, { retryCount: 0 }).start('w').fail('a1', 'no').status).toBe('FAILED');
    const one = oneTask({ retryCount: 0, retryDelaySeconds: 0 }, { retryCount: 1 }).start('w').fail('a1', 'no');
    expect(one.status).toBe('RUNNING');
    expect(one.fail('a1', 'no').status).toBe('FAILED');
  });

  it('that nobody registered is tried three times more, a minute apart', () => {
    const scenario = new Scenario({ workflows: [workflow('w', [simple('zz')])] });
    const run = scenario.start('w').fail('zz', 'no');
    expect(run.task('zz').callbackAfterSeconds).toBe(60);
    for (let i = 0; i < 2; i++) {
      scenario.advance(60_000);
      run.fail('zz', 'no');
    }
    expect(run.status).toBe('RUNNING');
    scenario.advance(60_000);
    expect(run.fail('zz', 'no').status).toBe('FAILED');
  });

  it('is not tried again once the time for all attempts is used up', () => {
    const scenario = oneTask({
      retryCount: 3,
      retryDelaySeconds: 4,
      totalTimeoutSeconds: 6,
      timeoutPolicy: 'ALERT_ONLY',
    });
    const run = scenario.start('w').fail('a1', 'no');
    scenario.advance(7_000);
    run.fail('a1', 'again');
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe(
      `Task ${run.task('a1').taskId}/a exceeded total timeout of 6 seconds (elapsed 7 seconds across all attempts). No further retries will be attempted.`,
    );
  });
});

describe('an optional task that fails for good', () => {
  it('completes with errors, keeps reason and output, and the workflow goes on', () => {
    const run = oneTask({ retryCount: 1, retryDelaySeconds: 0 }, { optional: true }).start('w');
    run.fail('a1', 'one').fail('a1', 'two', { p: 4 });
    expect(run.task('a1')).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', reason: 'two', output: { p: 4 } });
    expect(run.task('b1').status).toBe('SCHEDULED');
    run.complete('b1');
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.failedReferenceTaskNames).toEqual(['a1']);
  });

  it('does so as the last task too, and there is nothing to retry then', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a')],
      workflows: [workflow('w', [simple('a1', { optional: true })])],
    });
    const run = scenario.start('w').fail('a1', 'no');
    expect(run.status).toBe('COMPLETED');
    expect(run.task('a1').status).toBe('COMPLETED_WITH_ERRORS');
    expect(run.retry()).toMatchObject({ kind: 'rejected', rejection: { code: 'NOTHING_TO_RETRY' } });
  });
});

describe('an optional task that fails for good', () => {
  it('is read by what follows like one that completed', () => {
    const inputParameters = { p: '${a1.output.p}', st: '${a1.status}' };
    const scenario = new Scenario({
      tasks: [taskDef('a'), taskDef('b')],
      workflows: [workflow('w', [simple('a1', { optional: true }), simple('b1', { inputParameters })])],
    });
    const run = scenario.start('w').fail('a1', 'no', { p: 4 });
    expect(run.task('b1').input).toEqual({ p: 4, st: 'COMPLETED_WITH_ERRORS' });
  });
});

describe('a permissive task that fails for good', () => {
  it('lets the flow go on and fails the workflow at its end', () => {
    const run = oneTask({}, { permissive: true }).start('w').fail('a1', 'w1');
    expect(run.summary).toEqual(['a1:FAILED', 'b1:SCHEDULED']);
    run.complete('b1');
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe(`Task ${run.task('a1').taskId} failed with status: FAILED and reason: 'w1'`);
    expect(run.seen.failedTaskId).toBeUndefined();
  });
});

describe('a system task that is done within the decision', () => {
  const jq = (def: JsonObject, more: JsonObject = {}) =>
    new Scenario({
      tasks: [taskDef('q', { retryCount: 2, retryDelaySeconds: 3, retryLogic: 'EXPONENTIAL_BACKOFF', ...def })],
      workflows: [
        workflow('w', [
          task('JSON_JQ_TRANSFORM', 'jq', {
            name: 'q',
            inputParameters: { queryExpression: '.n / .by', n: 6, by: '${workflow.variables.by}' },
            ...more,
          }),
          simple('b1'),
        ]),
      ],
    });

  it('waits for the delay of its retry too', () => {
    const scenario = jq({});
    const run = scenario.start('w');
    expect(run.summary).toEqual(['jq:FAILED', 'jq:SCHEDULED']);
    expect(run.task('jq')).toMatchObject({ attempt: 1, callbackAfterSeconds: 3 });
    scenario.advance(2_999);
    expect(run.summary).toEqual(['jq:FAILED', 'jq:SCHEDULED']);
    scenario.advance(1);
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED', 'jq:SCHEDULED']);
    scenario.advance(6_000);
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED', 'jq:FAILED']);
    expect(run.status).toBe('FAILED');
  });

  it('begins late with the input that it was given when it was made', () => {
    const scenario = jq({});
    const run = scenario.start('w');
    run.setVariables({ by: 2 });
    scenario.advance(3_000);
    expect(run.task('jq')).toMatchObject({ attempt: 2, status: 'SCHEDULED', input: { by: 2 } });
    scenario.advance(6_000);
    expect(run.summary.slice(2)).toEqual(['jq:COMPLETED', 'b1:SCHEDULED']);
    expect(run.task('jq').output).toMatchObject({ result: 3 });
  });

  it('is held to the time for all its attempts while it waits', () => {
    const scenario = jq({ totalTimeoutSeconds: 5, timeoutPolicy: 'TIME_OUT_WF' });
    const run = scenario.start('w');
    scenario.advance(5_000);
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED', 'jq:TIMED_OUT']);
    expect(run.status).toBe('TIMED_OUT');
  });

  it('is cancelled, paused and retried like any other while it waits', () => {
    const scenario = jq({});
    const run = scenario.start('w');
    run.pause();
    scenario.advance(10_000);
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED']);
    run.resume();
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED', 'jq:SCHEDULED']);
    run.terminate();
    expect(run.task('jq').status).toBe('CANCELED');
    run.retry();
    expect(run.task('jq')).toMatchObject({ attempt: 3, status: 'FAILED' });
  });

  it('of a kind that runs after it was entered waits as well', () => {
    const inputParameters = { terminationStatus: '${workflow.variables.status}' };
    const scenario = new Scenario({
      tasks: [taskDef('t', { retryCount: 2, retryDelaySeconds: 1 })],
      workflows: [workflow('w', [task('TERMINATE', 't', { inputParameters })])],
    });
    const run = scenario.start('w');
    expect(run.summary).toEqual(['t:FAILED', 't:SCHEDULED']);
    run.setVariables({ status: 'COMPLETED' });
    scenario.advance(1_000);
    expect(run.summary).toEqual(['t:FAILED', 't:FAILED', 't:SCHEDULED']);
    scenario.advance(1_000);
    expect([run.status, run.summary]).toEqual(['COMPLETED', ['t:FAILED', 't:FAILED', 't:COMPLETED']]);
  });
});
