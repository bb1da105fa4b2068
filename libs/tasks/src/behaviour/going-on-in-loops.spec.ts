import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: readonly JsonObject[]) => new Scenario({ tasks, workflows: [workflow('w', list)] });
const loop = (ref: string, loopCondition: string, loopOver: readonly JsonObject[], more: JsonObject = {}) =>
  task('DO_WHILE', ref, { loopCondition, loopOver, ...more });
const three = (...body: readonly JsonObject[]) => loop('lp', '$.lp.iteration < 3', body);
const seesIteration = { inputParameters: { it: '${lp.output.iteration}', item: '${lp.output.loopItem}' } };

describe('a rerun from a task inside a loop', () => {
  const done = () => {
    const run = scenarioOf(three(simple('a1', seesIteration), simple('b1', seesIteration)), simple('c1')).start('w');
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`, { a: i }).complete(`b1__${i}`, { b: i });
    return run.complete('c1');
  };

  it('goes on in its iteration; those before it stay, those after it run anew', () => {
    const run = done();
    const loopId = run.task('lp').taskId;
    run.rerun('a1__2');
    expect(run.summary).toEqual(['lp:IN_PROGRESS', 'a1__1:COMPLETED', 'b1__1:COMPLETED', 'a1__2:SCHEDULED']);
    expect(run.task('lp')).toMatchObject({ taskId: loopId, output: { iteration: 2 } });
    run.complete('a1__2', { a: 'again' });
    expect(run.task('b1__2').input).toEqual({ it: 2, item: null });
    run.complete('b1__2').complete('a1__3').complete('b1__3', { b: 'last' });
    expect(run.task('lp').output).toEqual({
      iteration: 3,
      1: { a1: { a: 1 }, b1: { b: 1 } },
      2: { a1: { a: 'again' }, b1: {} },
      3: { a1: {}, b1: { b: 'last' } },
    });
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('that the engine runs itself sees the iteration that it is in', () => {
    const note = task('SET_VARIABLE', 'n', { inputParameters: { at: '${lp.output.iteration}' } });
    const run = scenarioOf(three(note, simple('a1'))).start('w');
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`);
    run.rerun('a1__2');
    run.complete('a1__2').complete('a1__3');
    expect(run.seen.variables).toEqual({ at: 3 });
    const again = scenarioOf(three(loopChoice(), simple('b1'))).start('w');
    for (const i of [1, 2, 3]) again.complete(`b1__${i}`);
    again.rerun('sw__2');
    expect(again.task('sw__2').input).toMatchObject({ it: 2 });
  });

  const loopChoice = (): JsonObject =>
    task('SWITCH', 'sw', {
      evaluatorType: 'value-param',
      expression: 'it',
      inputParameters: { it: '${lp.output.iteration}' },
      decisionCases: { 9: [simple('a1')] },
    });

  it('keeps the other branches of that iteration, and its join waits again', () => {
    const body = [fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1'])];
    const run = scenarioOf(three(...body)).start('w');
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`).complete(`b1__${i}`);
    run.rerun('b1__2');
    expect(run.summary.filter((line) => /__[23]:/.test(line))).toEqual([
      'f__2:COMPLETED',
      'a1__2:COMPLETED',
      'b1__2:SCHEDULED',
      'j1__2:IN_PROGRESS',
    ]);
    run.complete('b1__2').complete('a1__3').complete('b1__3');
    expect(run.status).toBe('COMPLETED');
  });

  it('goes on with the item of its iteration', () => {
    const over = loop('lp', '', [simple('a1', seesIteration), simple('b1', seesIteration)], {
      items: '${workflow.input.xs}',
    });
    const run = scenarioOf(over).start('w', { xs: ['x', 'y', 'z'] });
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`).complete(`b1__${i}`);
    run.rerun('a1__2');
    expect(run.task('lp').output).toEqual({ iteration: 2, loopIndex: 1, loopItem: 'y' });
    run.complete('a1__2');
    expect(run.task('b1__2').input).toEqual({ it: 2, item: 'y' });
    run.complete('b1__2').complete('a1__3').complete('b1__3');
    expect(run.task('lp').output).toMatchObject({ iteration: 3, loopItem: 'z' });
  });

  it('of loops within loops goes on in both', () => {
    const inner = loop('i', '$.i.iteration < 2', [
      simple('a1', { inputParameters: { i: '${i.output.iteration}', o: '${o.output.iteration}' } }),
    ]);
    const run = scenarioOf(loop('o', '$.o.iteration < 2', [inner])).start('w');
    for (const ref of ['a1__1__1', 'a1__1__2', 'a1__2__1', 'a1__2__2']) run.complete(ref);
    run.rerun('a1__1__2');
    expect(run.summary).toEqual(['o:IN_PROGRESS', 'i__1:IN_PROGRESS', 'a1__1__1:COMPLETED', 'a1__1__2:SCHEDULED']);
    run.complete('a1__1__2').complete('a1__2__1').complete('a1__2__2');
    expect(run.status).toBe('COMPLETED');
    expect(run.task('o').output).toMatchObject({
      iteration: 2,
      1: { i: { iteration: 2 } },
      2: { i: { iteration: 2 } },
    });
  });
});

describe('a rerun from a loop', () => {
  it('drops all iterations and begins with the first', () => {
    const run = scenarioOf(simple('c1'), three(simple('a1', seesIteration)), simple('b1'))
      .start('w')
      .complete('c1');
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`, { i });
    run.fail('b1', 'no').rerun('lp');
    expect(run.summary).toEqual(['c1:COMPLETED', 'lp:IN_PROGRESS', 'a1__1:SCHEDULED']);
    expect(run.task('a1__1').input).toMatchObject({ it: 1 });
    for (const i of [1, 2, 3]) run.complete(`a1__${i}`, { again: i });
    expect(run.task('lp').output).toMatchObject({ iteration: 3, 1: { a1: { again: 1 } } });
    expect(run.complete('b1').status).toBe('COMPLETED');
  });

  it('that is inside another one drops its iterations in the present iteration of the other', () => {
    const inner = loop('i', '$.i.iteration < 2', [simple('a1')]);
    const run = scenarioOf(loop('o', '$.o.iteration < 2', [inner])).start('w');
    for (const ref of ['a1__1__1', 'a1__1__2', 'a1__2__1', 'a1__2__2']) run.complete(ref);
    run.rerun('i__2');
    expect(run.summary).toEqual([
      'o:IN_PROGRESS',
      'i__1:COMPLETED',
      'a1__1__1:COMPLETED',
      'a1__1__2:COMPLETED',
      'i__2:IN_PROGRESS',
      'a1__2__1:SCHEDULED',
    ]);
    expect(run.complete('a1__2__1').complete('a1__2__2').status).toBe('COMPLETED');
  });
});

describe('a retry of a workflow with a loop', () => {
  it('tries the failed task again and goes on in its iteration', () => {
    const run = scenarioOf(three(simple('a1'), simple('b1')))
      .start('w')
      .complete('a1__1')
      .complete('b1__1');
    run.complete('a1__2').fail('b1__2', 'no').retry();
    expect(run.task('b1__2')).toMatchObject({ status: 'SCHEDULED', attempt: 1, iteration: 2 });
    run.complete('b1__2').complete('a1__3').complete('b1__3');
    expect(run.status).toBe('COMPLETED');
  });

  it('enters what had not been entered when it was terminated', () => {
    const run = scenarioOf(three(simple('a1'), simple('b1'))).start('w');
    run.pause();
    run.complete('a1__1').terminate();
    run.retry();
    expect(run.summary).toEqual(['lp:IN_PROGRESS', 'a1__1:COMPLETED', 'b1__1:SCHEDULED']);
  });

  it('asks a condition that failed once more', () => {
    const run = scenarioOf(
      loop('lp', '$.lp.iteration < $.max.n', [simple('a1')], {
        inputParameters: { max: '${workflow.variables.max}' },
      }),
    )
      .start('w')
      .complete('a1__1');
    expect(run.task('lp').status).toBe('FAILED_WITH_TERMINAL_ERROR');
    run.retry();
    expect(run.summary.at(0)).toBe('lp:FAILED_WITH_TERMINAL_ERROR');
    run.rerun('a1__1');
    run.setVariables({ max: { n: 2 } });
    run.complete('a1__1').complete('a1__2');
    expect(run.status).toBe('COMPLETED');
  });

  it('asks again whoever was asked when the workflow was terminated', () => {
    const scenario = scenarioOf(loop('lp', 'new Date(0).getTime() + $.lp.iteration < 2', [task('NOOP', 'n')]));
    const run = scenario.start('w');
    scenario.poll('DO_WHILE');
    run.terminate();
    run.retry();
    expect(scenario.poll('DO_WHILE')?.input.value).toMatchObject({ lp: { iteration: 1 } });
    run.report('lp', 'COMPLETED', { result: false }, { dispatch: run.task('lp').dispatch });
    expect(run.status).toBe('COMPLETED');
  });

  it('begins with the first iteration where it had come to none', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1'), three(simple('b1'))])],
      eventsPerDecision: 2,
    });
    scenario.holdsPostponedWork = true;
    const run = scenario.start('w').complete('a1');
    run.terminate();
    scenario.holdsPostponedWork = false;
    scenario.continueWork(run.id);
    expect(run.summary).toEqual(['a1:COMPLETED', 'lp:CANCELED']);
    run.retry();
    expect(run.task('b1__1').status).toBe('SCHEDULED');
  });
});

describe('a loop that keeps the last iterations and asks somebody else', () => {
  it('shows them what the iteration gave that it is about to forget', () => {
    const condition = 'new Date(0).getTime() + $.a1.v < 2';
    const scenario = scenarioOf(loop('lp', condition, [simple('a1')], { inputParameters: { keepLastN: 0 } }));
    const run = scenario.start('w').complete('a1__1', { v: 1 });
    expect(scenario.poll('DO_WHILE')?.input.value).toMatchObject({ a1: { v: 1 } });
    run.report('lp', 'COMPLETED', { result: true }, { dispatch: 1 });
    expect(run.summary).toEqual(['lp:IN_PROGRESS', 'a1__2:SCHEDULED']);
  });
});

describe('a child inside a loop that is brought back to life', () => {
  it('may be the last of its iteration to end', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('child', [simple('d1')]),
        workflow('w', [loop('lp', '$.lp.iteration < 2', [sub('s1', { name: 'child' }), simple('a1')])]),
      ],
    });
    const run = scenario.start('w');
    const kid = run.child('s1__1').complete('d1');
    kid.restart();
    run.complete('a1__1');
    expect(run.seen.has('s1__2')).toBe(false);
    kid.complete('d1');
    run.child('s1__2').complete('d1');
    expect(run.complete('a1__2').status).toBe('COMPLETED');
  });
});

describe('an answer about a condition', () => {
  const asked = () => {
    const scenario = scenarioOf(loop('lp', 'new Date(0).getTime() + $.lp.iteration < 3', [simple('a1')]));
    const run = scenario.start('w').complete('a1__1');
    return { run, again: () => run.report('lp', 'COMPLETED', { result: true }, { dispatch: 1 }) };
  };

  it('that arrives twice does not end the loop', () => {
    const { run, again } = asked();
    expect([again().kind, again().kind]).toEqual(['accepted', 'repeated']);
    expect(run.summary).toEqual(['lp:IN_PROGRESS', 'a1__1:COMPLETED', 'a1__2:SCHEDULED']);
  });

  it('that arrives twice while the workflow is paused does not either', () => {
    const { run, again } = asked();
    run.pause();
    expect([again().kind, again().kind]).toEqual(['accepted', 'repeated']);
    expect(run.task('lp').status).toBe('IN_PROGRESS');
  });
});
