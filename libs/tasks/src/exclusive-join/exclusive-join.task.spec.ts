import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { choice, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const exclusive = (more: JsonObject = {}): JsonObject =>
  task('EXCLUSIVE_JOIN', 'ej', { joinOn: ['a1', 'b1'], ...more });
const startOf = (v: string, join: JsonObject, first: JsonObject = simple('a1')) =>
  new Scenario({
    tasks: ['a', 'b', 'c'].map((name) => taskDef(name)),
    workflows: [
      workflow('w', [
        choice('sw', { A: [first], B: [simple('b1')] }),
        join,
        simple('c1', { inputParameters: { r: '${ej.output.r}' } }),
      ]),
    ],
  }).start('w', { v });

describe('an exclusive join', () => {
  it('takes the output of the one that ran', () => {
    const run = startOf('B', exclusive()).complete('b1', { r: 1 });
    expect(run.task('ej')).toMatchObject({
      status: 'COMPLETED',
      taskDefName: 'EXCLUSIVE_JOIN',
      input: { joinOn: ['a1', 'b1'], defaultExclusiveJoinTask: [] },
      output: { r: 1 },
    });
    expect(run.task('c1').input).toEqual({ r: 1 });
  });

  it('takes the output of its default when none ran', () => {
    const run = startOf('Z', exclusive({ defaultExclusiveJoinTask: ['nope', 'sw'] }));
    expect(run.task('ej').output).toEqual(run.task('sw').output);
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('waits when none ran and there is no default', () => {
    const run = startOf('Z', exclusive());
    expect([run.status, run.task('ej').status]).toEqual(['RUNNING', 'IN_PROGRESS']);
  });

  it('fails with the reason of a task whose failure was tolerated', () => {
    const run = startOf('A', exclusive(), simple('a1', { permissive: true })).fail('a1', 'no');
    expect(run.task('ej')).toMatchObject({ status: 'FAILED', reason: 'no' });
    expect(run.status).toBe('FAILED');
    run.retry();
    run.complete('a1', { r: 2 });
    expect(run.task('ej')).toMatchObject({ status: 'COMPLETED', output: { r: 2 } });
  });

  it('takes what an optional task has left', () => {
    const run = startOf('A', exclusive(), simple('a1', { optional: true }));
    run.report('a1', 'FAILED', { r: 3 }, { reason: 'no' });
    expect(run.task('ej')).toMatchObject({ status: 'COMPLETED', output: { r: 3 } });
  });
});
