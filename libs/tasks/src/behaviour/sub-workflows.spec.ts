import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));
const child = workflow('child', [simple('a1')]);
const scenarioOf = (parent: Parameters<typeof workflow>[1], more = {}) =>
  new Scenario({ tasks, workflows: [child, workflow('parent', parent, more)] });

describe('a sub-workflow', () => {
  it('starts a child with its input, and takes its output over', () => {
    const scenario = scenarioOf([
      sub('s1', { name: 'child' }, { inputParameters: { p: '${workflow.input.x}' } }),
      simple('c1', { inputParameters: { v: '${s1.output.v}', id: '${s1.output.subWorkflowId}' } }),
    ]);
    const parent = scenario.start('parent', { x: { q: 1 } }, { correlationId: 'corr' });
    const kid = parent.child('s1');
    expect(parent.task('s1')).toMatchObject({
      status: 'IN_PROGRESS',
      input: {
        subWorkflowName: 'child',
        subWorkflowVersion: 1,
        workflowInput: { p: { q: 1 } },
        subWorkflowDefinition: null,
      },
    });
    const [started] = kid.history[0]!.events;
    expect(started).toMatchObject({
      type: 'WorkflowStarted',
      parent: { workflowId: parent.id, taskId: parent.task('s1').taskId },
      correlationId: 'corr',
      priority: 0,
    });
    kid.complete('a1', { v: 3 });
    expect(parent.task('s1')).toMatchObject({ status: 'COMPLETED', output: { v: 3, subWorkflowId: kid.id } });
    expect(parent.task('c1').input).toEqual({ v: 3, id: kid.id });
  });

  it('keeps its own key when the child answers with the same', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const parent = scenario.start('parent');
    parent.child('s1').complete('a1', { subWorkflowId: 'liar' });
    expect(parent.seen.output).toEqual({ subWorkflowId: parent.task('s1').childId });
  });

  it('without input parameters gives the child none', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const [started] = scenario.start('parent').child('s1').history[0]!.events;
    expect(started?.type === 'WorkflowStarted' && started.input.value).toEqual({});
  });

  it('that fails fails the task and the parent, reason within reason', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' }), simple('c1')]);
    const parent = scenario.start('parent');
    const kid = parent.child('s1').fail('a1', 'boom', { err: 1 });
    const inner = `Sub workflow child.1/${kid.id} failure reason: Task ${kid.task('a1').taskId} failed with status: FAILED and reason: 'boom'`;
    expect(parent.task('s1')).toMatchObject({
      status: 'FAILED',
      reason: inner,
      output: { err: 1, subWorkflowId: kid.id },
    });
    expect(parent.seen.reason).toBe(
      `Task ${parent.task('s1').taskId} failed with status: FAILED and reason: '${inner}'`,
    );
  });

  it('that is terminated cancels the task and terminates the parent', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' })]);
    const parent = scenario.start('parent');
    const kid = parent.child('s1');
    kid.terminate('r');
    expect(parent.task('s1').status).toBe('CANCELED');
    expect(parent.status).toBe('TERMINATED');
    expect(parent.seen.reason).toContain(`reason: 'Sub workflow child.1/${kid.id} failure reason: r'`);
  });

  it('that is optional and terminated lets the parent go on', () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' }, { optional: true }), simple('c1')]);
    const parent = scenario.start('parent');
    parent.child('s1').terminate('r');
    expect(parent.task('s1').status).toBe('COMPLETED_WITH_ERRORS');
    expect(parent.task('c1').status).toBe('SCHEDULED');
  });

  it('with retries starts a new child for each attempt', () => {
    const scenario = new Scenario({
      tasks: [...tasks, taskDef('s1', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [child, workflow('parent', [sub('s1', { name: 'child' })])],
    });
    const parent = scenario.start('parent');
    const first = parent.child('s1');
    first.fail('a1', 'no');
    const second = parent.child('s1');
    expect(second.id).not.toBe(first.id);
    expect(second.complete('a1').status).toBe('COMPLETED');
    expect(parent.status).toBe('COMPLETED');
  });

  it('of an unknown definition with a version fails the task', () => {
    const scenario = scenarioOf([sub('s1', { name: 'nosuch', version: 1 })]);
    const parent = scenario.start('parent');
    expect(parent.task('s1')).toMatchObject({
      status: 'FAILED',
      reason: 'No such workflow defined. name=nosuch, version=1',
    });
    expect(parent.status).toBe('FAILED');
  });

  it('of an unknown definition without a version refuses the start of the parent', () => {
    const scenario = scenarioOf([sub('s1', { name: 'nosuch' })]);
    expect(() => scenario.start('parent')).toThrow(
      'The Task s1 defined as a sub-workflow has no workflow definition available',
    );
  });

  it('keeps the version that was the latest when the parent started', () => {
    const scenario = scenarioOf([simple('c1'), sub('s1', { name: 'child' })]);
    const parent = scenario.start('parent');
    scenario.definitions.putWorkflow({ ...workflow('child', [simple('b1')]), version: 2 });
    parent.complete('c1');
    expect(parent.child('s1').summary).toEqual(['a1:SCHEDULED']);
    expect(scenario.start('parent').complete('c1').child('s1').summary).toEqual(['b1:SCHEDULED']);
  });

  it('may have its definition inline, which marks its input', () => {
    const inner = workflow('inner', [task('SET_VARIABLE', 'v', { inputParameters: { p: '${workflow.input.p}' } })], {
      version: 3,
      outputParameters: { p: '${workflow.variables.p}' },
    });
    const scenario = scenarioOf([sub('s1', { workflowDefinition: inner }, { inputParameters: { p: 1 } })]);
    const parent = scenario.start('parent');
    expect(parent.status).toBe('COMPLETED');
    expect(parent.seen.output).toEqual({ p: 1, subWorkflowId: parent.task('s1').childId });
    const [started] = parent.child('s1').history[0]!.events;
    expect(started).toMatchObject({ name: 'inner', version: 3 });
    expect(started?.type === 'WorkflowStarted' && started.input.value).toEqual({
      p: 1,
      _systemMetadata: { dynamic: true },
    });
  });

  it('may take definition, name and version from expressions', () => {
    const scenario = scenarioOf([
      sub('s1', { name: '${workflow.input.n}', version: '${workflow.input.v}', priority: '${workflow.input.p}' }),
    ]);
    const kid = scenario.start('parent', { n: 'child', v: 1, p: 7 }).child('s1');
    expect(kid.summary).toEqual(['a1:SCHEDULED']);
    expect(kid.history[0]!.events[0]).toMatchObject({ name: 'child', priority: 7 });
  });

  it('may be three levels deep, failing all the way up', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        child,
        workflow('mid', [sub('m1', { name: 'child' })]),
        workflow('root', [sub('r1', { name: 'mid' })]),
      ],
    });
    const root = scenario.start('root');
    root.child('r1').child('m1').fail('a1', 'deep');
    expect([root.status, root.child('r1').status]).toEqual(['FAILED', 'FAILED']);
    expect(root.seen.reason).toContain("and reason: 'deep'");
  });
});
