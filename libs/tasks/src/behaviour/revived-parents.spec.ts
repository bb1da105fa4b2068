import { describe, expect, it } from '@jest/globals';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));
const leaf = (more = {}) => workflow('leaf', [simple('a1')], more);
const scenarioOf = (parent: Parameters<typeof workflow>[1], more = {}, leafMore = {}) =>
  new Scenario({ tasks, workflows: [leaf(leafMore), workflow('w', parent, more)] });

describe('the end of a child', () => {
  it('by its time-out is the time-out of its task, and of the parent', () => {
    const scenario = scenarioOf(
      [sub('s1', { name: 'leaf' })],
      {},
      { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' },
    );
    const run = scenario.start('w');
    const kid = run.child('s1');
    scenario.advance(10_000);
    const reason = `Sub workflow leaf.1/${kid.id} failure reason: ${kid.seen.reason ?? ''}`;
    expect(kid.status).toBe('TIMED_OUT');
    expect(run.task('s1')).toMatchObject({ status: 'TIMED_OUT', reason });
    expect([run.status, run.seen.reason]).toEqual([
      'TIMED_OUT',
      `Task ${run.task('s1').taskId} failed with status: TIMED_OUT and reason: '${reason}'`,
    ]);
  });

  it('brings its output along when it failed too', () => {
    const scenario = scenarioOf([sub('s1', { name: 'leaf' })]);
    const run = scenario.start('w');
    const kid = run.child('s1').fail('a1', 'no', { so: 'far' });
    expect(run.task('s1')).toMatchObject({ status: 'FAILED', output: { subWorkflowId: kid.id, so: 'far' } });
  });
});

describe('a parent whose own end is', () => {
  const besides = (other: ReturnType<typeof simple>) => [
    fork('f', [[sub('s1', { name: 'leaf' })], [other]]),
    join('j1', ['s1', other['taskReferenceName'] as string]),
  ];

  it('a failure, terminates its child with that reason', () => {
    const run = scenarioOf(besides(simple('c1')))
      .start('w')
      .fail('c1', 'no');
    const kid = run.child('s1');
    expect([kid.status, kid.seen.reason]).toEqual([
      'TERMINATED',
      `Parent workflow has been terminated with reason: ${run.seen.reason ?? ''}`,
    ]);
  });

  it('a time-out, terminates its child', () => {
    const scenario = scenarioOf(besides(simple('c1')), { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' });
    const run = scenario.start('w');
    scenario.advance(10_000);
    expect([run.status, run.child('s1').status]).toEqual(['TIMED_OUT', 'TERMINATED']);
  });
});

const waysToLive: readonly [string, (run: Handle) => unknown][] = [
  ['retried', (run) => run.retry()],
  ['restarted', (run) => run.restart()],
  ['rerun', (run) => run.rerun('a1')],
];

describe.each(waysToLive)('a parent whose child is %s', (_, live) => {
  it('waits for it with the same task, all the way up', () => {
    const middle = workflow('middle', [sub('m1', { name: 'leaf' })]);
    const top = workflow('w', [sub('s1', { name: 'middle' }), simple('c1')]);
    const scenario = new Scenario({ tasks, workflows: [leaf(), middle, top] });
    const run = scenario.start('w');
    const ids = [run.task('s1').taskId, run.child('s1').task('m1').taskId];
    const kid = run.child('s1').child('m1').fail('a1', 'no');
    live(kid);
    expect([run.task('s1'), run.child('s1').task('m1')]).toMatchObject([
      { taskId: ids[0], status: 'IN_PROGRESS', reason: undefined },
      { taskId: ids[1], status: 'IN_PROGRESS', reason: undefined },
    ]);
    expect([run.status, run.seen.reason]).toEqual(['RUNNING', undefined]);
    kid.complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('has its whole time again', () => {
    const scenario = scenarioOf([sub('s1', { name: 'leaf' })], { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' });
    const run = scenario.start('w');
    const kid = run.child('s1');
    scenario.advance(9_000);
    kid.fail('a1', 'no');
    scenario.advance(60_000);
    live(kid);
    scenario.advance(9_000);
    expect(run.status).toBe('RUNNING');
    scenario.advance(1_000);
    expect([run.status, kid.status]).toEqual(['TIMED_OUT', 'TERMINATED']);
  });

  it('resets in their places what the failure had cancelled, as further attempts with the input that they had', () => {
    const scenario = scenarioOf([
      fork('f', [
        [sub('s1', { name: 'leaf' })],
        [simple('b1', { inputParameters: { now: '${workflow.variables.k}' } })],
        [task('HUMAN', 'h1', { inputParameters: { now: '${workflow.variables.k}' } })],
      ]),
      join('j1', ['s1', 'b1', 'h1']),
    ]);
    const run = scenario.start('w');
    const before = ['b1', 'h1', 'j1'].map((ref) => run.task(ref).taskId);
    run.setVariables({ k: 'later' });
    const kid = run.child('s1').fail('a1', 'no');
    live(kid);
    expect(['b1', 'h1', 'j1'].map((ref) => run.task(ref))).toMatchObject([
      { taskId: before[0], status: 'SCHEDULED', attempt: 1, input: { now: null } },
      { taskId: before[1], status: 'IN_PROGRESS', attempt: 1, input: { now: null } },
      { taskId: before[2], status: 'IN_PROGRESS', attempt: 0 },
    ]);
    kid.complete('a1');
    expect(run.complete('b1').complete('h1').status).toBe('COMPLETED');
  });

  it('goes on with the loop around it, in the same iteration', () => {
    const loop = task('DO_WHILE', 'lp', {
      loopCondition: '$.lp["iteration"] < 2',
      inputParameters: { lp: '${lp.output}' },
      loopOver: [sub('s1', { name: 'leaf' })],
    });
    const scenario = scenarioOf([loop, simple('c1')]);
    const run = scenario.start('w');
    const kid = run.child('s1__1').fail('a1', 'no');
    expect(run.status).toBe('FAILED');
    live(kid);
    expect([run.status, run.task('lp').status, run.task('s1__1').status]).toEqual([
      'RUNNING',
      'IN_PROGRESS',
      'IN_PROGRESS',
    ]);
    kid.complete('a1');
    run.child('s1__2').complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('runs nothing again that followed it', () => {
    const scenario = scenarioOf([sub('s1', { name: 'leaf' }, { permissive: true }), simple('c1')]);
    const run = scenario.start('w');
    const kid = run.child('s1').fail('a1', 'no');
    const { taskId } = run.task('c1');
    expect(run.complete('c1').status).toBe('FAILED');
    live(kid);
    kid.complete('a1');
    expect([run.status, run.task('c1').taskId, run.summary]).toEqual([
      'COMPLETED',
      taskId,
      ['s1:COMPLETED', 'c1:COMPLETED'],
    ]);
  });
});

describe('a parent without anything that failed', () => {
  it('has nothing to go on with when its children are to be resumed', () => {
    const scenario = scenarioOf([
      simple('c1'),
      task('TERMINATE', 't1', { inputParameters: { terminationStatus: 'FAILED' } }),
    ]);
    const run = scenario.start('w').complete('c1');
    expect(run.status).toBe('FAILED');
    expect(run.retry(true).kind).toBe('accepted');
    expect([run.status, run.seen.endings]).toEqual(['FAILED', 1]);
    expect(run.retry()).toMatchObject({ kind: 'rejected', rejection: { code: 'NOTHING_TO_RETRY' } });
  });
});
