import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'h'].map((name) => taskDef(name));
const terminate = (ref: string, inputParameters: JsonObject) => task('TERMINATE', ref, { inputParameters });

/** Id of the failure workflow that a run's output names. */
const compensatedBy = ({ seen }: Handle): string => seen.output['conductor.failure_workflow'] as string;

/** The input of the failure workflow that a run started. */
function compensation(scenario: Scenario, of: string): JsonObject {
  const run = scenario.run(compensatedBy(scenario.run(of)));
  const [started] = run.history[0]!.events;
  return started?.type === 'WorkflowStarted' ? started.input.object : {};
}

describe('a TERMINATE task', () => {
  it('ends the workflow with its status, reason and output, and starts the failure workflow', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('fw', [simple('h1')]),
        workflow(
          'w',
          [
            simple('a1'),
            terminate('tm', { terminationStatus: 'FAILED', terminationReason: 'early', workflowOutput: { r: 1 } }),
            simple('c1'),
          ],
          { failureWorkflow: 'fw', outputParameters: { never: 'seen' } },
        ),
      ],
    });
    const run = scenario.start('w').complete('a1');
    expect([run.status, run.seen.reason]).toEqual(['FAILED', 'early']);
    expect(run.seen.output).toEqual({ r: 1, 'conductor.failure_workflow': expect.any(String) });
    expect(run.summary).toEqual(['a1:COMPLETED', 'tm:COMPLETED']);
    expect(run.seen.failedReferenceTaskNames).toEqual([]);
    expect(compensation(scenario, run.id)).toMatchObject({
      failureTaskId: run.task('tm').taskId,
      failureStatus: 'FAILED',
      reason: 'early',
    });
  });

  it('without a reason names itself, and wraps an output that is no object', () => {
    const scenario = new Scenario({
      workflows: [workflow('w', [terminate('tm', { terminationStatus: 'COMPLETED', workflowOutput: 5 })])],
    });
    const run = scenario.start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.output).toEqual({ output: 5 });
    expect(run.seen.reason).toBe(`Workflow is COMPLETED by TERMINATE task: ${run.task('tm').taskId}`);
  });

  it('in a branch cancels the other branches and the join', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('w', [
          fork('f', [[simple('a1')], [simple('b1'), terminate('tm', { terminationStatus: 'COMPLETED' })]]),
          join('j1', ['a1', 'tm']),
        ]),
      ],
    });
    const run = scenario.start('w').complete('b1', { why: 1 });
    expect(run.status).toBe('COMPLETED');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:CANCELED', 'b1:COMPLETED', 'j1:CANCELED', 'tm:COMPLETED']);
    expect(run.task('j1').output).toEqual({});
  });

  it('fails a workflow in which a permissive task has failed, whatever it says', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('w', [simple('a1', { permissive: true }), terminate('tm', { terminationStatus: 'COMPLETED' })]),
      ],
    });
    const run = scenario.start('w').fail('a1', 'w1');
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toBe(`Task ${run.task('a1').taskId} failed with status: FAILED and reason: 'w1'`);
  });

  it('with a status that is none fails', () => {
    const scenario = new Scenario({
      workflows: [workflow('w', [terminate('tm', { terminationStatus: '${workflow.input.s}' })])],
    });
    const run = scenario.start('w', { s: 'SLEEPING' });
    expect(run.status).toBe('FAILED');
    expect(run.task('tm')).toMatchObject({ status: 'FAILED', reason: 'given termination status is not valid' });
  });
});

describe('workflow variables', () => {
  const set = (ref: string, inputParameters: JsonObject) => task('SET_VARIABLE', ref, { inputParameters });

  it('begin as the definition says and are replaced key by key', () => {
    const scenario = new Scenario({
      workflows: [
        workflow(
          'w',
          [set('s1', { o: { a: 1, b: 2 }, nul: null }), set('s2', { o: { a: 9 }, was: '${workflow.variables.keep}' })],
          {
            variables: { keep: 'init' },
            outputParameters: { vars: '${workflow.variables}' },
          },
        ),
      ],
    });
    const run = scenario.start('w');
    expect(run.seen.variables).toEqual({ keep: 'init', o: { a: 9 }, nul: null, was: 'init' });
    expect(run.seen.output).toEqual({ vars: run.seen.variables });
  });

  it('above 256 KB stay as they were, and the task fails for good', () => {
    const scenario = new Scenario({ workflows: [workflow('w', [set('s1', { big: '${workflow.input.big}' })])] });
    const run = scenario.start('w', { big: 'x'.repeat(300_000) });
    expect(run.status).toBe('FAILED');
    expect(run.seen.variables).toEqual({});
    expect(run.task('s1').reason).toBe(
      `The variables payload size: 300010 of workflow: ${run.id} is greater than the permissible limit: 256 kilobytes`,
    );
  });
});

describe('a failure workflow', () => {
  const failing = (failureWorkflow: string, more: JsonObject = {}) =>
    new Scenario({
      tasks,
      workflows: [workflow('fw', [simple('h1')]), workflow('w', [simple('a1')], { failureWorkflow, ...more })],
    });

  it('gets the input, the reason and the whole failed workflow', () => {
    const scenario = failing('fw');
    const run = scenario.start('w', { x: 5 }, { correlationId: 'corr' }).fail('a1', 'broke', { err: 1 });
    const input = compensation(scenario, run.id);
    expect(input).toMatchObject({
      x: 5,
      workflowId: run.id,
      reason: run.seen.reason,
      failureStatus: 'FAILED',
      failureTaskId: run.task('a1').taskId,
      failedWorkflow: {
        workflowId: run.id,
        status: 'FAILED',
        workflowName: 'w',
        input: { x: 5 },
        tasks: [{ referenceTaskName: 'a1', status: 'FAILED', outputData: { err: 1 } }],
      },
    });
    const [started] = scenario.run(compensatedBy(run)).history[0]!.events;
    expect(started).toMatchObject({ name: 'fw', correlationId: 'corr' });
    expect(started).not.toHaveProperty('parent');
  });

  it.each(['$workflow.input.fw', '${workflow.input.fw}'])('may be named by the input: %s', (name) => {
    const scenario = failing(name);
    const named = scenario.start('w', { fw: 'fw' }).fail('a1', 'no');
    expect(named.seen.output).toHaveProperty(['conductor.failure_workflow']);
    const unnamed = scenario.start('w', {}).fail('a1', 'no');
    expect(unnamed.seen.output).toEqual({});
  });

  it('that nobody registered is said to be missing', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')], { failureWorkflow: 'nofw' })] });
    expect(scenario.start('w').fail('a1', 'no').seen.output).toEqual({
      'conductor.failure_workflow':
        'Error workflow nofw failed to start.  reason: No such workflow defined. name=nofw, version=null',
    });
  });

  it('is started by a time-out, not by a termination from outside', () => {
    const scenario = failing('fw', { timeoutSeconds: 1, timeoutPolicy: 'TIME_OUT_WF' });
    const late = scenario.start('w');
    scenario.advance(1_000);
    expect(compensation(scenario, late.id)).toMatchObject({ failureStatus: 'TIMED_OUT' });
    expect(compensation(scenario, late.id)).not.toHaveProperty('failureTaskId');
    const stopped = scenario.start('w');
    stopped.terminate('enough');
    expect(stopped.seen.output).toEqual({});
  });

  it('is started again by every new failure', () => {
    const scenario = failing('fw');
    const run = scenario.start('w').fail('a1', 'one');
    const first = run.seen.output['conductor.failure_workflow'];
    run.retry();
    run.fail('a1', 'two');
    expect(run.seen.output['conductor.failure_workflow']).not.toBe(first);
  });

  it('shows open tasks as they will be: cancelled', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('fw', [simple('h1')]),
        workflow('w', [fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1'])], {
          failureWorkflow: 'fw',
        }),
      ],
    });
    const run = scenario.start('w').fail('a1', 'no');
    const { tasks: shown } = compensation(scenario, run.id)['failedWorkflow'] as {
      tasks: { referenceTaskName: string; status: string }[];
    };
    expect(shown.map(({ referenceTaskName, status }) => `${referenceTaskName}:${status}`)).toEqual(run.summary);
  });
});

describe('an answer that waits for the end', () => {
  it('comes when the workflow has ended, with its output', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')])] });
    const run = scenario.start('w', {}, { replyWhenEnded: true });
    expect(scenario.replies).toEqual([]);
    run.complete('a1', { k: 1 });
    expect(scenario.replies).toHaveLength(1);
    const [reply] = scenario.replies;
    expect(reply?.kind === 'accepted' && reply.result?.value).toEqual({ workflowId: run.id });
    const told = scenario.decider.endedRun?.(run.state);
    expect(told).toMatchObject({ workflowId: run.id, status: 'COMPLETED' });
    expect(told?.output.value).toEqual({ k: 1 });
    expect(told?.tasks.map(({ referenceName, status }) => [referenceName, status])).toEqual([['a1', 'COMPLETED']]);
  });
});
