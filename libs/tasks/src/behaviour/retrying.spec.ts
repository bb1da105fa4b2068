import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });
const sequence = () => scenarioOf(simple('a1'), simple('b1'));

describe('a retried workflow', () => {
  it('makes a new attempt of what failed, at once, and goes on', () => {
    const run = sequence().start('w').complete('a1', { v: 1 }).fail('b1', 'oops');
    const failed = run.task('b1').taskId;
    run.retry();
    expect(run.status).toBe('RUNNING');
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:FAILED', 'b1:SCHEDULED']);
    expect(run.task('b1')).toMatchObject({
      attempt: 1,
      retriedTaskId: failed,
      reason: undefined,
      callbackAfterSeconds: 0,
    });
    run.complete('b1', { ok: 1 });
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.output).toEqual({ ok: 1 });
    expect(run.seen.failedReferenceTaskNames).toEqual(['b1']);
  });

  it('renders the input of the new attempt again', () => {
    const scenario = scenarioOf(
      task('SET_VARIABLE', 's1', { inputParameters: { n: 1 } }),
      simple('a1', { inputParameters: { n: '${workflow.variables.n}', me: '${CPEWF_TASK_ID}' } }),
    );
    const run = scenario.start('w').fail('a1', 'no');
    run.retry();
    expect(run.task('a1').input).toEqual({ n: 1, me: run.task('a1').taskId });
  });

  it('keeps a join under its old id and leaves done branches alone', () => {
    const run = scenarioOf(
      fork('f', [[simple('a1')], [simple('b1')], [simple('d1')]]),
      join('j1', ['a1', 'b1', 'd1']),
    ).start('w');
    run.complete('d1', { d: 1 });
    run.fail('a1', 'no');
    const { taskId } = run.task('j1');
    run.retry();
    expect(run.summary).toEqual([
      'f:COMPLETED',
      'a1:FAILED',
      'b1:CANCELED',
      'd1:COMPLETED',
      'j1:IN_PROGRESS',
      'a1:SCHEDULED',
      'b1:SCHEDULED',
    ]);
    run.complete('a1').complete('b1');
    expect(run.status).toBe('COMPLETED');
    expect(run.task('j1')).toMatchObject({ taskId, output: { d1: { d: 1 } } });
  });

  it('after a permissive failure waits in the same join for the new attempt', () => {
    const run = scenarioOf(
      fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]),
      join('j1', ['a1', 'b1']),
    ).start('w');
    run.fail('a1', 'w1').complete('b1');
    const { taskId } = run.task('j1');
    run.retry();
    expect(run.task('j1')).toMatchObject({ taskId, status: 'IN_PROGRESS', attempt: 0 });
    run.complete('a1', { a: 1 });
    expect(run.status).toBe('COMPLETED');
    expect(run.task('j1').output).toEqual({ a1: { a: 1 } });
    expect(run.seen.tasks.filter(({ ref }) => ref === 'b1')).toHaveLength(1);
  });

  it('makes new attempts of a worker task and of waits that were cancelled', () => {
    const run = scenarioOf(
      fork('f', [
        [simple('a1')],
        [task('WAIT', 'wt', { inputParameters: { duration: '5 seconds' } })],
        [task('HUMAN', 'hm')],
      ]),
      join('j1', ['a1', 'wt', 'hm']),
    ).start('w');
    run.report('a1', 'FAILED_WITH_TERMINAL_ERROR', {}, { reason: 'no' });
    run.retry();
    expect(run.task('a1')).toMatchObject({ attempt: 1, status: 'SCHEDULED' });
    expect(run.task('wt')).toMatchObject({ attempt: 1, status: 'IN_PROGRESS' });
    expect(run.task('hm')).toMatchObject({ attempt: 1, status: 'IN_PROGRESS' });
  });

  it('after termination makes a new attempt of what was cancelled', () => {
    const run = sequence().start('w');
    run.terminate('stop');
    run.retry();
    expect(run.summary).toEqual(['a1:CANCELED', 'a1:SCHEDULED']);
    expect(run.seen.reason).toBeUndefined();
  });

  it('after its own time-out has a fresh clock', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1')], { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' })],
    });
    const run = scenario.start('w');
    scenario.advance(10_000);
    expect(run.status).toBe('TIMED_OUT');
    run.retry();
    scenario.advance(9_999);
    expect(run.status).toBe('RUNNING');
    scenario.advance(1);
    expect(run.status).toBe('TIMED_OUT');
  });

  it('counts attempts on, so that used-up retries are not given again', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w').fail('a1', 'one').fail('a1', 'two');
    run.retry();
    expect(run.task('a1').attempt).toBe(2);
    expect(run.fail('a1', 'three').status).toBe('FAILED');
  });

  it('follows what had ended but was not followed when the workflow was stopped', () => {
    const run = scenarioOf(fork('f', [[simple('a1'), simple('c1')], [simple('b1')]]), join('j1', ['c1', 'b1'])).start(
      'w',
    );
    run.pause();
    run.complete('a1');
    run.terminate('stop');
    run.retry();
    expect(run.task('c1').status).toBe('SCHEDULED');
    run.complete('b1').complete('c1');
    expect(run.status).toBe('COMPLETED');
  });

  it('leaves the old attempt as it was', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('child', [simple('b1')]),
        workflow('w', [sub('s1', { name: 'child' }, { inputParameters: { n: '${workflow.variables.n}' } })], {
          variables: { n: 1 },
        }),
      ],
    });
    const run = scenario.start('w');
    const { id } = run.child('s1').fail('b1', 'no', { err: 1 });
    const before = { ...run.task('s1') };
    run.retry();
    const [old, fresh] = run.seen.tasks;
    expect(old).toEqual({ ...before, retried: true });
    expect(old?.output).toEqual({ subWorkflowId: id, err: 1 });
    expect(Object.keys(fresh?.input as object)).toEqual(Object.keys(before.input as object));
  });

  it('forgets why and by whom it failed, and says it again at its next end', () => {
    const scenario = scenarioOf(
      simple('a1'),
      simple('b1', { inputParameters: { why: '${workflow.reasonForIncompletion}' } }),
    );
    const run = scenario.start('w').fail('a1', 'no');
    expect(run.seen.failedTaskId).toBe(run.task('a1').taskId);
    run.retry();
    expect(run.task('a1').reason).toBeUndefined();
    run.complete('a1');
    expect(run.task('b1').input).toEqual({ why: null });
    run.terminate('enough');
    expect([run.seen.failedTaskId, run.seen.failedReferenceTaskNames]).toEqual([undefined, ['a1']]);
  });

  it('opens its join again without the reason for which that had failed', () => {
    const run = scenarioOf(fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]), join('j1', ['a1', 'b1']))
      .start('w')
      .fail('a1', 'w1')
      .complete('b1');
    expect(run.task('j1').reason).toBe('w1');
    run.retry();
    expect(
      run.state.phase === 'running' && run.state.tasks.bySeq.find((task) => task?.plan.referenceName === 'j1'),
    ).toMatchObject({ reason: undefined });
  });

  it('holds the new attempt of a permissive failure to its limits and retries, and repeats nothing after it', () => {
    const scenario = new Scenario({
      tasks: [
        taskDef('a', { retryCount: 5, retryDelaySeconds: 0, timeoutSeconds: 5, timeoutPolicy: 'RETRY' }),
        taskDef('b'),
        taskDef('c'),
      ],
      workflows: [workflow('w', [simple('a1', { permissive: true }), simple('b1'), simple('c1')])],
    });
    const run = scenario.start('w');
    run.report('a1', 'FAILED_WITH_TERMINAL_ERROR', {}, { reason: 'no' });
    run.complete('b1').fail('c1', 'no');
    run.retry();
    scenario.poll('a');
    scenario.advance(5_000);
    expect(run.seen.tasks.filter(({ ref }) => ref === 'a1').map(({ status }) => status)).toEqual([
      'FAILED_WITH_TERMINAL_ERROR',
      'TIMED_OUT',
      'SCHEDULED',
    ]);
    run.complete('a1');
    expect(run.seen.tasks.filter(({ ref }) => ref === 'b1')).toHaveLength(1);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('evaluates a choice again whose program had failed', () => {
    const sw = task('SWITCH', 'sw', {
      evaluatorType: 'javascript',
      expression: 'new Date().getDay() > 0 ? "A" : "B"',
      decisionCases: { A: [simple('a1')] },
    });
    const run = scenarioOf(sw, simple('c1')).start('w');
    run.report('sw', 'FAILED', {}, { dispatch: 1, reason: 'it threw' });
    expect([run.status, run.summary]).toEqual(['FAILED', ['sw:FAILED']]);
    run.retry();
    run.report('sw', 'COMPLETED', { result: 'A' }, { dispatch: 1 });
    expect(run.summary).toEqual(['sw:FAILED', 'sw:COMPLETED', 'a1:SCHEDULED']);
  });
});
