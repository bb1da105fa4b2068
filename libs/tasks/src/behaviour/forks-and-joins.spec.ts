import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { choice, fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });

describe('a fork', () => {
  it('is unfolded depth first: forks, heads of branches, joins', () => {
    const inner = [fork('f2', [[simple('a1')], [simple('b1')]]), join('j2', ['a1', 'b1']), simple('e1')];
    const scenario = scenarioOf(fork('f', [inner, [simple('d1')]]), join('j1', ['e1', 'd1']), simple('c1'));
    const run = scenario.start('w');
    expect(run.seen.tasks.map(({ ref, seq, type }) => `${seq} ${ref} ${type}`)).toEqual([
      '1 f FORK',
      '2 f2 FORK',
      '3 a1 a',
      '4 b1 b',
      '5 j2 JOIN',
      '6 d1 d',
      '7 j1 JOIN',
    ]);
    run.complete('a1').complete('b1', { k: 1 });
    expect(run.task('j2')).toMatchObject({ status: 'COMPLETED', output: { b1: { k: 1 } } });
    expect(run.task('e1').status).toBe('SCHEDULED');
    run.complete('d1').complete('e1');
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('numbers the successors of pure tasks after everything that the fork itself creates', () => {
    const pure = task('SET_VARIABLE', 'sv', { inputParameters: { x: 5 } });
    const scenario = scenarioOf(fork('f', [[pure, simple('b1')], [simple('a1')]]), join('j1', ['a1', 'b1']));
    expect(scenario.start('w').summary).toEqual([
      'f:COMPLETED',
      'sv:COMPLETED',
      'a1:SCHEDULED',
      'j1:IN_PROGRESS',
      'b1:SCHEDULED',
    ]);
  });

  it('lets variables set in one branch be seen in another', () => {
    const set = task('SET_VARIABLE', 'sv', { inputParameters: { x: 5 } });
    const reads = simple('b1', { inputParameters: { x: '${workflow.variables.x}' } });
    const scenario = scenarioOf(fork('f', [[set], [simple('a1'), reads]]), join('j1', ['sv', 'b1']));
    expect(scenario.start('w').complete('a1').task('b1').input).toEqual({ x: 5 });
  });

  it('that is not followed by a join fails the workflow without a task', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')]]), simple('c1'));
    const run = scenario.start('w');
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe('Fork task definition is not followed by a join task.  Check the blueprint');
    expect(run.summary).toEqual([]);
  });

  it('ends with its first failing branch: the others and the join are cancelled', () => {
    const scenario = scenarioOf(
      fork('f', [[simple('a1')], [simple('b1')], [simple('d1')]]),
      join('j1', ['a1', 'b1', 'd1']),
    );
    const run = scenario.start('w').complete('d1');
    scenario.advance(1);
    run.fail('a1', 'broke');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:FAILED', 'b1:CANCELED', 'd1:COMPLETED', 'j1:CANCELED']);
    expect(run.status).toBe('FAILED');
    expect(run.seen.failedReferenceTaskNames).toEqual(['a1']);
  });
});

describe('a join', () => {
  it('over an optional failure waits for all and completes with errors', () => {
    const scenario = scenarioOf(
      fork('f', [[simple('a1', { optional: true })], [simple('b1')]]),
      join('j1', ['a1', 'b1']),
      simple('c1'),
    );
    const run = scenario.start('w').fail('a1', 'no');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.complete('b1', { b: 1 });
    expect(run.task('j1')).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      output: { b1: { b: 1 } },
      reason: `a/${run.task('a1').taskId} completed with errors`,
    });
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('over a permissive failure waits for all, then fails and ends the workflow', () => {
    const scenario = scenarioOf(
      fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]),
      join('j1', ['a1', 'b1']),
    );
    const run = scenario.start('w').fail('a1', 'w1');
    expect(run.status).toBe('RUNNING');
    run.complete('b1');
    expect(run.task('j1')).toMatchObject({ status: 'FAILED', reason: 'w1' });
    expect(run.seen.reason).toBe(`Task ${run.task('j1').taskId} failed with status: FAILED and reason: 'w1'`);
    expect(run.seen.failedReferenceTaskNames).toEqual(['a1', 'j1']);
  });

  it('that fails shows the outputs of everything that it joined, in whatever order they came', () => {
    const scenario = scenarioOf(
      fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]),
      join('j1', ['a1', 'b1']),
    );
    const early = scenario.start('w').fail('a1', 'no', { a: 1 }).complete('b1', { b: 1 });
    const late = scenario.start('w').complete('b1', { b: 1 }).fail('a1', 'no', { a: 1 });
    for (const run of [early, late]) {
      expect(run.task('j1')).toMatchObject({ status: 'FAILED', output: { a1: { a: 1 }, b1: { b: 1 } } });
    }
  });

  it('collects no key for an empty output', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']));
    const run = scenario.start('w').complete('a1').complete('b1', { k: null });
    expect(run.task('j1').output).toEqual({ b1: { k: null } });
  });

  it('waits for ever for a task of a branch that was not taken', () => {
    const scenario = scenarioOf(
      fork('f', [[choice('sw', { A: [simple('a1')], B: [simple('b1')] })], [simple('d1')]]),
      join('j1', ['b1', 'd1']),
    );
    const run = scenario.start('w', { v: 'A' }).complete('a1').complete('d1');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    expect(run.status).toBe('RUNNING');
  });

  it('does not wait for branches that it does not name, but the workflow does', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1']), simple('c1'));
    const run = scenario.start('w').complete('a1').complete('c1');
    expect(run.status).toBe('RUNNING');
    expect(run.complete('b1').status).toBe('COMPLETED');
  });

  it('without references completes at once', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')]]), join('j1', []), simple('c1'));
    const run = scenario.start('w');
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: {} });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('does not see a failed attempt that is retried', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 5 }), taskDef('b')],
      workflows: [workflow('w', [fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1'])])],
    });
    const run = scenario.start('w').fail('a1', 'no').complete('b1', { b: 1 });
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    scenario.advance(5_000);
    run.complete('a1', { a: 1 });
    expect(run.task('j1').output).toEqual({ a1: { a: 1 }, b1: { b: 1 } });
  });

  it('on a switch waits for its choice only, not for the chosen tasks', () => {
    const scenario = scenarioOf(
      fork('f', [[simple('b1'), choice('sw', { A: [simple('a1')] })]]),
      join('j1', ['sw']),
      simple('c1'),
    );
    const run = scenario.start('w', { v: 'A' }).complete('b1');
    expect(run.task('j1').status).toBe('COMPLETED');
    expect(run.complete('c1').status).toBe('RUNNING');
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('names a reference once, however often the definition does', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')]]), join('j1', ['a1', 'a1']));
    expect(scenario.start('w').complete('a1').status).toBe('COMPLETED');
  });

  it('is counted down exactly once per task, also by repeated reports', () => {
    const scenario = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']));
    const run = scenario.start('w').complete('a1', { v: 1 });
    run.complete('a1', { v: 2 }).report('a1', 'FAILED');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.complete('b1');
    expect(run.task('j1').output).toEqual({ a1: { v: 1 } });
  });
});

describe('two pure tasks that fail in two branches', () => {
  it('both keep their failure, and the first one is the reason', () => {
    const broken = (ref: string) => task('INLINE', ref, { inputParameters: { expression: `throw '${ref}'` } });
    const def = workflow('w', [fork('f', [[broken('i1')], [broken('i2')]]), join('j1', ['i1', 'i2'])]);
    const run = new Scenario().start('w', {}, { definition: Payload.of(def) });
    const failed = 'FAILED_WITH_TERMINAL_ERROR';
    expect(run.summary).toEqual(['f:COMPLETED', `i1:${failed}`, `i2:${failed}`, 'j1:CANCELED']);
    expect(run.seen.failedReferenceTaskNames).toEqual(['i1', 'i2']);
    expect(run.seen.failedTaskId).toBe(run.task('i1').taskId);
    expect(run.seen.reason).toContain('`i1`');
  });
});
