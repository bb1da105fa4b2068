import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { task, taskDef, workflow } from '../testing/shapes.ts';
import { jsonJqTransformTask } from './json-jq-transform.task.ts';

const xs = [{ v: 1 }, { v: 2 }];
const start = (inputParameters: JsonObject, def: JsonObject = {}): Handle =>
  new Scenario({
    tasks: [taskDef('q', { retryCount: 0, ...def })],
    workflows: [workflow('w', [task('JSON_JQ_TRANSFORM', 'jq', { name: 'q', inputParameters })])],
  }).start('w');

describe('JSON_JQ_TRANSFORM', () => {
  it.each<[string, Json, Json[]]>([
    ['.xs[] | .v', 1, [1, 2]],
    ['.none[]?', null, []],
    ['.xs | map(.v) | add', 3, [3]],
    ['.queryExpression', '.queryExpression', ['.queryExpression']],
  ])('gives the first result and all results: %s', (queryExpression, result, resultList) => {
    expect(start({ xs, queryExpression }).task('jq').output).toEqual({ result, resultList });
  });

  it('fails with the error of the program, and is tried again as its definition says', () => {
    const run = start({ xs, queryExpression: '.xs.v' }, { retryCount: 1, retryDelaySeconds: 0 });
    const reason = 'Cannot index array with string "v"';
    expect(run.summary).toEqual(['jq:FAILED', 'jq:FAILED']);
    expect(run.task('jq')).toMatchObject({ reason, output: { error: reason } });
  });

  it('is run again from an operator with another program, under its old id', () => {
    const run = start({ xs, queryExpression: '.xs.v' });
    const { taskId } = run.task('jq');
    expect(run.status).toBe('FAILED');
    run.rerun('jq', { taskInput: { xs, queryExpression: '.xs[1].v' } });
    expect([run.status, run.summary]).toEqual(['COMPLETED', ['jq:COMPLETED']]);
    expect(run.task('jq')).toMatchObject({ taskId, output: { result: 2, resultList: [2] }, reason: undefined });
  });

  it('fails without a program', () => {
    const reason = "Missing 'queryExpression' in input parameters";
    expect(start({ queryExpression: null }).task('jq')).toMatchObject({ status: 'FAILED', reason });
  });

  it('hands over what only jq itself can answer', () => {
    const run = start({ queryExpression: 'now' });
    expect(run.summary).toEqual(['jq:SCHEDULED']);
    expect(run.complete('jq', { result: 1, resultList: [1] }).status).toBe('COMPLETED');
  });

  it('is refused at registration without a program, and if it cannot be read', () => {
    const checked = (inputParameters: JsonObject): number | undefined =>
      jsonJqTransformTask.check?.({ name: 'n', inputParameters } as never).length;
    expect([checked({}), checked({ queryExpression: '.a |' }), checked({ queryExpression: '.a' })]).toEqual([1, 1, 0]);
  });
});
