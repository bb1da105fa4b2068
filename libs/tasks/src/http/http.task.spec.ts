import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const inputParameters = { http_request: { uri: 'http://${workflow.input.host}/', method: 'GET' } };
const calling = (more = {}, tasks: Parameters<typeof workflow>[1] = []) =>
  new Scenario({
    tasks: tasks,
    workflows: [workflow('w', [task('HTTP', 'h1', { inputParameters, ...more }), simple('c1')])],
  });

describe('an HTTP task', () => {
  it('is queued for whoever makes requests, without a domain', () => {
    const scenario = calling();
    const run = scenario.start('w', { host: 'x' }, { taskToDomain: { '*': 'mine' } });
    expect(run.task('h1')).toMatchObject({
      type: 'HTTP',
      status: 'SCHEDULED',
      domain: undefined,
      input: { http_request: { uri: 'http://x/', method: 'GET' }, asyncComplete: false },
    });
    expect(scenario.poll('HTTP')).toMatchObject({ taskType: 'HTTP', taskDefName: 'h1' });
    run.complete('h1', { response: { statusCode: 200 } });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('fails without a retry when no task definition is registered', () => {
    expect(calling().start('w').fail('h1', 'no').status).toBe('FAILED');
  });

  it('is tried again as its task definition or the task itself says', () => {
    expect(calling({ retryCount: 1 }).start('w').fail('h1', 'no').status).toBe('RUNNING');
    const registered = calling({}, [taskDef('h1', { retryCount: 1 })]);
    expect(registered.start('w').fail('h1', 'no').status).toBe('RUNNING');
  });

  it('is tried again whatever the error was, after the delay of its definition', () => {
    const scenario = calling({}, [taskDef('h1', { retryCount: 2, retryDelaySeconds: 5 })]);
    const run = scenario.start('w').fail('h1', '404').fail('h1', '500');
    expect(run.summary).toEqual(['h1:FAILED', 'h1:FAILED', 'h1:SCHEDULED']);
    expect(scenario.poll('HTTP')).toBeUndefined();
    scenario.advance(5_000);
    expect(scenario.poll('HTTP')).toMatchObject({ attempt: 2 });
  });

  it('whose maker vanishes is timed out and made again, as its definition says', () => {
    const scenario = calling({}, [taskDef('h1', { retryCount: 1, retryDelaySeconds: 0, responseTimeoutSeconds: 9 })]);
    const run = scenario.start('w');
    scenario.poll('HTTP');
    scenario.advance(9_000);
    expect(run.summary).toEqual(['h1:TIMED_OUT', 'h1:SCHEDULED']);
  });

  it('takes its request from the template of its definition too', () => {
    const inputTemplate = { http_request: { uri: 'http://y/', method: 'PUT' } };
    const run = calling({ inputParameters: {} }, [taskDef('h1', { inputTemplate })]).start('w');
    expect(run.task('h1').input).toEqual({ ...inputTemplate, asyncComplete: false });
  });

  it('that is completed from outside stays in progress after the request, with its output', () => {
    const scenario = calling({ asyncComplete: true }, [taskDef('h1', { responseTimeoutSeconds: 1 })]);
    const run = scenario.start('w');
    scenario.poll('HTTP');
    run.report('h1', 'IN_PROGRESS', { response: { statusCode: 202 } });
    scenario.advance(100_000);
    expect(run.task('h1')).toMatchObject({ status: 'IN_PROGRESS', output: { response: { statusCode: 202 } } });
    run.complete('h1', { done: true });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('is also what a SIMPLE task of that name is', () => {
    const scenario = new Scenario({ workflows: [workflow('w', [{ ...simple('x'), name: 'HTTP' }])] });
    expect(scenario.start('w').task('x').type).toBe('HTTP');
  });
});
