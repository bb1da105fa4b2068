import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const withDef = (def: Parameters<typeof taskDef>[1], more = {}) =>
  new Scenario({ tasks: [taskDef('a', def)], workflows: [workflow('w', [simple('a1')], more)] });

describe('timeoutSeconds of a task', () => {
  it('with policy RETRY ends the attempt and tries again, then times the workflow out', () => {
    const scenario = withDef({ timeoutSeconds: 1, timeoutPolicy: 'RETRY', retryCount: 1, retryDelaySeconds: 0 });
    const run = scenario.start('w');
    scenario.poll('a');
    scenario.advance(1_000);
    expect(run.summary).toEqual(['a1:TIMED_OUT', 'a1:SCHEDULED']);
    scenario.poll('a');
    scenario.advance(1_500);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.seen.reason).toBe(
      `Task ${run.task('a1').taskId} failed with status: TIMED_OUT and reason: 'Task timed out after 1 seconds. Timeout configured as 1 seconds. Timeout policy configured to RETRY'`,
    );
    expect(run.seen.failedReferenceTaskNames).toEqual([]);
  });

  it('with policy TIME_OUT_WF ends the workflow at once, optional or not, with the bare text', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { timeoutSeconds: 2, retryCount: 3 })],
      workflows: [workflow('w', [simple('a1', { optional: true })])],
    });
    const run = scenario.start('w');
    scenario.poll('a');
    scenario.advance(2_000);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.task('a1').status).toBe('TIMED_OUT');
    expect(run.seen.reason).toBe(
      'Task timed out after 2 seconds. Timeout configured as 2 seconds. Timeout policy configured to TIME_OUT_WF',
    );
  });

  it('does not begin before the first poll', () => {
    const scenario = withDef({ timeoutSeconds: 1 });
    const run = scenario.start('w');
    scenario.advance(10_000);
    expect(run.status).toBe('RUNNING');
  });

  it('with policy ALERT_ONLY ends nothing', () => {
    const scenario = withDef({ timeoutSeconds: 1, timeoutPolicy: 'ALERT_ONLY' });
    const run = scenario.start('w');
    scenario.poll('a');
    scenario.advance(3_000);
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('spans all hand-outs of one attempt', () => {
    const scenario = withDef({ timeoutSeconds: 5, responseTimeoutSeconds: 5, timeoutPolicy: 'RETRY' });
    const run = scenario.start('w');
    scenario.poll('a');
    run.report('a1', 'IN_PROGRESS', {}, { callbackAfterSeconds: 3 });
    scenario.advance(3_000);
    scenario.poll('a');
    scenario.advance(2_000);
    expect(run.task('a1').status).toBe('TIMED_OUT');
  });

  it('counts from the poll of a retried attempt, not from the start of its delay', () => {
    const scenario = withDef({ timeoutSeconds: 2, timeoutPolicy: 'RETRY', retryCount: 1, retryDelaySeconds: 10 });
    const run = scenario.start('w').fail('a1', 'no');
    scenario.advance(10_000);
    scenario.poll('a');
    scenario.advance(1_999);
    expect(run.task('a1').status).toBe('IN_PROGRESS');
    scenario.advance(1);
    expect(run.task('a1').status).toBe('TIMED_OUT');
  });
});

describe('pollTimeoutSeconds', () => {
  it('ends an attempt that nobody takes', () => {
    const scenario = withDef({ pollTimeoutSeconds: 1, timeoutPolicy: 'RETRY', retryCount: 1, retryDelaySeconds: 0 });
    const run = scenario.start('w');
    scenario.advance(1_000);
    expect(run.summary).toEqual(['a1:TIMED_OUT', 'a1:SCHEDULED']);
    expect(run.seen.tasks[0]!.reason).toBe(
      'Task poll timed out after 1 seconds. Poll timeout configured as 1 seconds. Timeout policy configured to RETRY',
    );
  });

  it('begins when a delayed task can be taken', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { pollTimeoutSeconds: 2, timeoutPolicy: 'RETRY' })],
      workflows: [workflow('w', [simple('a1', { startDelay: 10 })])],
    });
    const run = scenario.start('w');
    scenario.advance(11_999);
    expect(run.task('a1').status).toBe('SCHEDULED');
    scenario.advance(1);
    expect(run.task('a1').status).toBe('TIMED_OUT');
  });

  it('starts anew when a worker hands the task back', () => {
    const scenario = withDef({ pollTimeoutSeconds: 5, timeoutPolicy: 'RETRY' });
    const run = scenario.start('w');
    scenario.poll('a');
    scenario.advance(4_000);
    run.report('a1', 'IN_PROGRESS', {}, { callbackAfterSeconds: 2 });
    scenario.advance(6_999);
    expect(run.task('a1').status).toBe('SCHEDULED');
    scenario.advance(1);
    expect(run.task('a1').status).toBe('TIMED_OUT');
  });
});

describe('responseTimeoutSeconds', () => {
  it('ends an attempt whose worker is silent, whatever the policy, and retries it', () => {
    const scenario = withDef({ responseTimeoutSeconds: 2, retryCount: 1, retryDelaySeconds: 0 });
    const run = scenario.start('w');
    scenario.poll('a');
    scenario.advance(2_000);
    const [first] = run.seen.tasks;
    expect(first).toMatchObject({
      status: 'TIMED_OUT',
      reason: `responseTimeout: 2 exceeded for the taskId: ${first!.taskId} with Task Definition: a`,
    });
    expect(run.task('a1').attempt).toBe(1);
  });

  it('is put off by every lease extension', () => {
    const scenario = withDef({ responseTimeoutSeconds: 2 });
    const run = scenario.start('w');
    scenario.poll('a');
    for (let i = 0; i < 4; i++) {
      scenario.advance(1_500);
      run.send({
        type: 'TaskResult',
        taskId: run.task('a1').taskId,
        status: 'IN_PROGRESS',
        output: { value: { ignored: true } } as never,
        callbackAfterSeconds: 0,
        extendLease: true,
        logs: [],
      });
    }
    expect(run.task('a1')).toMatchObject({ status: 'IN_PROGRESS', output: {} });
    scenario.advance(2_000);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.seen.reason).toContain('responseTimeout: 2 exceeded for the taskId');
  });

  it('does not touch a wait, although a definition of its name has one', () => {
    const scenario = new Scenario({
      tasks: [taskDef('wt', { responseTimeoutSeconds: 1 })],
      workflows: [workflow('w', [task('WAIT', 'wt')])],
    });
    const run = scenario.start('w');
    scenario.advance(100_000);
    expect(run.status).toBe('RUNNING');
  });
});

describe('totalTimeoutSeconds', () => {
  it('spans attempts and the delays between them', () => {
    const scenario = withDef({
      totalTimeoutSeconds: 10,
      retryCount: 5,
      retryDelaySeconds: 6,
      timeoutPolicy: 'RETRY',
    });
    const run = scenario.start('w').fail('a1', 'no');
    scenario.advance(6_000);
    scenario.poll('a');
    scenario.advance(4_000);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.task('a1').reason).toBe(
      `Task a/${run.task('a1').taskId} exceeded total timeout of 10 seconds (elapsed 10 seconds across all attempts including retry delays). Timeout policy: RETRY`,
    );
  });
});

describe('timeoutSeconds of a workflow', () => {
  it('with policy TIME_OUT_WF ends it and cancels what is open', () => {
    const scenario = withDef({}, { timeoutSeconds: 1, timeoutPolicy: 'TIME_OUT_WF' });
    const run = scenario.start('w');
    scenario.advance(1_000);
    expect(run.status).toBe('TIMED_OUT');
    expect(run.seen.reason).toBe(
      'Workflow timed out after 1 seconds. Timeout configured as 1 seconds. Timeout policy configured to TIME_OUT_WF',
    );
    expect(run.summary).toEqual(['a1:CANCELED']);
    expect(run.seen.failedTaskId).toBeUndefined();
  });

  it('without a policy acts on nothing', () => {
    const scenario = withDef({}, { timeoutSeconds: 1 });
    const run = scenario.start('w');
    scenario.advance(100_000);
    expect(run.status).toBe('RUNNING');
  });

  it('stands still while the workflow is paused and starts anew on resume', () => {
    const scenario = withDef({}, { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' });
    const run = scenario.start('w');
    scenario.advance(5_000);
    run.pause();
    scenario.advance(60_000);
    expect(run.status).toBe('PAUSED');
    run.resume();
    scenario.advance(9_999);
    expect(run.status).toBe('RUNNING');
    scenario.advance(1);
    expect(run.status).toBe('TIMED_OUT');
  });
});
