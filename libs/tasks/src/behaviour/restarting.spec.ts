import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));

describe('a restart', () => {
  const first = workflow('w', [simple('a1'), simple('b1')], { variables: { v: 0 } });
  const failed = () => {
    const scenario = new Scenario({ tasks, workflows: [first] });
    const run = scenario.start('w', { n: 1 }, { correlationId: 'c', priority: 7, taskToDomain: { a: 'east' } });
    return { scenario, run: run.complete('a1').fail('b1', 'no') };
  };

  it('runs everything again under the same id, with the same input', () => {
    const { run } = failed();
    const ids = run.seen.tasks.map(({ taskId }) => taskId);
    run.setVariables({ v: 3 });
    expect(run.restart().kind).toBe('accepted');
    expect([run.status, run.summary]).toEqual(['RUNNING', ['a1:SCHEDULED']]);
    expect(run.task('a1')).toMatchObject({ seq: 1, attempt: 0, domain: 'east' });
    expect(ids).not.toContain(run.task('a1').taskId);
    expect(run.seen).toMatchObject({ failedReferenceTaskNames: [], variables: { v: 0 }, output: {} });
    expect(run.seen.started).toMatchObject({ correlationId: 'c', priority: 7 });
    run.complete('a1').complete('b1');
    expect([run.status, run.seen.started?.input.value]).toEqual(['COMPLETED', { n: 1 }]);
  });

  it('gives a report of the time before no meaning', () => {
    const { run } = failed();
    const old = run.task('a1').taskId;
    run.restart();
    expect(run.report('a1', 'COMPLETED', {}, { taskId: old })).toMatchObject({ rejection: { code: 'TASK_NOT_FOUND' } });
  });

  it('takes the definition that it was started with, unless asked for the latest', () => {
    const { scenario, run } = failed();
    scenario.definitions.putWorkflow({ ...first, version: 2, tasks: [simple('c1')] });
    run.restart();
    expect(run.task('a1').status).toBe('SCHEDULED');
    run.terminate('again');
    run.restart(true);
    expect([run.summary, run.seen.started?.version]).toEqual([['c1:SCHEDULED'], 2]);
    expect(scenario.decider.pins(run.state)).toHaveLength(1);
    expect(run.complete('c1').status).toBe('COMPLETED');
    run.restart();
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('takes changed task definitions only with the latest', () => {
    const { scenario, run } = failed();
    scenario.definitions.putTask(taskDef('a', { retryCount: 1, retryDelaySeconds: 0 }));
    run.restart();
    expect(run.fail('a1', 'x').status).toBe('FAILED');
    run.restart(true);
    expect(run.fail('a1', 'x').summary).toEqual(['a1:FAILED', 'a1:SCHEDULED']);
  });

  it('with the latest is refused where there is none', () => {
    const scenario = new Scenario({ tasks, workflows: [] });
    const inline = { ...workflow('inline', [simple('a1')]) };
    scenario.definitions.putWorkflow(inline);
    const definition = scenario.definitions.workflow('inline')!;
    const other = new Scenario({ tasks, workflows: [] });
    const run = other.start('inline', {}, { definition });
    run.terminate('x');
    expect(run.restart(true)).toMatchObject({
      rejection: { code: 'DEFINITION_NOT_FOUND', reason: `Unable to find latest definition for ${run.id}` },
    });
    expect(run.restart().kind).toBe('accepted');
  });

  it('is for workflows that have ended', () => {
    const run = new Scenario({ tasks, workflows: [first] }).start('w');
    expect(run.restart()).toMatchObject({
      rejection: { reason: `Workflow: w.1/${run.id}.RUNNING is not in terminal state, unable to restart.` },
    });
    run.pause();
    expect(run.restart()).toMatchObject({ rejection: { code: 'WORKFLOW_NOT_ENDED' } });
  });

  it('may be forbidden by the definition, but only of what has completed', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')], { restartable: false })] });
    const run = scenario.start('w').fail('a1', 'no');
    expect(run.restart().kind).toBe('accepted');
    run.complete('a1');
    expect(run.restart()).toMatchObject({
      rejection: { code: 'NOT_RESTARTABLE', reason: `Workflow: w.1/${run.id}.COMPLETED is non-restartable` },
    });
  });

  it('starts the clock of the workflow again', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1')], { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' })],
    });
    const run = scenario.start('w');
    scenario.advance(10_000);
    expect(run.status).toBe('TIMED_OUT');
    run.restart();
    scenario.advance(9_000);
    expect(run.status).toBe('RUNNING');
    scenario.advance(1_000);
    expect(run.status).toBe('TIMED_OUT');
  });
});

describe('a restart and children', () => {
  const child = workflow('child', [simple('a1')]);
  const family = () =>
    new Scenario({ tasks, workflows: [child, workflow('parent', [sub('s1', { name: 'child' }), simple('c1')])] });

  it('of a parent starts new children and leaves the old ones as they are', () => {
    const parent = family().start('parent');
    const old = parent.child('s1').fail('a1', 'no');
    parent.restart();
    const young = parent.child('s1');
    expect([young.id === old.id, old.status, young.status]).toEqual([false, 'FAILED', 'RUNNING']);
    young.complete('a1');
    expect(parent.complete('c1').status).toBe('COMPLETED');
  });

  it('of a completed child brings its completed parent back; what followed there is not run again', () => {
    const parent = family().start('parent');
    const kid = parent.child('s1').complete('a1', { v: 1 });
    parent.complete('c1');
    const ids = parent.seen.tasks.map(({ taskId }) => taskId);
    kid.restart();
    expect([parent.status, parent.summary]).toEqual(['RUNNING', ['s1:IN_PROGRESS', 'c1:COMPLETED']]);
    kid.complete('a1', { v: 2 });
    expect([parent.status, parent.seen.tasks.map(({ taskId }) => taskId)]).toEqual(['COMPLETED', ids]);
    expect(parent.task('s1').output).toEqual({ subWorkflowId: kid.id, v: 2 });
  });

  it('of a child whose task was superseded or forgotten leaves the parent alone', () => {
    const parent = family().start('parent');
    const old = parent.child('s1').fail('a1', 'no');
    parent.restart();
    const { length } = parent.history;
    old.restart();
    expect(old.status).toBe('RUNNING');
    expect(parent.history).toHaveLength(length);
    expect(parent.task('s1').childId).not.toBe(old.id);
  });
});

describe('what a workflow has been through', () => {
  it('does not grow its snapshot: a restarted run is encoded like one that was just started', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [task('NOOP', 'n1'), simple('a1')])] });
    const run = scenario.start('w');
    const { length } = scenario.decider.encodeState(run.state);
    for (let i = 0; i < 5; i++) {
      run.fail('a1', 'x');
      run.restart();
    }
    expect(scenario.decider.encodeState(run.state).length).toBeLessThan(length + 20);
  });
});
