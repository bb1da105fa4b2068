import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';
import { decisionTask } from './decision.task.ts';

const tasks = ['a', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (fields: JsonObject): Scenario => {
  const decision = task('DECISION', 'd', {
    inputParameters: { v: '${workflow.input.v}' },
    decisionCases: { A: [simple('a1')], E: [] },
    defaultCase: [simple('d1')],
    ...fields,
  });
  return new Scenario({ tasks, workflows: [workflow('w', [decision, simple('c1')])] });
};

describe('DECISION', () => {
  it('chooses by a key of its input, and keeps no more than what it chose', () => {
    const run = scenarioOf({ caseValueParam: 'v' }).start('w', { v: 'A' });
    expect(run.summary).toEqual(['d:COMPLETED', 'a1:SCHEDULED']);
    expect(run.task('d')).toMatchObject({ input: { hasChildren: 'true', case: 'A' }, output: { caseOutput: ['A'] } });
    expect(run.complete('a1').task('c1').status).toBe('SCHEDULED');
  });

  it.each(['E', 'Z'])('takes the default for a case without tasks and for one that is not listed: %s', (v) => {
    const run = scenarioOf({ caseValueParam: 'v' }).start('w', { v });
    expect(run.complete('d1').summary).toEqual(['d:COMPLETED', 'd1:COMPLETED', 'c1:SCHEDULED']);
  });

  it('chooses by an expression, which wins', () => {
    const run = scenarioOf({ caseValueParam: 'v', caseExpression: "$.v > 3 ? 'A' : 'Z'" }).start('w', { v: 4 });
    expect(run.summary).toEqual(['d:COMPLETED', 'a1:SCHEDULED']);
  });

  it('whose expression throws fails the workflow without a task', () => {
    const run = scenarioOf({ caseExpression: '$.a.b.c' }).start('w', { v: 4 });
    expect(run.seen.reason).toBe('Error while evaluating script: $.a.b.c');
    expect(run.summary).toEqual([]);
  });

  it('asks for what goes beyond expressions, with its input as the question', () => {
    const scenario = scenarioOf({ caseExpression: "new Date(0) < $.v ? 'A' : 'Z'" });
    const run = scenario.start('w', { v: 4 });
    expect(scenario.poll('DECISION')?.input.value).toEqual({ v: 4 });
    run.report('d', 'COMPLETED', { result: 'A' }, { dispatch: 1 });
    expect(run.summary).toEqual(['d:COMPLETED', 'a1:SCHEDULED']);
    expect(run.task('d')).toMatchObject({ input: { hasChildren: 'true', case: 'A' }, output: { caseOutput: ['A'] } });
  });

  it('is refused at registration without anything to choose by, without cases, and if it cannot be read', () => {
    expect(decisionTask.check?.({ name: 'x' } as never)).toHaveLength(2);
    const unreadable = { name: 'x', caseExpression: '(', decisionCases: { A: [{}] } } as never;
    expect(decisionTask.check?.(unreadable)).toHaveLength(1);
  });
});
