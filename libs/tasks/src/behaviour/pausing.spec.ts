import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });
const sequence = () => scenarioOf(simple('a1'), simple('b1'));

describe('a paused workflow', () => {
  it('records a completion but schedules nothing until resume', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    run.pause();
    expect(scenario.poll('a')).toBeDefined();
    run.complete('a1');
    expect(run.summary).toEqual(['a1:COMPLETED']);
    run.resume();
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:SCHEDULED']);
  });

  it('does not act upon failures until resume', () => {
    const run = sequence().start('w');
    run.pause();
    run.fail('a1', 'no');
    expect(run.status).toBe('PAUSED');
    run.resume();
    expect(run.status).toBe('FAILED');
  });

  it('retries after resume what failed meanwhile', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w');
    run.pause();
    run.fail('a1', 'no');
    expect(run.summary).toEqual(['a1:FAILED']);
    run.resume();
    expect(run.summary).toEqual(['a1:FAILED', 'a1:SCHEDULED']);
  });

  it('joins after resume what completed meanwhile', () => {
    const run = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']), simple('c1')).start(
      'w',
    );
    run.pause();
    run.complete('a1', { a: 1 }).complete('b1');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.resume();
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: { a1: { a: 1 } } });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('joins after resume no attempt that is retried then', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 }), taskDef('b')],
      workflows: [workflow('w', [fork('f', [[simple('b1')], [simple('a1')]]), join('j1', ['a1', 'b1'])])],
    });
    const run = scenario.start('w');
    run.pause();
    run.fail('a1', 'no').complete('b1');
    run.resume();
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('joins after resume also when it was written to a snapshot meanwhile', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']), simple('c1'));
    const run = scenario.start('w');
    run.pause();
    run.complete('a1').complete('b1');
    const { decider } = scenario;
    const aggregate = scenario.aggregate(run.id);
    aggregate.state = decider.decodeState(decider.stateVersion, decider.encodeState(aggregate.state));
    run.resume();
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('lets a wait end, and goes on after resume', () => {
    const scenario = scenarioOf(task('WAIT', 'wt', { inputParameters: { duration: '1 seconds' } }), simple('c1'));
    const run = scenario.start('w');
    run.pause();
    scenario.advance(5_000);
    expect(run.summary).toEqual(['wt:COMPLETED']);
    run.resume();
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('enforces no limits of tasks until resume', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { timeoutSeconds: 1, timeoutPolicy: 'RETRY' })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w');
    scenario.poll('a');
    run.pause();
    scenario.advance(10_000);
    expect(run.task('a1').status).toBe('IN_PROGRESS');
    run.resume();
    scenario.advance(0);
    expect(run.status).toBe('TIMED_OUT');
  });

  it('wants to be woken for no limit, and enforces none if it is', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { pollTimeoutSeconds: 1 })],
      workflows: [workflow('w', [simple('a1')], { timeoutSeconds: 1, timeoutPolicy: 'TIME_OUT_WF' })],
    });
    const run = scenario.start('w');
    const due = scenario.now + 1_000;
    expect(scenario.decider.nextDue(run.state)).toEqual({ deadline: due });
    run.pause();
    expect(scenario.decider.nextDue(run.state)).toEqual({});
    run.send({ type: 'Wake', timersThrough: due, deadlinesThrough: due });
    expect([run.status, run.summary]).toEqual(['PAUSED', ['a1:SCHEDULED']]);
  });

  it('may be paused again without effect, and terminated', () => {
    const run = sequence().start('w');
    run.pause();
    expect(run.pause().kind).toBe('repeated');
    run.terminate('x');
    expect(run.status).toBe('TERMINATED');
  });
});
