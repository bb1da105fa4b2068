import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, sub, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));
const leaf = workflow('leaf', [simple('a1'), simple('b1')]);
const mid = workflow('mid', [sub('m1', { name: 'leaf' })]);
const root = workflow('root', [sub('r1', { name: 'mid' }), simple('c1')]);
const family = () => {
  const scenario = new Scenario({ tasks, workflows: [leaf, mid, root] });
  const top = scenario.start('root');
  const middle = top.child('r1');
  return { scenario, top, middle, bottom: middle.child('m1') };
};

describe('a retry that resumes children', () => {
  it('goes on in the deepest one that failed; all keep their ids', () => {
    const { top, middle, bottom } = family();
    bottom.complete('a1').fail('b1', 'no');
    expect(top.status).toBe('FAILED');
    expect(top.retry(true).kind).toBe('accepted');
    expect([top, middle, bottom].map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect([top.child('r1').id, middle.child('m1').id]).toEqual([middle.id, bottom.id]);
    expect(bottom.summary).toEqual(['a1:COMPLETED', 'b1:FAILED', 'b1:SCHEDULED']);
    bottom.complete('b1');
    expect(top.complete('c1').status).toBe('COMPLETED');
  });

  it('makes a new attempt where no child is to blame', () => {
    const { top, bottom } = family();
    bottom.complete('a1').complete('b1');
    top.fail('c1', 'no');
    top.retry(true);
    expect(top.summary).toEqual(['r1:COMPLETED', 'c1:FAILED', 'c1:SCHEDULED']);
  });

  it('without resuming starts a new child', () => {
    const { top, middle, bottom } = family();
    bottom.fail('a1', 'no');
    top.retry();
    expect(top.child('r1').id).not.toBe(middle.id);
    expect([middle.status, bottom.status]).toEqual(['FAILED', 'FAILED']);
  });

  it('looks at the newest attempt, not at the first', () => {
    const scenario = new Scenario({
      tasks: [...tasks, taskDef('s1', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [leaf, workflow('w', [sub('s1', { name: 'leaf' })])],
    });
    const run = scenario.start('w');
    const first = run.child('s1').fail('a1', 'x');
    const second = run.child('s1').fail('a1', 'y');
    expect([second.id === first.id, run.status]).toEqual([false, 'FAILED']);
    run.retry(true);
    expect([first.status, second.status, run.status]).toEqual(['FAILED', 'RUNNING', 'RUNNING']);
    second.complete('a1').complete('b1');
    expect(run.status).toBe('COMPLETED');
  });

  it('lets siblings that the failure had stopped go on as well', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        leaf,
        workflow('w', [
          fork('f', [[sub('s1', { name: 'leaf' })], [sub('s2', { name: 'leaf' })], [simple('c1')]]),
          join('j1', ['s1', 's2', 'c1']),
        ]),
      ],
    });
    const run = scenario.start('w');
    const [one, two] = [run.child('s1'), run.child('s2')];
    one.fail('a1', 'no');
    expect([two.status, run.task('c1').status]).toEqual(['TERMINATED', 'CANCELED']);
    run.retry(true);
    expect([one.status, two.status, run.child('s2').id === two.id]).toEqual(['RUNNING', 'RUNNING', true]);
    for (const kid of [one, two]) kid.complete('a1').complete('b1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });
});

describe('a child that cannot go on', () => {
  it('because it has completed meanwhile, hands its outcome to the parent', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        leaf,
        workflow('w', [fork('f', [[sub('s1', { name: 'leaf' })], [simple('c1')]]), join('j1', ['s1', 'c1'])]),
      ],
    });
    const run = scenario.start('w');
    const kid = run.child('s1').complete('a1');
    // The parent fails; the word to its child crosses the child's own end.
    const crossing = scenario.holdMessages();
    run.fail('c1', 'no');
    kid.complete('b1', { k: 1 });
    crossing.release();
    expect([kid.status, run.task('s1').status]).toEqual(['COMPLETED', 'CANCELED']);
    run.retry(true);
    expect(run.task('s1')).toMatchObject({ status: 'COMPLETED', output: { subWorkflowId: kid.id, k: 1 } });
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('because it was removed, makes the parent fail again instead of waiting for ever', () => {
    const { top, middle, bottom } = family();
    bottom.fail('a1', 'no');
    middle.send({ type: 'RemoveWorkflow', onlyEnded: true });
    top.retry(true);
    expect(top.status).toBe('FAILED');
    expect(top.task('r1').reason).toBe(`No such workflow found by id: ${middle.id}`);
    top.retry();
    expect(top.child('r1').status).toBe('RUNNING');
  });

  it('because it failed without any task to retry, makes the parent fail again', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('odd', [
          simple('a1'),
          { name: 'f', taskReferenceName: 'f', type: 'DYNAMIC', dynamicTaskNameParam: 't' },
        ]),
        workflow('w', [sub('s1', { name: 'odd' })]),
      ],
    });
    const run = scenario.start('w');
    const kid = run.child('s1').complete('a1');
    expect([kid.status, run.status]).toEqual(['FAILED', 'FAILED']);
    run.retry(true);
    expect([kid.status, run.status, run.task('s1').status]).toEqual(['FAILED', 'FAILED', 'FAILED']);
  });
});
