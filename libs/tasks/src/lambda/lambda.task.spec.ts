import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { task, taskDef, workflow } from '../testing/shapes.ts';
import { lambdaTask } from './lambda.task.ts';

const start = (inputParameters: JsonObject, def: JsonObject = {}): Handle =>
  new Scenario({
    tasks: [taskDef('lam', def)],
    workflows: [workflow('w', [task('LAMBDA', 'l', { name: 'lam', inputParameters })])],
  }).start('w', {});

describe('LAMBDA', () => {
  it('gives what the body returns', () => {
    const scriptExpression = "if ($.v == 1) { return {r: 'one'} } else { return {r: 'other'} } // done";
    expect(start({ scriptExpression, v: 1 }).task('l').output).toEqual({ result: { r: 'one' } });
    expect(start({ scriptExpression: '1 + 1' }).task('l').output).toEqual({ result: null });
  });

  it('fails with the error, and is tried again as its definition says', () => {
    const run = start({ scriptExpression: "throw new Error('boom')" }, { retryCount: 1, retryDelaySeconds: 0 });
    const reason = 'Error evaluating the script `Error: boom`';
    expect(run.summary).toEqual(['l:FAILED', 'l:FAILED']);
    expect(run.task('l')).toMatchObject({ reason, output: { error: reason } });
  });

  it('fails without a body', () => {
    const reason =
      "Empty 'scriptExpression' in Lambda task's input parameters. A non-empty String value must be provided.";
    expect(start({ scriptExpression: ' ' }, { retryCount: 0 }).task('l')).toMatchObject({ status: 'FAILED', reason });
  });

  it('hands over what goes beyond expressions', () => {
    const run = start({ scriptExpression: 'return new Date(0).getTime()' });
    expect(run.summary).toEqual(['l:SCHEDULED']);
    expect(run.complete('l', { result: 0 }).status).toBe('COMPLETED');
  });

  it('is refused at registration if its body cannot be read', () => {
    const task = { name: 'n', inputParameters: { scriptExpression: 'return (' } } as never;
    expect(lambdaTask.check?.(task)).toHaveLength(1);
  });
});
