import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { choice, fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });

describe('a rerun from a task', () => {
  const sequence = () =>
    scenarioOf(
      simple('a1', { inputParameters: { n: '${workflow.input.n}' } }),
      simple('b1', { inputParameters: { n: '${workflow.input.n}' } }),
      simple('c1', { inputParameters: { from: '${b1.output.k}', n: '${workflow.input.n}' } }),
    )
      .start('w', { n: 1 })
      .complete('a1', { k: 'a' })
      .complete('b1', { k: 'b' })
      .complete('c1', { k: 'c' });

  it('keeps its id, drops what came after, and makes that anew', () => {
    const run = sequence();
    const [before, dropped] = [run.task('b1').taskId, run.task('c1').taskId];
    run.rerun('b1', { taskInput: { forced: true } });
    expect([run.status, run.summary]).toEqual(['RUNNING', ['a1:COMPLETED', 'b1:SCHEDULED']]);
    expect(run.task('b1')).toMatchObject({ taskId: before, input: { forced: true }, output: {}, pollCount: 0 });
    run.complete('b1', { k: 'again' });
    expect(run.task('c1')).toMatchObject({ seq: 3, input: { from: 'again', n: 1 } });
    expect(run.task('c1').taskId).not.toBe(dropped);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('does not compute the input of that task again, but of those that follow', () => {
    const run = sequence();
    run.rerun('b1', { workflowInput: { n: 2 }, correlationId: 'other' });
    expect(run.task('b1').input).toEqual({ n: 1 });
    run.complete('b1', { k: 'x' });
    expect(run.task('c1').input).toEqual({ from: 'x', n: 2 });
    expect(run.seen.started?.correlationId).toBe('other');
  });

  it('hands the task over under a new number, so that a late report of the first time is refused', () => {
    const run = sequence();
    run.rerun('b1');
    expect(run.task('b1').dispatch).toBe(2);
    expect(run.report('b1', 'FAILED', {}, { dispatch: 1 })).toMatchObject({ rejection: { code: 'STALE_DISPATCH' } });
  });

  it('that does not exist is refused and changes nothing', () => {
    const run = sequence();
    const { length } = run.history;
    const nobody = { type: 'RerunWorkflow', fromTaskId: 'nope' as never } as const;
    expect(run.send(nobody)).toMatchObject({ rejection: { code: 'TASK_NOT_FOUND', reason: 'Task nope not found' } });
    expect(run.history).toHaveLength(length);
  });

  it('is for workflows that have ended', () => {
    const run = scenarioOf(simple('a1')).start('w');
    expect(run.rerun('a1')).toMatchObject({
      rejection: { reason: `Workflow: w.1/${run.id}.RUNNING is not in terminal state, unable to rerun.` },
    });
  });

  it('runs what the engine does itself at once', () => {
    const run = scenarioOf(
      simple('a1'),
      task('SET_VARIABLE', 'sv', { inputParameters: { x: '${a1.output.x}' } }),
      simple('b1', { inputParameters: { x: '${workflow.variables.x}' } }),
    )
      .start('w')
      .complete('a1', { x: 1 })
      .complete('b1');
    const before = run.task('sv').taskId;
    run.rerun('sv', { taskInput: { x: 5 } });
    expect(run.summary).toEqual(['a1:COMPLETED', 'sv:COMPLETED', 'b1:SCHEDULED']);
    expect([run.task('sv').taskId, run.task('b1').input]).toEqual([before, { x: 5 }]);
  });

  it('of an earlier attempt forgets the later ones', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w').fail('a1', 'x').fail('a1', 'y');
    const [first] = run.seen.tasks;
    run.send({ type: 'RerunWorkflow', fromTaskId: first!.taskId });
    expect(run.summary).toEqual(['a1:SCHEDULED']);
    expect(run.task('a1')).toMatchObject({ taskId: first!.taskId, attempt: 0, retried: false });
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('resets what else had failed, in its place', () => {
    const run = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']))
      .start('w')
      .fail('a1', 'no');
    const ids = ['a1', 'b1', 'j1'].map((ref) => run.task(ref).taskId);
    run.rerun('b1');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:SCHEDULED', 'b1:SCHEDULED', 'j1:IN_PROGRESS']);
    expect(['a1', 'b1', 'j1'].map((ref) => run.task(ref).taskId)).toEqual(ids);
    run.complete('a1').complete('b1');
    expect(run.status).toBe('COMPLETED');
  });
});

describe('a rerun without a task', () => {
  it('begins again with the new input, and forgets variables and failures', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow(
          'w',
          [
            task('SET_VARIABLE', 'sv', { inputParameters: { v: 2 } }),
            simple('a1', { inputParameters: { q: '${workflow.input.q}' } }),
          ],
          { variables: { v: 1 } },
        ),
      ],
    });
    const run = scenario.start('w', { q: 1 }).fail('a1', 'no');
    const before = run.task('a1').taskId;
    run.rerun(undefined, { workflowInput: { q: 99 } });
    expect(run.task('a1')).toMatchObject({ input: { q: 99 }, seq: 2, attempt: 0 });
    expect(run.task('a1').taskId).not.toBe(before);
    expect(run.seen.failedReferenceTaskNames).toEqual([]);
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('runs also what the definition forbids to restart', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')], { restartable: false })] });
    const run = scenario.start('w').complete('a1');
    expect(run.restart()).toMatchObject({ rejection: { code: 'NOT_RESTARTABLE' } });
    expect(run.rerun().kind).toBe('accepted');
  });
});

describe('a rerun within a fork', () => {
  const forked = () =>
    scenarioOf(
      fork('f', [
        [simple('a1'), simple('a2')],
        [simple('b1'), simple('b2')],
      ]),
      join('j1', ['a2', 'b2']),
      simple('c1'),
    )
      .start('w')
      .complete('a1')
      .complete('b1', { b: 1 })
      .complete('b2', { b: 2 })
      .complete('a2', { a: 2 })
      .complete('c1');

  it('keeps the other branches, and lets the join wait again', () => {
    const run = forked();
    const [join1, b2] = [run.task('j1').taskId, run.task('b2').taskId];
    run.rerun('a1');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:SCHEDULED', 'b1:COMPLETED', 'j1:IN_PROGRESS', 'b2:COMPLETED']);
    expect(run.task('j1')).toMatchObject({ taskId: join1, output: {} });
    run.complete('a1').complete('a2', { a: 'again' });
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: { a2: { a: 'again' }, b2: { b: 2 } } });
    expect(run.task('b2').taskId).toBe(b2);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('from the fork itself makes all branches anew', () => {
    const run = forked();
    run.rerun('f');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:SCHEDULED', 'b1:SCHEDULED', 'j1:IN_PROGRESS']);
    run.complete('a1').complete('b1').complete('a2').complete('b2');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('from the join collects once more', () => {
    const run = forked();
    run.rerun('j1');
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: { a2: { a: 2 }, b2: { b: 2 } } });
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('does not touch a join that never waited for the branch', () => {
    const run = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['b1']), simple('c1'))
      .start('w')
      .complete('b1')
      .complete('c1')
      .complete('a1');
    expect(run.status).toBe('COMPLETED');
    run.rerun('a1');
    expect(run.summary).toEqual(['f:COMPLETED', 'a1:SCHEDULED', 'b1:COMPLETED', 'j1:COMPLETED', 'c1:COMPLETED']);
    expect(run.complete('a1').status).toBe('COMPLETED');
  });

  it('reaches through nested forks and choices', () => {
    const inner = fork('g', [[simple('a1')], [simple('b1')]]);
    const run = scenarioOf(
      fork('f', [[choice('sw', { A: [inner, join('k1', ['a1', 'b1']), simple('c1')] })], [simple('d1')]]),
      join('j1', ['c1', 'd1']),
      simple('e1'),
    ).start('w', { v: 'A' });
    run.complete('d1').complete('a1').complete('b1').complete('c1').complete('e1');
    expect(run.status).toBe('COMPLETED');
    run.rerun('b1');
    expect(
      run.seen.tasks.filter(({ status }) => status !== 'COMPLETED').map(({ ref, status }) => `${ref}:${status}`),
    ).toEqual(
      ['j1:IN_PROGRESS', 'b1:SCHEDULED', 'k1:IN_PROGRESS'].sort(
        (a, b) => run.task(a.split(':')[0]!).seq - run.task(b.split(':')[0]!).seq,
      ),
    );
    expect([run.seen.has('c1'), run.seen.has('e1')]).toEqual([false, false]);
    run.complete('b1').complete('c1').complete('e1');
    expect(run.status).toBe('COMPLETED');
  });
});

describe('a rerun of what a dynamic fork made', () => {
  const dynamic = () =>
    scenarioOf(
      simple('e1'),
      task('FORK_JOIN_DYNAMIC', 'fd', {
        dynamicForkTasksParam: 'dt',
        dynamicForkTasksInputParamName: 'di',
        inputParameters: {
          dt: [simple('a1'), choice('q1', { x: [simple('b1'), simple('b2')] }, [], 'v')],
          di: { q1: { v: 'x' } },
        },
      }),
      join('j1', []),
      simple('c1'),
    ).start('w');

  it('keeps the other branches; a join that waits for a choice does not wait for its branch', () => {
    const run = dynamic().complete('e1').complete('a1', { a: 1 });
    run.complete('b1').complete('b2');
    run.complete('c1');
    expect(run.status).toBe('COMPLETED');
    run.rerun('b1');
    expect(run.summary).toEqual([
      'e1:COMPLETED',
      'fd:COMPLETED',
      'a1:COMPLETED',
      'q1:COMPLETED',
      'b1:SCHEDULED',
      'j1:COMPLETED',
      'c1:COMPLETED',
    ]);
    run.complete('b1').complete('b2');
    expect(run.status).toBe('COMPLETED');
    run.rerun('a1');
    expect(run.summary.slice(2)).toEqual([
      'a1:SCHEDULED',
      'q1:COMPLETED',
      'b1:COMPLETED',
      'j1:IN_PROGRESS',
      'b2:COMPLETED',
    ]);
    run.complete('a1', { a: 2 }).complete('c1');
    expect([run.status, run.task('j1').output]).toMatchObject(['COMPLETED', { a1: { a: 2 } }]);
  });

  it('from the fork drops them all and makes them again', () => {
    const run = dynamic().complete('e1').complete('a1').complete('b1').complete('b2').complete('c1');
    run.rerun('fd');
    expect(run.summary).toEqual([
      'e1:COMPLETED',
      'fd:COMPLETED',
      'a1:SCHEDULED',
      'q1:COMPLETED',
      'b1:SCHEDULED',
      'j1:IN_PROGRESS',
    ]);
    run.complete('a1').complete('b1').complete('b2').complete('c1');
    expect(run.status).toBe('COMPLETED');
  });
});

describe('a rerun from a choice', () => {
  it('evaluates it again, and drops the branch that was taken', () => {
    const run = scenarioOf(choice('sw', { A: [simple('a1')], B: [simple('b1')] }), simple('c1'))
      .start('w', { v: 'A' })
      .complete('a1')
      .complete('c1');
    run.rerun('sw', { workflowInput: { v: 'B' } });
    expect(run.summary).toEqual(['sw:COMPLETED', 'b1:SCHEDULED']);
    run.complete('b1').complete('c1');
    expect(run.status).toBe('COMPLETED');
  });
});

describe('a rerun and children', () => {
  const child = workflow('child', [simple('a1'), simple('b1')]);
  const family = () =>
    new Scenario({ tasks, workflows: [child, workflow('parent', [sub('s1', { name: 'child' }), simple('c1')])] });

  it('from a SUB_WORKFLOW starts another child; what follows runs again', () => {
    const parent = family().start('parent');
    const first = parent.child('s1').complete('a1').complete('b1');
    parent.complete('c1');
    const id = parent.task('s1').taskId;
    parent.rerun('s1');
    expect(parent.summary).toEqual(['s1:IN_PROGRESS']);
    const second = parent.child('s1');
    expect([parent.task('s1').taskId, second.id === first.id, second.status]).toEqual([id, false, 'RUNNING']);
    second.complete('a1').complete('b1');
    expect(parent.complete('c1').status).toBe('COMPLETED');
    expect(first.status).toBe('COMPLETED');
  });

  it('of a child brings its parent back to life with the same task', () => {
    const parent = family().start('parent');
    const kid = parent.child('s1').complete('a1').fail('b1', 'no');
    const id = parent.task('s1').taskId;
    kid.rerun('b1');
    expect([parent.status, kid.status]).toEqual(['RUNNING', 'RUNNING']);
    expect(parent.task('s1')).toMatchObject({ taskId: id, status: 'IN_PROGRESS', childId: kid.id });
    kid.complete('b1');
    expect(parent.complete('c1').status).toBe('COMPLETED');
  });
});
