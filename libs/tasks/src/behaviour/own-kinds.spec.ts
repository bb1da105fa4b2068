import { describe, expect, it } from '@jest/globals';
import { taskKindsOf, workflowDecider, type TaskKind } from '@partitura/engine';
import { Payload, type JsonObject } from '@partitura/model';
import { allKinds } from '../registry.ts';
import { simpleTask } from '../simple/simple.task.ts';
import { systemTask } from '../traits.ts';
import { Scenario } from '../testing/scenario.ts';
import { choice, fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

/** A loop as simple as can be: its body runs `times` times. Nothing but this object is needed to have it. */
const repeatTask: TaskKind<undefined> = {
  type: 'REPEAT',
  traits: { ...systemTask, retried: false, reopens: true },
  parse: () => undefined,
  enter: (step) => ({ as: 'running', input: step.input() }),
  wake(step, signal) {
    const times = Number(step.self.input.object['times']);
    const done = signal.kind === 'iterated' ? signal.iteration : 0;
    const output: JsonObject = { ...step.self.output.object, ...(done > 0 && { [done]: outputsOf(done) }) };
    if (done >= times) return [{ do: 'finish', status: 'COMPLETED', output: Payload.of(output) }];
    return [
      { do: 'progress', status: 'IN_PROGRESS', output: Payload.of({ ...output, iteration: done + 1 }) },
      { do: 'iterate', iteration: done + 1 },
    ];

    function outputsOf(iteration: number): JsonObject {
      return Object.fromEntries(
        step.iteration(iteration).map(({ referenceName, task: { output: of } }) => [referenceName, of.value]),
      );
    }
  },
};

const repeat = (ref: string, times: number | string, loopOver: readonly JsonObject[]) =>
  task('REPEAT', ref, { inputParameters: { times }, loopOver });

class OwnKinds extends Scenario {
  constructor(tasks: readonly JsonObject[], eventsPerDecision = 1000) {
    const decider = workflowDecider(taskKindsOf([...allKinds, repeatTask], simpleTask));
    super({
      decider,
      eventsPerDecision,
      tasks: ['a', 'b', 'c'].map((name) => taskDef(name)),
      workflows: [workflow('w', tasks), workflow('child', [simple('k1')])],
    });
  }
}

describe('a kind that somebody adds', () => {
  it('may be a loop: its body runs again and again under names of its own', () => {
    const scenario = new OwnKinds([
      repeat('lp', 2, [simple('a1', { inputParameters: { it: '${lp.output.iteration}' } }), simple('b1')]),
      simple('c1', {
        inputParameters: { last: '${a1.output.v}', first: '${lp.output.1.a1.v}', hidden: '${a1__1.output.v}' },
      }),
    ]);
    const run = scenario.start('w');
    run.complete('a1__1', { v: 1 }).complete('b1__1').complete('a1__2', { v: 2 }).complete('b1__2');
    expect(run.seen.tasks.map(({ ref, iteration, input }) => [ref, iteration, input])).toEqual([
      ['lp', 0, { times: 2 }],
      ['a1__1', 1, { it: 1 }],
      ['b1__1', 1, {}],
      ['a1__2', 2, { it: 2 }],
      ['b1__2', 2, {}],
      ['c1', 0, { last: 2, first: 1, hidden: null }],
    ]);
    expect(run.task('lp').output).toEqual({ iteration: 2, 1: { a1: { v: 1 }, b1: {} }, 2: { a1: { v: 2 }, b1: {} } });
  });

  it('goes on only when all branches of an iteration are done', () => {
    const body = [fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1'])];
    const run = new OwnKinds([repeat('lp', 2, body), simple('c1')]).start('w').complete('a1__1', { v: 1 });
    expect(run.task('j1__1')).toMatchObject({ status: 'COMPLETED', output: { a1__1: { v: 1 } } });
    expect(run.seen.has('f__2')).toBe(false);
    run.complete('b1__1');
    expect(run.task('f__2').status).toBe('COMPLETED');
    run.complete('b1__2').complete('a1__2');
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('may choose differently in every iteration, and start other children', () => {
    const body = [choice('sw', { A: [{ ...task('SUB_WORKFLOW', 's1'), subWorkflowParam: { name: 'child' } }] })];
    const run = new OwnKinds([repeat('lp', 2, body), simple('c1')]).start('w', { v: 'A' });
    const first = run.child('s1__1');
    first.complete('k1', { n: 1 });
    expect(run.child('s1__2').id).not.toBe(first.id);
  });

  it('may be nested', () => {
    const run = new OwnKinds([repeat('o', 2, [repeat('i', 2, [simple('a1')])]), simple('c1')]).start('w');
    for (const ref of ['a1__1__1', 'a1__1__2', 'a1__2__1', 'a1__2__2']) run.complete(ref, { ref });
    const seen = (outer: number) => ({
      i: { iteration: 2, 1: { a1: { ref: `a1__${outer}__1` } }, 2: { a1: { ref: `a1__${outer}__2` } } },
    });
    expect(run.task('o').output).toEqual({ iteration: 2, 1: seen(1), 2: seen(2) });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('of pure tasks runs many times without growing the stack, in bounded parts', () => {
    const body = [task('SET_VARIABLE', 'sv', { inputParameters: { n: '${lp.output.iteration}' } })];
    const run = new OwnKinds([repeat('lp', 500, body)], 40).start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.variables).toEqual({ n: 500 });
    expect(run.history.length).toBeGreaterThan(20);
  });

  it('goes on after a retry where it was', () => {
    const run = new OwnKinds([repeat('lp', 2, [simple('a1'), simple('b1')])]).start('w');
    run.complete('a1__1').complete('b1__1').complete('a1__2').fail('b1__2', 'no');
    const { taskId } = run.task('lp');
    expect(run.task('lp').status).toBe('CANCELED');
    run.retry();
    expect(run.task('lp')).toMatchObject({ taskId, status: 'IN_PROGRESS' });
    expect(run.seen.tasks.filter(({ ref }) => ref === 'a1__2')).toHaveLength(1);
    run.complete('b1__2');
    expect(run.status).toBe('COMPLETED');
  });

  it('may be generated by a dynamic fork', () => {
    const fd = task('FORK_JOIN_DYNAMIC', 'fd', {
      inputParameters: { dt: '${workflow.input.dt}', di: {} },
      dynamicForkTasksParam: 'dt',
      dynamicForkTasksInputParamName: 'di',
    });
    const run = new OwnKinds([fd, join('j1', [])]).start('w', { dt: [repeat('lp', 2, [simple('a1')])] });
    run.complete('a1__1');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.complete('a1__2');
    expect(run.status).toBe('COMPLETED');
  });
});
