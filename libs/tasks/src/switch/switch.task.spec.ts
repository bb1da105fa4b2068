import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';
import { switchTask } from './switch.task.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scripted = (expression: string, more: JsonObject = {}): JsonObject =>
  task('SWITCH', 'sw', {
    evaluatorType: 'javascript',
    expression,
    inputParameters: { n: '${workflow.input.n}' },
    decisionCases: { '4': [simple('a1')], none: [] },
    defaultCase: [simple('d1')],
    ...more,
  });
const scenarioOf = (expression: string, more?: JsonObject): Scenario =>
  new Scenario({ tasks, workflows: [workflow('w', [scripted(expression, more), simple('c1')])] });

/** More than the interpreter knows. */
const beyond = 'new Date(0).getTime() + $.n * 2';

describe('a switch over a program', () => {
  it.each(['javascript', 'graaljs'])('chooses by what it says (%s)', (evaluatorType) => {
    const run = scenarioOf('(function () { return $.n * 2; })()', { evaluatorType }).start('w', { n: 2 });
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
    expect(run.task('sw')).toMatchObject({
      input: { n: 2, case: '4', hasChildren: 'true' },
      output: { evaluationResult: ['4'], selectedCase: '4' },
    });
  });

  it('fails with the error of the program', () => {
    const run = scenarioOf('$.a.b.c').start('w');
    const reason = "Error evaluating the script `TypeError: Cannot read property 'b' of undefined` at line 1";
    expect(run.task('sw')).toMatchObject({ status: 'FAILED', output: {}, reason });
    expect(run.seen.reason).toBe(`Task ${run.task('sw').taskId} failed with status: FAILED and reason: '${reason}'`);
  });

  it('that is optional goes on to what follows it when the program throws', () => {
    const run = scenarioOf('throw "no"', { optional: true }).start('w');
    expect(run.summary).toEqual(['sw:COMPLETED_WITH_ERRORS', 'c1:SCHEDULED']);
  });

  it('asks for what goes beyond expressions, and goes on with the answer', () => {
    const scenario = scenarioOf(beyond);
    const run = scenario.start('w', { n: 2 });
    expect(run.summary).toEqual(['sw:IN_PROGRESS']);
    const question = scenario.poll('SWITCH');
    expect(question).toMatchObject({ taskType: 'SWITCH', dispatch: 1 });
    expect(question?.input.value).toEqual({ n: 2 });
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 1 });
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
    expect(run.task('sw')).toMatchObject({
      input: { n: 2, case: '4', hasChildren: 'true' },
      output: { evaluationResult: ['4'], selectedCase: '4' },
    });
    run.complete('a1');
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('takes the first answer only', () => {
    const run = scenarioOf(beyond).start('w', { n: 2 });
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 1 });
    expect(run.report('sw', 'COMPLETED', { result: 5 }, { dispatch: 1 }).kind).toBe('repeated');
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
  });

  it('fails when the answer is an error', () => {
    const run = scenarioOf(beyond).start('w', { n: 2 });
    run.report('sw', 'FAILED', {}, { dispatch: 1, reason: 'it threw' });
    expect(run.task('sw')).toMatchObject({ status: 'FAILED', reason: 'it threw' });
    expect(run.status).toBe('FAILED');
  });

  it('asks again after a pause in which the answer came', () => {
    const scenario = scenarioOf(beyond);
    const run = scenario.start('w', { n: 2 });
    run.pause();
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 1 });
    expect(run.summary).toEqual(['sw:IN_PROGRESS']);
    run.resume();
    expect(scenario.poll('SWITCH')?.dispatch).toBe(2);
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 2 });
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
  });

  it('asks again when somebody else reports progress', () => {
    const scenario = scenarioOf(beyond);
    const run = scenario.start('w', { n: 2 });
    run.report('sw', 'IN_PROGRESS', { note: 1 });
    expect(run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 1 }).kind).toBe('rejected');
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 2 });
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
  });

  it('asks for an endless program, too', () => {
    const scenario = scenarioOf('for (;;) {}');
    scenario.start('w');
    expect(scenario.poll('SWITCH')).toBeDefined();
  });

  it('that was asking when its workflow was terminated asks again in the retried one', () => {
    const scenario = scenarioOf(beyond);
    const run = scenario.start('w', { n: 2 });
    run.terminate();
    expect(run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: 1 }).kind).toBe('repeated');
    run.retry();
    expect(run.task('sw').status).toBe('IN_PROGRESS');
    scenario.poll('SWITCH');
    const question = scenario.poll('SWITCH');
    run.report('sw', 'COMPLETED', { result: 4 }, { dispatch: question?.dispatch ?? 1 });
    expect(run.task('a1').status).toBe('SCHEDULED');
  });

  it('is refused at registration if the program cannot be read', () => {
    const definition = { ...scripted('$.x ==='), name: 'x' } as never;
    expect(switchTask.check?.(definition)).toEqual([
      'Expression is not well formatted: SyntaxError: Unexpected token at line 1, taskType: SWITCH taskName x',
    ]);
  });
});
