import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { choice, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });

describe('a switch', () => {
  const scenario = () => scenarioOf(choice('sw', { A: [simple('a1')], E: [] }, [simple('d1')]), simple('c1'));

  it('runs the tasks of the chosen case, then goes on', () => {
    const run = scenario().start('w', { v: 'A' });
    expect(run.summary).toEqual(['sw:COMPLETED', 'a1:SCHEDULED']);
    expect(run.task('sw')).toMatchObject({
      type: 'SWITCH',
      input: { v: 'A', case: 'A', hasChildren: 'true' },
      output: { evaluationResult: ['A'], selectedCase: 'A' },
    });
    expect(run.complete('a1').task('c1').status).toBe('SCHEDULED');
  });

  it('goes on at once when the chosen case is empty', () => {
    const run = scenario().start('w', { v: 'E' });
    expect(run.summary).toEqual(['sw:COMPLETED', 'c1:SCHEDULED']);
    expect(run.task('sw').input).toEqual({ v: 'E', case: 'E' });
  });

  it('takes the default when no case fits', () => {
    const run = scenario().start('w', { v: 'Z' });
    expect(run.complete('d1').summary).toEqual(['sw:COMPLETED', 'd1:COMPLETED', 'c1:SCHEDULED']);
  });

  it.each([
    [null, 'null'],
    [true, 'true'],
    [1, '1'],
    [1.5, '1.5'],
    [[1, 2], '[1, 2]'],
  ])('chooses by the text of a value: %j is %s', (v, key) => {
    const run = scenarioOf(choice('sw', { [key]: [simple('a1')] })).start('w', { v });
    expect(run.seen.has('a1')).toBe(true);
  });

  it('that matches nothing as the last task completes the workflow with its own output', () => {
    const run = scenarioOf(choice('sw', { A: [simple('a1')] })).start('w', { v: 'Q' });
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.output).toEqual({ evaluationResult: ['Q'], selectedCase: 'Q' });
  });

  it('within a switch leads back out of both', () => {
    const inner = choice('i', { B: [simple('b1')] }, [], 'w');
    const make = () => scenarioOf(choice('o', { A: [inner, simple('e1')] }), simple('c1'));
    const through = make().start('w', { v: 'A', w: 'B' }).complete('b1').complete('e1');
    expect(through.summary).toEqual(['o:COMPLETED', 'i:COMPLETED', 'b1:COMPLETED', 'e1:COMPLETED', 'c1:SCHEDULED']);
    const around = make().start('w', { v: 'A', w: 'Z' }).complete('e1');
    expect(around.summary).toEqual(['o:COMPLETED', 'i:COMPLETED', 'e1:COMPLETED', 'c1:SCHEDULED']);
  });

  it('with an unknown evaluator fails the workflow without a task, optional or not', () => {
    const sw = task('SWITCH', 'sw', {
      evaluatorType: 'nosuch',
      expression: 'v',
      optional: true,
      decisionCases: { A: [simple('a1')] },
    });
    const run = new Scenario().start('w', {}, { definition: Payload.of(workflow('w', [sw])) });
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe('No evaluator registered for type: nosuch');
    expect(run.summary).toEqual([]);
  });

  it('may have cases named like members of objects', () => {
    const run = scenarioOf(choice('sw', { A: [simple('a1')] }), simple('c1')).start('w', { v: 'constructor' });
    expect(run.summary).toEqual(['sw:COMPLETED', 'c1:SCHEDULED']);
  });
});
