import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { choice, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const dynamic = (inputParameters: JsonObject, more: JsonObject = {}) =>
  task('FORK_JOIN_DYNAMIC', 'fd', { inputParameters, ...more });
const byTasks = dynamic(
  { dt: '${workflow.input.dt}', di: '${workflow.input.di}' },
  { dynamicForkTasksParam: 'dt', dynamicForkTasksInputParamName: 'di' },
);
const scenarioOf = (fork: JsonObject, defs: readonly Json[] = [], more: { eventsPerDecision?: number } = {}) =>
  new Scenario({
    tasks: [taskDef('c'), ...defs],
    workflows: [workflow('w', [fork, join('j1', ['ignored']), simple('c1')]), workflow('child', [simple('k1')])],
    ...more,
  });

describe('a dynamic fork over a list of tasks', () => {
  const dt = [
    { name: 'a', taskReferenceName: 'x1', type: 'SIMPLE', inputParameters: { own: 1, tpl: '${workflow.input.z}' } },
    { name: 'b', taskReferenceName: 'x2', type: 'SIMPLE' },
  ];

  it('runs them side by side, each with its own input over what the task says', () => {
    const scenario = scenarioOf(byTasks);
    const run = scenario.start('w', { dt, di: { x1: { p: 5, q: '${workflow.input.z}' } }, z: 7 });
    expect(run.summary).toEqual(['fd:COMPLETED', 'x1:SCHEDULED', 'x2:SCHEDULED', 'j1:IN_PROGRESS']);
    expect([run.task('x1').input, run.task('x2').input]).toEqual([{ own: 1, tpl: 7, p: 5, q: 7 }, {}]);
    expect(run.task('j1').input).toEqual({ joinOn: ['x1', 'x2'] });
    run.complete('x1', { r: 1 }).complete('x2', { r: 2 });
    expect(run.task('j1').output).toEqual({ x1: { r: 1 }, x2: { r: 2 } });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('shows workers the task as it was generated', () => {
    const scenario = scenarioOf(byTasks);
    scenario.start('w', { dt, di: {} });
    expect(scenario.poll('b')?.workflowTask.value).toMatchObject({
      name: 'b',
      taskReferenceName: 'x2',
      type: 'SIMPLE',
    });
  });

  it('of none completes at once', () => {
    const run = scenarioOf(byTasks).start('w', { dt: [], di: {} });
    expect(run.summary).toEqual(['fd:COMPLETED', 'j1:COMPLETED', 'c1:SCHEDULED']);
    expect(run.task('j1').output).toEqual({});
  });

  it('holds registered tasks to their definitions, and others to none', () => {
    const scenario = scenarioOf(byTasks, [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })]);
    const run = scenario.start('w', { dt, di: {} }).fail('x1', 'no');
    expect(run.task('x1')).toMatchObject({ attempt: 1, status: 'SCHEDULED' });
    expect(run.fail('x2', 'no').status).toBe('FAILED');
  });

  it('runs what is inside a generated choice', () => {
    const scenario = scenarioOf(byTasks);
    const run = scenario.start('w', { v: 'A', dt: [choice('sw', { A: [simple('a1'), simple('b1')] })], di: {} });
    expect(run.summary).toEqual(['fd:COMPLETED', 'sw:COMPLETED', 'a1:SCHEDULED', 'j1:COMPLETED', 'c1:SCHEDULED']);
    expect(scenario.poll('a')?.workflowTask.value).toMatchObject({ taskReferenceName: 'a1' });
    run.complete('a1');
    expect(run.task('b1').status).toBe('SCHEDULED');
    expect(run.complete('c1').status).toBe('RUNNING');
    expect(run.complete('b1').status).toBe('COMPLETED');
  });

  it.each([
    [{ dt: 'junk', di: {} }, "Input 'dt' is invalid. Cannot deserialize a list of Workflow Tasks from 'junk'"],
    [{ di: {} }, "Input 'dt' is invalid. Cannot deserialize a list of Workflow Tasks from 'null'"],
    [
      { dt: [{ name: 'a' }], di: {} },
      "Input 'dt' is invalid. Cannot deserialize a list of Workflow Tasks from '[{name=a}]'",
    ],
    [{ dt, di: 'x' }, 'Input to the dynamically forked tasks is not a map -> expecting a map of K,V  but found x'],
  ])('with input %j fails the workflow without a fork', (input, reason) => {
    const run = scenarioOf(byTasks).start('w', input);
    expect([run.status, run.seen.reason, run.summary]).toEqual(['FAILED', reason, []]);
  });

  it('refuses references that exist twice', () => {
    const run = scenarioOf(byTasks).start('w', { dt: [dt[0]!, dt[0]!], di: {} });
    expect(run.seen.reason).toBe(
      `No dynamic tasks could be created for the Workflow: w.1/${run.id}, Dynamic Fork Task: fd/fd attempted to create a duplicate task reference name: x1`,
    );
  });

  it('goes on after a retry where it was, without forking again', () => {
    const scenario = scenarioOf(byTasks);
    const run = scenario.start('w', { dt, di: {} }).fail('x1', 'no');
    const { taskId } = run.task('j1');
    expect(run.summary).toEqual(['fd:COMPLETED', 'x1:FAILED', 'x2:CANCELED', 'j1:CANCELED']);
    run.retry();
    run.complete('x1', { r: 1 }).complete('x2', { r: 2 });
    expect(run.seen.tasks.filter(({ ref }) => ref === 'fd')).toHaveLength(1);
    expect(run.task('j1')).toMatchObject({ taskId, output: { x1: { r: 1 }, x2: { r: 2 } } });
  });

  it('without a join is refused', () => {
    const scenario = new Scenario({ workflows: [workflow('w', [byTasks, simple('c1')])] });
    expect(scenario.start('w', { dt, di: {} }).seen.reason).toBe(
      'Dynamic join definition is not followed by a join task.  Check the workflow definition.',
    );
  });
});

describe('a dynamic fork over a list of inputs', () => {
  it('makes one task of the given name per element', () => {
    const scenario = scenarioOf(dynamic({ forkTaskName: 'a', forkTaskInputs: [{ p: 1 }, 'text'] }));
    const run = scenario.start('w');
    expect(run.task('_a_0')).toMatchObject({ type: 'a', input: { p: 1, __index: 0 } });
    expect(run.task('_a_1')).toMatchObject({ type: 'a', input: { input: 'text', __index: 1 } });
  });

  it('names them after the fork when another one has run before', () => {
    const first = dynamic({ forkTaskName: 'a', forkTaskInputs: [{}] });
    const second = { ...first, taskReferenceName: 'fd2' };
    const scenario = new Scenario({
      workflows: [workflow('w', [first, join('j1', []), second, join('j2', []), simple('c1')])],
    });
    const run = scenario.start('w').complete('_a_0', { n: 1 }).complete('_fd2_a_0', { n: 2 });
    expect([run.task('j1').output, run.task('j2').output]).toEqual([{ _a_0: { n: 1 } }, { _fd2_a_0: { n: 2 } }]);
  });

  it('starts a child per element', () => {
    const scenario = scenarioOf(dynamic({ forkTaskWorkflow: 'child', forkTaskInputs: [{ p: 1 }] }));
    const run = scenario.start('w');
    const [started] = run.child('_fd_0').history[0]!.events;
    expect(started?.type === 'WorkflowStarted' && started.input.value).toEqual({ p: 1, __index: 0 });
    run.child('_fd_0').complete('k1', { done: 1 });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('that is optional makes optional tasks', () => {
    const scenario = scenarioOf(
      dynamic({ forkTaskName: 'a', forkTaskInputs: [{ p: 1 }, { p: 2 }] }, { optional: true }),
    );
    const run = scenario.start('w').fail('_a_0', 'no');
    expect(run.task('_a_0').status).toBe('COMPLETED_WITH_ERRORS');
    run.complete('_a_1');
    expect(run.task('j1').status).toBe('COMPLETED_WITH_ERRORS');
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('of many elements is written in parts, and joins them all', () => {
    const forkTaskInputs = Array.from({ length: 500 }, (_, n) => ({ n }));
    const scenario = scenarioOf(dynamic({ forkTaskName: 'a', forkTaskInputs }), [], { eventsPerDecision: 50 });
    const run = scenario.start('w');
    expect(run.history.length).toBeGreaterThan(15);
    for (let i = 0; i < 500; i++) run.complete(`_a_${i}`, { i });
    expect(run.task('c1').status).toBe('SCHEDULED');
    expect(Object.keys(run.task('j1').output as object)).toHaveLength(500);
  });
});

describe('a dynamic fork of the old form', () => {
  it('takes name, reference, input and type of each task', () => {
    const legacy = dynamic({ old: '${workflow.input.old}' }, { dynamicForkJoinTasksParam: 'old' });
    const old = { dynamicTasks: [{ taskName: 'a', referenceName: 'x1', input: { p: 1 } }] };
    expect(scenarioOf(legacy).start('w', { old }).task('x1')).toMatchObject({ type: 'a', input: { p: 1 } });
  });
});
