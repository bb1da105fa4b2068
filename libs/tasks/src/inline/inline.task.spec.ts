import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';
import { inlineTask } from './inline.task.ts';

const scenarioOf = (inputParameters: JsonObject): Scenario =>
  new Scenario({
    tasks: [taskDef('c')],
    workflows: [workflow('w', [task('INLINE', 'i', { inputParameters }), simple('c1')])],
  });
const start = (inputParameters: JsonObject): Handle => scenarioOf(inputParameters).start('w', { x: 3 });

describe('INLINE', () => {
  it.each<[string, Json]>([
    ['$.x + 1', 4],
    ['({a: [1, {b: 2.5}], c: null})', { a: [1, { b: 2.5 }], c: null }],
    ['undefined', null],
    ['4 / 2', 2],
    ['e = $.x; e;', 3],
  ])('gives the value of the expression: %s', (expression, result) => {
    const run = start({ expression, x: '${workflow.input.x}' });
    expect(run.summary).toEqual(['i:COMPLETED', 'c1:SCHEDULED']);
    expect(run.task('i')).toMatchObject({ input: { expression, x: 3 }, output: { result } });
  });

  it('reads a key of its input by value-param', () => {
    const run = start({ evaluatorType: 'value-param', expression: 'x', x: '${workflow.input.x}' });
    expect(run.task('i').output).toEqual({ result: 3 });
    expect(start({ evaluatorType: 'value-param', expression: 'constructor' }).task('i').output).toEqual({
      result: null,
    });
  });

  it.each<[string, JsonObject, string]>([
    ['throws', { expression: "throw new Error('boom')" }, 'Error evaluating the script `Error: boom`'],
    [
      'has an unknown evaluator',
      { evaluatorType: 'cobol', expression: '1' },
      "Unknown evaluator 'cobol' in INLINE task.",
    ],
    ['is Python', { evaluatorType: 'python', expression: 'return 1' }, "Unknown evaluator 'python' in INLINE task."],
    [
      'has no expression',
      { evaluatorType: 'javascript' },
      "Empty 'expression' in Inline task's input parameters. A non-empty String value must be provided.",
    ],
  ])('fails for good when it %s', (_, inputParameters, reason) => {
    const run = start(inputParameters);
    expect(run.task('i')).toMatchObject({ status: 'FAILED_WITH_TERMINAL_ERROR', reason, output: { error: reason } });
  });

  it('hands over what goes beyond expressions, and records the result', () => {
    const scenario = scenarioOf({ expression: 'new Date(0).getTime() + $.x', x: 1 });
    const run = scenario.start('w');
    expect(scenario.poll('INLINE')?.input.value).toEqual({ expression: 'new Date(0).getTime() + $.x', x: 1 });
    run.complete('i', { result: 1 });
    expect(run.summary).toEqual(['i:COMPLETED', 'c1:SCHEDULED']);
  });

  it('lets other workflows have their turn when many programs take long', () => {
    const loop = 'let n = 0; for (let i = 0; i < 500; i++) n += i; n';
    const tasks = Array.from({ length: 60 }, (_, at) =>
      task('INLINE', `i${at}`, { inputParameters: { expression: `${loop} + ${at}` } }),
    );
    const run = new Scenario({ workflows: [workflow('w', tasks)] }).start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.history.length).toBeGreaterThan(2);
  });

  it('is refused at registration if its program cannot be read', () => {
    const checked = (expression: string): readonly string[] | undefined =>
      inlineTask.check?.({ name: 'n', inputParameters: { expression } } as never);
    expect(checked('1 +')).toEqual([
      'Expression is not well formatted: SyntaxError: Unexpected token at line 1, taskType: INLINE taskName n',
    ]);
    expect(checked('${workflow.input.program}')).toEqual([]);
  });
});
