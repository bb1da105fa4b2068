import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const dynamic = (more = {}) =>
  task('DYNAMIC', 'd1', { dynamicTaskNameParam: 't', inputParameters: { t: '${workflow.input.t}', p: 1 }, ...more });
const scenarioOf = (defs: Parameters<typeof workflow>[1] = [], more = {}) =>
  new Scenario({ tasks: [taskDef('c'), ...defs], workflows: [workflow('w', [dynamic(more), simple('c1')])] });

describe('a dynamic task', () => {
  it('is the worker task that its input names, under its own reference', () => {
    const scenario = scenarioOf();
    const run = scenario.start('w', { t: 'b' }, { taskToDomain: { b: 'x' } });
    expect(run.task('d1')).toMatchObject({ type: 'b', taskDefName: 'b', status: 'SCHEDULED', input: { t: 'b', p: 1 } });
    expect(scenario.poll('b', { domain: 'x' })?.workflowTask.value).toMatchObject({ name: 'b', type: 'DYNAMIC' });
    expect(run.complete('d1').task('c1').status).toBe('SCHEDULED');
  });

  it('may turn out to be a system task', () => {
    const scenario = scenarioOf();
    const run = scenario.start('w', { t: 'NOOP' });
    expect(run.summary).toEqual(['d1:COMPLETED', 'c1:SCHEDULED']);
    expect(run.task('d1').type).toBe('NOOP');
  });

  it('without a name fails the workflow, and no task exists', () => {
    const run = scenarioOf().start('w', {});
    expect([run.status, run.summary]).toEqual(['FAILED', []]);
    expect(run.seen.reason).toBe(
      'Cannot map a dynamic task based on the parameter and input. Parameter= t, input= {t=null, p=1}',
    );
  });

  it('takes its name from what came before, and fails the workflow when there is none', () => {
    const dynamicTask = task('DYNAMIC', 'd1', {
      dynamicTaskNameParam: 't',
      inputParameters: { t: '${a1.output.t}' },
    });
    const scenario = new Scenario({ tasks: [taskDef('a')], workflows: [workflow('w', [simple('a1'), dynamicTask])] });
    const named = scenario.start('w').complete('a1', { t: 'b' });
    expect(named.task('d1')).toMatchObject({ type: 'b', status: 'SCHEDULED' });
    const nameless = scenario.start('w').complete('a1');
    expect([nameless.status, nameless.summary]).toEqual(['FAILED', ['a1:COMPLETED']]);
    expect(nameless.seen.reason).toMatch(/^Cannot map a dynamic task based on the parameter and input/);
  });

  it('takes retries and limits from the definition of the name that it turned out to have', () => {
    const scenario = scenarioOf([taskDef('b', { retryCount: 1, retryDelaySeconds: 0, responseTimeoutSeconds: 7 })]);
    const run = scenario.start('w', { t: 'b' }).fail('d1', 'no');
    expect(run.task('d1')).toMatchObject({ type: 'b', attempt: 1, responseTimeoutSeconds: 7 });
    expect(run.fail('d1', 'no').status).toBe('FAILED');
  });

  it('is held to its own retry count before all', () => {
    const scenario = scenarioOf([taskDef('b', { retryCount: 3 })], { retryCount: 0 });
    expect(scenario.start('w', { t: 'b' }).fail('d1', 'no').status).toBe('FAILED');
  });

  it('that is nobody else than itself is refused', () => {
    expect(scenarioOf().start('w', { t: 'DYNAMIC' }).status).toBe('FAILED');
  });
});
