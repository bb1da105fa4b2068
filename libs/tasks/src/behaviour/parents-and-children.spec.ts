import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));
const child = workflow('child', [simple('a1')]);
const scenarioOf = (parent: Parameters<typeof workflow>[1], more = {}) =>
  new Scenario({ tasks, workflows: [child, workflow('parent', parent, more)] });

describe('a parent that ends', () => {
  it('terminates its running children, down to the last', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('mid', [sub('m1', { name: 'child' })]),
        workflow('root', [sub('r1', { name: 'mid' })]),
      ],
    });
    const root = scenario.start('root');
    const mid = root.child('r1');
    const leaf = mid.child('m1');
    root.terminate('enough');
    expect([mid.status, leaf.status]).toEqual(['TERMINATED', 'TERMINATED']);
    expect(mid.seen.reason).toBe('Parent workflow has been terminated with reason: enough');
    expect(leaf.seen.reason).toBe(`Parent workflow has been terminated with reason: ${mid.seen.reason!}`);
    expect(leaf.summary).toEqual(['a1:CANCELED']);
    expect(root.task('r1')).toMatchObject({ status: 'CANCELED', output: { subWorkflowId: mid.id } });
  });

  it('does not replace the outcome of a child that has just ended', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const kid = scenario.start('parent').child('s1').fail('a1', 'own reason');
    const crossing = kid.send({ type: 'TerminateWorkflow', reason: 'late', byParent: true });
    expect(crossing.kind).toBe('repeated');
    expect(kid.status).toBe('FAILED');
  });

  it('without a reason names its status', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const parent = scenario.start('parent');
    const kid = parent.child('s1');
    parent.terminate();
    expect(kid.seen.reason).toBe('Parent workflow has been terminated with status TERMINATED');
  });

  it('because it is removed takes its children along', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const parent = scenario.start('parent');
    const kid = parent.child('s1');
    parent.send({ type: 'RemoveWorkflow', onlyEnded: false });
    expect([parent.status, kid.status]).toEqual(['REMOVED', 'TERMINATED']);
  });

  it('does not make its children compensate', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('child', [simple('a1')], { failureWorkflow: 'rescue' }),
        workflow('rescue', [simple('b1')]),
        workflow('parent', [sub('s1', { name: 'child' })]),
      ],
    });
    const parent = scenario.start('parent');
    parent.terminate('x');
    expect(scenario.runs).toHaveLength(2);
  });
});

describe('a paused parent', () => {
  it('takes the outcome of its child, and goes on after resume', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' }), simple('c1')]);
    const parent = scenario.start('parent');
    parent.pause();
    parent.child('s1').complete('a1');
    expect(parent.summary).toEqual(['s1:COMPLETED']);
    parent.resume();
    expect(parent.task('c1').status).toBe('SCHEDULED');
  });
});

describe('a child that is retried', () => {
  it('brings all its parents back to life under their old ids', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('mid', [sub('m1', { name: 'child' })]),
        workflow('root', [sub('r1', { name: 'mid' }), simple('c1')]),
      ],
    });
    const root = scenario.start('root');
    const mid = root.child('r1');
    const leaf = mid.child('m1').fail('a1', 'no');
    const ids = [root.task('r1').taskId, mid.task('m1').taskId];
    leaf.retry();
    expect([root.status, mid.status, leaf.status]).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect([root.task('r1'), mid.task('m1')].map(({ taskId, status }) => [taskId, status])).toEqual([
      [ids[0], 'IN_PROGRESS'],
      [ids[1], 'IN_PROGRESS'],
    ]);
    leaf.complete('a1');
    expect(mid.status).toBe('COMPLETED');
    expect(root.complete('c1').status).toBe('COMPLETED');
  });

  it('revives a sibling that its failure cancelled', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('parent', [
          task('FORK_JOIN', 'f', { forkTasks: [[sub('s1', { name: 'child' })], [simple('b1')]] }),
          task('JOIN', 'j1', { joinOn: ['s1', 'b1'] }),
        ]),
      ],
    });
    const parent = scenario.start('parent');
    const before = parent.task('b1').taskId;
    const kid = parent.child('s1').fail('a1', 'no');
    expect(parent.summary).toEqual(['f:COMPLETED', 's1:FAILED', 'b1:CANCELED', 'j1:CANCELED']);
    kid.retry();
    expect(parent.summary).toEqual(['f:COMPLETED', 's1:IN_PROGRESS', 'b1:SCHEDULED', 'j1:IN_PROGRESS']);
    expect(parent.task('b1')).toMatchObject({ taskId: before, attempt: 1 });
    kid.complete('a1');
    parent.complete('b1', { b: 1 });
    expect(parent.status).toBe('COMPLETED');
    expect(parent.task('j1').output).toEqual({ s1: { subWorkflowId: kid.id }, b1: { b: 1 } });
  });

  it('makes its failed sibling go on instead of starting a new one', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('parent', [
          task('FORK_JOIN', 'f', { forkTasks: [[sub('s1', { name: 'child' })], [sub('s2', { name: 'child' })]] }),
          task('JOIN', 'j1', { joinOn: ['s1', 's2'] }),
        ]),
      ],
    });
    const parent = scenario.start('parent');
    const [one, two] = [parent.child('s1'), parent.child('s2')];
    one.fail('a1', 'no');
    expect(two.status).toBe('TERMINATED');
    one.retry();
    expect([parent.status, one.status, two.status]).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect(parent.child('s2').id).toBe(two.id);
    one.complete('a1');
    two.complete('a1');
    expect(parent.status).toBe('COMPLETED');
  });

  it('cannot save a parent in which something else has failed: that fails again, and the child is stopped', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('parent', [
          task('FORK_JOIN', 'f', { forkTasks: [[sub('s1', { name: 'child' })], [simple('b1'), simple('c1')]] }),
          task('JOIN', 'j1', { joinOn: ['s1', 'c1'] }),
        ]),
      ],
    });
    const parent = scenario.start('parent').fail('b1', 'no');
    const kid = parent.child('s1');
    kid.retry();
    expect([parent.status, parent.task('s1').status, kid.status]).toEqual(['FAILED', 'CANCELED', 'TERMINATED']);
  });

  it('leaves a parent alone whose task is optional', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' }, { optional: true })]);
    const parent = scenario.start('parent');
    const kid = parent.child('s1').fail('a1', 'no');
    expect(parent.status).toBe('COMPLETED');
    kid.retry();
    expect(kid.status).toBe('RUNNING');
    kid.complete('a1');
    expect(parent.status).toBe('COMPLETED');
    expect(parent.task('s1').status).toBe('COMPLETED_WITH_ERRORS');
  });
});

describe('a child whose failure its parent tolerates for now', () => {
  it('is waited for again by the join when it is retried', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('parent', [
          task('FORK_JOIN', 'f', { forkTasks: [[sub('s1', { name: 'child' }, { permissive: true })], [simple('b1')]] }),
          task('JOIN', 'j1', { joinOn: ['s1', 'b1'] }),
          simple('c1'),
        ]),
      ],
    });
    const parent = scenario.start('parent');
    const kid = parent.child('s1').fail('a1', 'no');
    expect([parent.status, parent.task('s1').status]).toEqual(['RUNNING', 'FAILED']);
    kid.retry();
    parent.complete('b1');
    expect(parent.task('j1').status).toBe('IN_PROGRESS');
    kid.complete('a1');
    expect(parent.task('j1').status).toBe('COMPLETED');
    expect(parent.complete('c1').status).toBe('COMPLETED');
  });
});
