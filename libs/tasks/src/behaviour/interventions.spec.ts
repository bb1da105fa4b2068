import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { choice, fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });

describe('a skipped task', () => {
  const sequence = () =>
    scenarioOf(
      simple('a1'),
      simple('b1'),
      simple('c1', { inputParameters: { b: '${b1.output.k}', s: '${b1.status}' } }),
    );

  it('is passed over when it is reached, and shows the output that it was given', () => {
    const run = sequence().start('w');
    expect(run.skip('b1', { k: 1 }, { i: 2 }).kind).toBe('accepted');
    expect(run.task('b1')).toMatchObject({ status: 'SKIPPED', type: 'b', input: { i: 2 }, output: { k: 1 } });
    expect(run.seen.has('c1')).toBe(false);
    run.complete('a1');
    expect(run.task('c1')).toMatchObject({ status: 'SCHEDULED', input: { b: 1, s: 'SKIPPED' } });
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('at the end lets the workflow complete with the output of the last task that ran', () => {
    const run = scenarioOf(simple('a1'), simple('b1')).start('w');
    run.skip('b1');
    run.complete('a1', { o: 1 });
    expect([run.status, run.seen.output]).toEqual(['COMPLETED', { o: 1 }]);
  });

  it('may follow another one', () => {
    const run = sequence().start('w');
    run.skip('c1');
    run.skip('b1');
    expect(run.complete('a1', { o: 1 }).status).toBe('COMPLETED');
  });

  it('is not reached early by a retry', () => {
    const run = sequence().start('w');
    run.skip('b1');
    run.fail('a1', 'no');
    run.retry();
    expect(run.seen.has('c1')).toBe(false);
    run.complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('counts as decided for a join', () => {
    const run = scenarioOf(fork('f', [[simple('a1'), simple('b1')], [simple('c1')]]), join('j1', ['b1', 'c1'])).start(
      'w',
    );
    run.complete('c1', { c: 1 });
    run.skip('b1');
    expect(run.task('j1').status).toBe('COMPLETED');
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('that is a fork takes its join along, in which nothing could ever arrive', () => {
    const run = scenarioOf(simple('a1'), fork('f', [[simple('b1')]]), join('j1', ['b1']), simple('c1')).start('w');
    run.skip('f');
    run.complete('a1');
    expect(run.summary).toEqual(['a1:COMPLETED', 'f:SKIPPED', 'j1:SKIPPED', 'c1:SCHEDULED']);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('inside a choice is passed over there', () => {
    const run = scenarioOf(simple('a1'), choice('sw', { A: [simple('b1'), simple('c1')] })).start('w', { v: 'A' });
    run.skip('b1');
    run.complete('a1');
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('can be run after all, by a rerun', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    run.skip('b1');
    run.complete('a1').complete('c1');
    run.rerun('b1');
    expect(run.task('b1').status).toBe('SCHEDULED');
    expect(scenario.poll('b')).toMatchObject({ referenceName: 'b1', dispatch: 1 });
    run.complete('b1').complete('c1');
    expect(run.status).toBe('COMPLETED');
  });

  it('that would have ended the workflow lets it go on', () => {
    const end = task('TERMINATE', 't', { inputParameters: { terminationStatus: 'COMPLETED' } });
    const run = scenarioOf(simple('a1'), end, simple('b1')).start('w');
    run.skip('t');
    run.complete('a1');
    expect(run.task('b1').status).toBe('SCHEDULED');
  });

  it('that a rerun runs after all has its input computed, and its type', () => {
    const skipped = task('SET_VARIABLE', 'sv', { inputParameters: { k: '${a1.output.k}' } });
    const run = scenarioOf(simple('a1'), skipped, simple('b1')).start('w');
    run.skip('sv', {}, { k: 'not this' });
    run.complete('a1', { k: 1 }).complete('b1').rerun('sv');
    expect(run.task('sv')).toMatchObject({ status: 'COMPLETED', type: 'SET_VARIABLE', input: { k: 1 } });
    expect(run.complete('b1').status).toBe('COMPLETED');
  });

  it('cannot be run after all where the workflow had not come to it, or what it waits for does not exist', () => {
    const run = scenarioOf(simple('a1'), fork('f', [[simple('b1')]]), join('j1', ['b1']), simple('c1')).start('w');
    run.skip('c1');
    run.skip('f');
    run.fail('a1', 'no');
    const instead = 'rerun from a task that comes before it';
    const reasonOf = (ref: string) => {
      const decision = run.rerun(ref);
      return decision.kind === 'rejected' && decision.rejection.reason;
    };
    expect(['c1', 'j1'].map(reasonOf)).toEqual([
      `The task referenced by c1 was skipped and the workflow had not come to it, ${instead}`,
      `The task referenced by j1 was skipped and waits for others, ${instead}`,
    ]);
    run.rerun('a1');
    expect(run.complete('a1').task('b1').status).toBe('SCHEDULED');
  });

  it('has to exist, must not have been reached, in a workflow that runs', () => {
    const run = sequence().start('w');
    const reasons = [run.skip('zz'), run.skip('a1')].map((d) => d.kind === 'rejected' && d.rejection.reason);
    run.pause();
    const paused = run.skip('b1');
    expect([...reasons, paused.kind === 'rejected' && paused.rejection.reason]).toEqual([
      'The task referenced by zz does not exist in the WorkflowDefinition w',
      'The task referenced a1 has already been processed, cannot be skipped',
      `The workflow ${run.id} is not running so the task referenced by b1 cannot be skipped`,
    ]);
  });
});

describe('a jump', () => {
  it('leaves what runs, skips what comes before, and goes on with the given input', () => {
    const run = scenarioOf(simple('a1'), simple('b1'), simple('c1'), simple('d1')).start('w');
    run.jump('c1', { j: 1 });
    expect(run.summary).toEqual(['a1:SKIPPED', 'b1:SKIPPED', 'c1:SCHEDULED']);
    expect(run.task('c1').input).toEqual({ j: 1 });
    expect(run.report('a1', 'COMPLETED').kind).toBe('repeated');
    run.complete('c1').complete('d1');
    expect(run.status).toBe('COMPLETED');
  });

  it('ends the children that it leaves', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('child', [simple('a1')]),
        workflow('w', [
          fork('f', [[sub('s1', { name: 'child' })], [simple('b1')]]),
          join('j1', ['s1', 'b1']),
          simple('c1'),
        ]),
      ],
    });
    const run = scenario.start('w');
    const kid = run.child('s1');
    run.jump('c1');
    expect([kid.status, kid.seen.reason]).toEqual(['TERMINATED', 'The workflow went on with c1']);
    expect(run.summary).toEqual(['f:COMPLETED', 's1:SKIPPED', 'b1:SKIPPED', 'j1:SKIPPED', 'c1:SCHEDULED']);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('does not go to a task that would wait for what was left', () => {
    const run = scenarioOf(simple('a1'), fork('f', [[simple('b1')]]), join('j1', ['b1'])).start('w');
    expect(run.jump('j1')).toMatchObject({
      rejection: {
        reason: 'The task referenced by j1 waits for tasks that come before it, jump to the next one',
      },
    });
  });

  it('is undone by a rerun from a task in a branch that it left: the other branches go on too', () => {
    const branches = [[simple('a1'), simple('a2')], [simple('b1'), simple('b2')], [sub('s1', { name: 'child' })]];
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('child', [simple('d1')]),
        workflow('w', [fork('f', branches), join('j1', ['a2', 'b2', 's1']), simple('c1')]),
      ],
    });
    const run = scenario.start('w');
    const kid = run.child('s1');
    run.jump('c1');
    run.complete('c1').rerun('a1');
    expect(run.summary).toEqual([
      'f:COMPLETED',
      ...['a1:SCHEDULED', 'b1:SCHEDULED', 's1:IN_PROGRESS', 'j1:IN_PROGRESS'],
    ]);
    kid.complete('d1');
    run.complete('a1').complete('a2').complete('b1').complete('b2').complete('c1');
    expect([run.status, kid.status]).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('goes only forward, and only to the top level', () => {
    const run = scenarioOf(simple('a1'), choice('sw', { A: [simple('b1')] }), simple('c1')).start('w', { v: 'A' });
    expect(run.jump('b1')).toMatchObject({ rejection: { code: 'INVALID_STATE' } });
    expect(run.jump('a1')).toMatchObject({
      rejection: { reason: 'The task referenced a1 has already been processed, cannot be jumped to' },
    });
  });
});

describe('variables set from outside', () => {
  it('are seen by what is rendered afterwards', () => {
    const run = scenarioOf(simple('a1'), simple('b1', { inputParameters: { v: '${workflow.variables.v}' } })).start(
      'w',
    );
    run.setVariables({ v: 1, x: 2 });
    run.pause();
    run.setVariables({ v: 3 });
    run.resume();
    run.complete('a1');
    expect([run.task('b1').input, run.seen.variables]).toEqual([{ v: 3 }, { v: 3, x: 2 }]);
  });

  it('have a limit, and no meaning once the workflow has ended', () => {
    const run = scenarioOf(simple('a1')).start('w');
    expect(run.setVariables({ big: 'x'.repeat(256 * 1024) })).toMatchObject({ rejection: { code: 'TOO_LARGE' } });
    run.complete('a1');
    expect(run.setVariables({ v: 1 })).toMatchObject({ rejection: { code: 'WORKFLOW_ENDED' } });
  });
});

describe('a reset of callbacks', () => {
  it('hands out at once what was given back for later', () => {
    const scenario = scenarioOf(simple('a1'));
    const run = scenario.start('w');
    scenario.poll('a');
    run.report('a1', 'IN_PROGRESS', { half: 1 }, { callbackAfterSeconds: 3600 });
    expect(scenario.poll('a')).toBeUndefined();
    expect(run.resetCallbacks().kind).toBe('accepted');
    expect(run.task('a1')).toMatchObject({ callbackAfterSeconds: 0, output: { half: 1 } });
    expect(scenario.poll('a')).toMatchObject({ dispatch: 2 });
    expect(scenario.decider.nextDue(run.state).timer).toBeUndefined();
  });

  it('hands out attempts that wait for their retry, but ends no WAIT', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 60 })],
      workflows: [
        workflow('w', [
          fork('f', [[simple('a1')], [task('WAIT', 'w1', { inputParameters: { duration: '1 hour' } })]]),
          join('j1', ['a1', 'w1']),
        ]),
      ],
    });
    const run = scenario.start('w').fail('a1', 'x');
    run.resetCallbacks();
    expect(scenario.poll('a')).toBeDefined();
    expect(run.task('w1').status).toBe('IN_PROGRESS');
  });

  it('has no meaning once the workflow has ended', () => {
    const run = scenarioOf(simple('a1')).start('w').complete('a1');
    expect(run.resetCallbacks()).toMatchObject({
      rejection: { reason: 'Workflow is in terminal state. Status = COMPLETED' },
    });
  });
});

describe('a termination', () => {
  it('starts the failure workflow only when told to', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1')], { failureWorkflow: 'rescue' }), workflow('rescue', [simple('b1')])],
    });
    scenario.start('w').terminate('plain');
    expect(scenario.runs).toHaveLength(1);
    const run = scenario.start('w');
    run.send({ type: 'TerminateWorkflow', reason: 'help', byParent: false, triggerFailureWorkflow: true });
    const rescue = scenario.runs.at(-1)!;
    expect(run.seen.output).toEqual({ 'conductor.failure_workflow': rescue.id });
    expect(rescue.seen.started?.input.value).toMatchObject({
      workflowId: run.id,
      reason: 'help',
      failureStatus: 'TERMINATED',
    });
  });
});
