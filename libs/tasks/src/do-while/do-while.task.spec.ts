import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@partitura/model';
import { doWhileTask } from './do-while.task.ts';
import { Scenario } from '../testing/scenario.ts';
import { choice, fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const loop = (ref: string, loopCondition: string, loopOver: readonly JsonObject[], more: JsonObject = {}) =>
  task('DO_WHILE', ref, { loopCondition, loopOver, ...more });
const twice = (loopOver: readonly JsonObject[], more: JsonObject = {}) =>
  loop('lp', '$.lp.iteration < 2', loopOver, more);
const note = (ref: string, inputParameters: JsonObject = {}) => task('SET_VARIABLE', ref, { inputParameters });

const scenarioOf = (tasks: readonly JsonObject[], more: { eventsPerDecision?: number; tasks?: readonly Json[] } = {}) =>
  new Scenario({
    tasks: ['a', 'b', 'c', 'd'].map((name) => taskDef(name)),
    workflows: [workflow('w', tasks), workflow('child', [simple('k1')])],
    ...more,
  });
const startOf = (tasks: readonly JsonObject[], input: JsonObject = {}) => scenarioOf(tasks).start('w', input);

describe('a loop', () => {
  it('runs its body first, then asks; its tasks have names of their own in each iteration', () => {
    const run = startOf([
      twice([
        simple('a1', { inputParameters: { it: '${lp.output.iteration}', own: '${lp.iteration}' } }),
        simple('b1'),
      ]),
      simple('c1', {
        inputParameters: { last: '${a1.output.v}', first: '${lp.output.1.a1.v}', hidden: '${a1__1.output.v}' },
      }),
    ]);
    run.complete('a1__1', { v: 1 }).complete('b1__1').complete('a1__2', { v: 2 }).complete('b1__2');
    expect(run.seen.tasks.map(({ ref, iteration, input }) => [ref, iteration, input])).toEqual([
      ['lp', 0, {}],
      ['a1__1', 1, { it: 1, own: 1 }],
      ['b1__1', 1, {}],
      ['a1__2', 2, { it: 2, own: 2 }],
      ['b1__2', 2, {}],
      ['c1', 0, { last: 2, first: 1, hidden: null }],
    ]);
    expect(run.task('lp').output).toEqual({ iteration: 2, 1: { a1: { v: 1 }, b1: {} }, 2: { a1: { v: 2 }, b1: {} } });
  });

  it.each([
    ['false', 1],
    ['0', 1],
    ["'true'", 1],
    ['null', 1],
    ['({})', 1],
    ['true', 3],
    ['1', 3],
    ['0.5', 3],
  ])('goes on when %s says so', (value, iterations) => {
    const run = startOf([loop('lp', `$.lp.iteration < 3 ? ${value} : false`, [note('n')])]);
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').output).toMatchObject({ iteration: iterations });
  });

  it('asks with its input as it is then, and with the newest outputs of its tasks', () => {
    const body = [note('n', { c: '${lp.output.iteration}' }), simple('a1')];
    const condition = '$.a1.v < 2 && $.seen === $.lp.iteration && $.lp[String($.lp.iteration)].a1.v === $.a1.v';
    const run = startOf([loop('lp', condition, body, { inputParameters: { seen: '${workflow.variables.c}' } })]);
    run.complete('a1__1', { v: 1 });
    expect(run.task('a1__2').status).toBe('SCHEDULED');
    run.complete('a1__2', { v: 2 });
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').input).toEqual({ seen: null });
  });

  it('shows what its tasks have given so far while it runs', () => {
    const run = startOf([
      twice([simple('a1'), simple('b1', { inputParameters: { so: '${lp.output}', at: '${lp.output.1.a1.v}' } })]),
    ]);
    run.complete('a1__1', { v: 1 });
    expect(run.task('b1__1').input).toEqual({ so: { iteration: 1, 1: { a1: { v: 1 } } }, at: 1 });
  });

  it('fails for good when its condition does', () => {
    const run = startOf([loop('lp', '$.nope.x > 1', [note('n')])]);
    expect(run.task('lp')).toMatchObject({
      status: 'FAILED_WITH_TERMINAL_ERROR',
      reason:
        "Unable to evaluate condition $.nope.x > 1, exception Error evaluating the script `TypeError: Cannot read property 'x' of undefined` at line 1",
      output: { iteration: 1, 1: { n: {} } },
    });
    expect(run.status).toBe('FAILED');
  });

  it('asks somebody else for a condition that is more than an expression, and goes on with the answer', () => {
    const scenario = scenarioOf([loop('lp', 'new Date(0).getTime() + $.lp.iteration < 2', [note('n')])]);
    const run = scenario.start('w');
    const question = scenario.poll('DO_WHILE');
    expect(question?.input.value).toEqual({ lp: { iteration: 1, 1: { n: {} } }, n: {} });
    run.report('lp', 'COMPLETED', { result: true }, { dispatch: 1 });
    expect(run.task('lp').output).toMatchObject({ iteration: 2 });
    scenario.poll('DO_WHILE');
    run.report('lp', 'COMPLETED', { result: false }, { dispatch: 2 });
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').output).toEqual({ iteration: 2, 1: { n: {} }, 2: { n: {} } });
  });

  it('fails for good when that answer is an error', () => {
    const run = startOf([loop('lp', 'new Date(0).no()', [note('n')])]);
    run.report('lp', 'FAILED', {}, { dispatch: 1, reason: 'it threw' });
    expect(run.task('lp')).toMatchObject({
      status: 'FAILED_WITH_TERMINAL_ERROR',
      reason: 'Unable to evaluate condition new Date(0).no(), exception it threw',
    });
  });

  it('is refused at registration when its condition cannot be read', () => {
    const [problem] = doWhileTask.check?.(loop('lp', '$.x ===', [note('n')]) as never) ?? [];
    expect(problem).toMatch(/^Expression is not well formatted: SyntaxError/);
  });

  it('goes on in a branch of a fork, and the join waits for all of it', () => {
    const run = startOf([
      fork('f', [[twice([simple('a1')])], [simple('d1')]]),
      join('j1', ['lp', 'd1']),
      simple('c1', { inputParameters: { v: '${j1.output.lp.2.a1.i}' } }),
    ]);
    run.complete('d1').complete('a1__1', { i: 1 });
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.complete('a1__2', { i: 2 });
    expect(run.task('c1').input).toEqual({ v: 2 });
  });

  it('may choose differently in every iteration', () => {
    const body = [choice('sw', { A: [simple('a1')] }, [simple('b1')], 'v'), note('n', { v: 'B' })];
    const chosen = { ...body[0]!, inputParameters: { v: '${workflow.variables.v}' } };
    const scenario = new Scenario({
      tasks: ['a', 'b', 'c'].map((name) => taskDef(name)),
      workflows: [
        workflow('w', [twice([chosen, body[1]!]), simple('c1', { inputParameters: { v: '${a1.output.v}' } })], {
          variables: { v: 'A' },
        }),
      ],
    });
    const run = scenario.start('w').complete('a1__1', { v: 1 }).complete('b1__2', { v: 2 });
    expect(run.task('lp').output).toMatchObject({ 1: { a1: { v: 1 } }, 2: { b1: { v: 2 } } });
    expect(Object.keys((run.task('lp').output as { 2: object })[2])).toEqual(['sw', 'b1', 'n']);
    expect(run.task('c1').input).toEqual({ v: 1 });
  });

  it('starts another child in every iteration', () => {
    const run = startOf([twice([sub('s1', { name: 'child' })])]);
    run.child('s1__1').complete('k1', { n: 1 });
    const [first, second] = [run.child('s1__1').id, run.child('s1__2').id];
    expect(first).not.toBe(second);
    run.child('s1__2').complete('k1', { n: 2 });
    expect(run.task('lp').output).toEqual({
      iteration: 2,
      1: { s1: { subWorkflowId: first, n: 1 } },
      2: { s1: { subWorkflowId: second, n: 2 } },
    });
  });

  it('forks dynamically, and keeps of that the fork and its join', () => {
    const fd = task('FORK_JOIN_DYNAMIC', 'fd', { inputParameters: { forkTaskName: 'a', forkTaskInputs: [{}, {}] } });
    const run = startOf([twice([fd, join('j1', [])])]);
    for (const ref of ['_a_0__1', '_a_1__1', '_fd_a_0__2', '_fd_a_1__2']) run.complete(ref, { ref });
    expect(run.status).toBe('COMPLETED');
    const { 2: second } = run.task('lp').output as Record<string, JsonObject>;
    expect(second).toEqual({ fd: {}, j1: { _fd_a_0__2: { ref: '_fd_a_0__2' }, _fd_a_1__2: { ref: '_fd_a_1__2' } } });
  });

  it('may be nested; each sees its own output', () => {
    const inner = loop('i', '$.i.iteration < 2', [
      simple('a1', { inputParameters: { i: '${i.output.iteration}', o: '${o.output.iteration}' } }),
    ]);
    const run = startOf([loop('o', '$.o.iteration < 2', [inner]), simple('c1')]);
    for (const ref of ['a1__1__1', 'a1__1__2', 'a1__2__1', 'a1__2__2']) run.complete(ref, { ref });
    expect(run.task('a1__2__1').input).toEqual({ i: 1, o: 2 });
    const seen = (outer: number) => ({
      i: { iteration: 2, 1: { a1: { ref: `a1__${outer}__1` } }, 2: { a1: { ref: `a1__${outer}__2` } } },
    });
    expect(run.task('o').output).toEqual({ iteration: 2, 1: seen(1), 2: seen(2) });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('of pure tasks runs five hundred times within the start', () => {
    const run = startOf([loop('lp', '$.lp.iteration < 500', [note('n', { n: '${lp.output.iteration}' })])]);
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').output).toMatchObject({ iteration: 500 });
    expect(run.seen.variables).toEqual({ n: 500 });
  });

  it('without tasks, or with a keepLastN that is no number, fails for good', () => {
    expect(startOf([loop('lp', 'true', [])]).task('lp')).toMatchObject({
      status: 'FAILED_WITH_TERMINAL_ERROR',
      reason: 'The loop lp has no tasks to repeat: loopOver is empty',
    });
    expect(startOf([twice([note('n')], { inputParameters: { keepLastN: 'two' } })]).task('lp').reason).toBe(
      'Invalid keepLastN.  Provided: "two"; it must be an integer that is not negative',
    );
  });
});

describe('a loop over items', () => {
  const body = [simple('a1', { inputParameters: { x: '${lp.output.loopItem}', ix: '${lp.output.loopIndex}' } })];
  const over = (loopCondition: string, more: JsonObject = { items: '${workflow.input.xs}' }) =>
    loop('lp', loopCondition, body, more);
  const finish = (run: ReturnType<typeof startOf>): JsonObject => {
    for (let i = 1; run.status === 'RUNNING'; i++) run.complete(`a1__${i}`, { i });
    return run.task('lp').output as JsonObject;
  };

  it('runs once for each of them', () => {
    const run = startOf([over('')], { xs: [5, 6, 7] });
    expect(finish(run)).toEqual({
      iteration: 3,
      loopIndex: 2,
      loopItem: 7,
      1: { a1: { i: 1 } },
      2: { a1: { i: 2 } },
      3: { a1: { i: 3 } },
    });
    expect(run.seen.tasks.slice(1).map(({ input }) => input)).toEqual([
      { x: 5, ix: 0 },
      { x: 6, ix: 1 },
      { x: 7, ix: 2 },
    ]);
  });

  it.each([[{ xs: [] }], [{}]])('of %j does nothing', (input) => {
    const run = startOf([over('')], input);
    expect(run.summary).toEqual(['lp:COMPLETED']);
    expect(run.task('lp').output).toEqual({ iteration: 0 });
  });

  it('of something that is no list runs once', () => {
    expect(finish(startOf([over('')], { xs: 'solo' }))).toMatchObject({ iteration: 1, loopItem: 'solo' });
  });

  it('asks its condition too', () => {
    expect(finish(startOf([over('$.lp.iteration < 2')], { xs: [5, 6, 7] }))).toMatchObject({ iteration: 2 });
    expect(finish(startOf([over('$.loopItem < 6 && $.loopIndex < 9')], { xs: [5, 6, 7] }))).toMatchObject({
      iteration: 2,
    });
    expect(finish(startOf([over('true')], { xs: [5, 6, 7] }))).toMatchObject({ iteration: 3 });
  });

  it('may take them from its input', () => {
    expect(
      finish(startOf([over('', { inputParameters: { _items: '${workflow.input.xs}' } })], { xs: [5, 6] })),
    ).toMatchObject({ iteration: 2 });
  });

  it('looks at the list again before each iteration', () => {
    const growing = loop('lp', '', [simple('a1'), note('n', { xs: '${a1.output.xs}' })], {
      items: '${workflow.variables.xs}',
    });
    const scenario = new Scenario({
      tasks: [taskDef('a')],
      workflows: [workflow('w', [growing], { variables: { xs: [1] } })],
    });
    const run = scenario
      .start('w')
      .complete('a1__1', { xs: [1, 2] })
      .complete('a1__2', { xs: [1, 2] });
    expect(run.task('lp').output).toMatchObject({ iteration: 2, loopItem: 2 });
  });
});

describe('a loop that keeps the last iterations', () => {
  const kept = (tasks: readonly JsonObject[], n = 2) =>
    startOf([loop('lp', '$.lp.iteration < 5', tasks, { inputParameters: { keepLastN: n } })]);
  const keys = (run: ReturnType<typeof startOf>) => Object.keys(run.task('lp').output as object);

  it('forgets the others, outputs and tasks', () => {
    const run = kept([note('n')]);
    expect(keys(run)).toEqual(['4', '5', 'iteration']);
    expect(run.seen.tasks.map(({ ref }) => ref)).toEqual(['lp', 'n__4', 'n__5']);
    expect(run.state).toMatchObject({ phase: 'ended' });
  });

  it('forgets everything that belongs to an iteration: attempts, what was generated, loops inside', () => {
    const fd = task('FORK_JOIN_DYNAMIC', 'fd', { inputParameters: { forkTaskName: 'NOOP', forkTaskInputs: [{}, {}] } });
    const inner = loop('i', '$.i.iteration < 2', [note('n')]);
    const run = kept([fd, join('j1', []), inner, simple('a1', { retryCount: 1 })], 1);
    for (let i = 1; i <= 5; i++) run.fail(`a1__${i}`, 'no').complete(`a1__${i}`, { i });
    expect(run.status).toBe('COMPLETED');
    const refs = ['fd__5', '_fd_NOOP_0__5', '_fd_NOOP_1__5', 'j1__5', 'i__5', 'n__5__1', 'n__5__2', 'a1__5', 'a1__5'];
    expect(run.seen.tasks.map(({ ref }) => ref).sort()).toEqual(['lp', ...refs].sort());
  });

  it('still knows the newest output of a task that did not run lately', () => {
    const run = kept([choice('sw', { 1: [simple('a1')] }, [], 'v')], 1);
    expect(run.status).toBe('COMPLETED');
  });

  it('keeps none when asked to', () => {
    const run = kept([note('n')], 0);
    expect(keys(run)).toEqual(['iteration']);
    expect(run.summary).toEqual(['lp:COMPLETED']);
  });
});

describe('a failure inside a loop', () => {
  it('is retried within its iteration', () => {
    const run = startOf([twice([simple('a1', { retryCount: 1 })])]).fail('a1__1', 'no');
    expect(run.task('a1__1')).toMatchObject({ attempt: 1, iteration: 1, status: 'SCHEDULED' });
    run.complete('a1__1').complete('a1__2');
    expect(run.status).toBe('COMPLETED');
  });

  it('for good ends the workflow, whatever the loop is', () => {
    const run = startOf([twice([simple('a1')], { optional: true }), simple('c1')]).fail('a1__1', 'no');
    expect(run.summary).toEqual(['lp:CANCELED', 'a1__1:FAILED']);
    expect(run.seen.failedReferenceTaskNames).toEqual(['a1__1']);
  });

  it('of an optional task is passed over', () => {
    const run = startOf([twice([simple('a1', { optional: true }), simple('b1')])])
      .fail('a1__1', 'no')
      .complete('b1__1');
    expect(run.task('a1__2').status).toBe('SCHEDULED');
    run.complete('a1__2', { v: 2 }).complete('b1__2');
    expect(run.task('lp').output).toMatchObject({ 1: { a1: {} }, 2: { a1: { v: 2 } } });
  });

  it('of a permissive task fails the loop at once', () => {
    const run = startOf([twice([simple('a1', { permissive: true }), simple('b1')]), simple('c1')]).fail('a1__1', 'no');
    expect(run.summary).toEqual(['lp:FAILED', 'a1__1:FAILED']);
    expect(run.task('lp').reason).toBe('no ');
    expect(run.seen.reason).toBe(`Task ${run.task('lp').taskId} failed with status: FAILED and reason: 'no '`);
    expect(run.seen.failedReferenceTaskNames).toEqual(['lp', 'a1__1']);
  });

  it('cancels what runs beside it', () => {
    const body = [fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]), join('j1', ['a1', 'b1'])];
    const run = startOf([twice(body)]).fail('a1__1', 'no');
    expect(run.task('b1__1').status).toBe('CANCELED');
    expect(run.status).toBe('FAILED');
  });

  it('lets a retry go on in the same iteration', () => {
    const run = startOf([twice([simple('a1'), simple('b1')])]);
    run.complete('a1__1', { v: 1 }).complete('b1__1').complete('a1__2').fail('b1__2', 'no');
    const { taskId } = run.task('lp');
    expect(run.task('lp')).toMatchObject({ status: 'CANCELED', output: { iteration: 2, 1: { a1: { v: 1 } } } });
    run.retry();
    expect(run.task('lp')).toMatchObject({ taskId, status: 'IN_PROGRESS' });
    expect(run.seen.tasks.filter(({ ref }) => ref === 'a1__2')).toHaveLength(1);
    run.complete('b1__2', { v: 3 });
    expect(run.task('lp').output).toEqual({ iteration: 2, 1: { a1: { v: 1 }, b1: {} }, 2: { a1: {}, b1: { v: 3 } } });
  });

  it('does not matter to a workflow that the body ends', () => {
    const end = task('TERMINATE', 'tm', {
      inputParameters: { terminationStatus: 'COMPLETED', workflowOutput: { k: 1 } },
    });
    const run = startOf([loop('lp', 'true', [end]), simple('c1')]);
    expect([run.status, run.seen.output]).toEqual(['COMPLETED', { k: 1 }]);
    expect(run.summary).toEqual(['lp:CANCELED', 'tm__1:COMPLETED']);
  });
});
