import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = [taskDef('a'), taskDef('b')];

describe('inputs of tasks', () => {
  it('keep the type of a whole expression and splice others as text', () => {
    const inputParameters = {
      n: '${workflow.input.n}',
      s: 'v${workflow.input.n}',
      both: '${workflow.input.n}${workflow.input.n}',
    };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    expect(scenario.start('w', { n: 5 }).task('a1').input).toEqual({ n: 5, s: 'v5', both: '55' });
  });

  it('are null where an expression finds nothing', () => {
    const inputParameters = { p: '${workflow.input.nope}', q: '${zz.output.k}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    expect(scenario.start('w').task('a1').input).toEqual({ p: null, q: null });
  });

  it('take text that looks like an expression for text', () => {
    const inputParameters = { t: '${workflow.input.t}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const t = '${workflow.input.secret}';
    expect(scenario.start('w', { t, secret: 's' }).task('a1').input).toEqual({ t });
  });

  it('write lists and objects into text as Conductor writes them', () => {
    const inputParameters = { t: 'got ${workflow.input.o}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const run = scenario.start('w', { o: { k: [1, 'two', null, 2.5, true] } });
    expect(run.task('a1').input).toEqual({ t: 'got {k=[1, two, null, 2.5, true]}' });
  });

  it('follow wildcards, filters and indexes from the end', () => {
    const inputParameters = {
      all: '${workflow.input.objs[*].p}',
      some: '${workflow.input.objs[?(@.p>1)].q}',
      last: '${workflow.input.objs[-1].q}',
      beyond: '${workflow.input.objs[7]}',
    };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const objs = [
      { p: 1, q: 'x' },
      { p: 2, q: 'y' },
    ];
    const { input } = scenario.start('w', { objs }).task('a1');
    expect(input).toEqual({ all: [1, 2], some: ['y'], last: 'y', beyond: null });
  });

  it('leave keys alone and look into lists and objects', () => {
    const inputParameters = { '${workflow.input.k}': { l: ['${workflow.input.v}', { m: '${workflow.input.v}' }] } };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const run = scenario.start('w', { k: 'kk', v: [1] });
    expect(run.task('a1').input).toEqual({ '${workflow.input.k}': { l: [[1], { m: [1] }] } });
  });

  it('see status, id and output of earlier tasks', () => {
    const inputParameters = { st: '${a1.status}', id: '${a1.taskId}', e: '${a1.endTime}', r: "${a1.output['res']}" };
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1'), simple('b1', { inputParameters })])],
    });
    const run = scenario.start('w').complete('a1', { res: 'ok' });
    expect(run.task('b1').input).toEqual({ st: 'COMPLETED', id: run.task('a1').taskId, e: scenario.now, r: 'ok' });
  });

  it('know the id of their own attempt, also of a retried one', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1', { inputParameters: { me: '${CPEWF_TASK_ID}' } })])],
    });
    const run = scenario.start('w');
    const first = run.task('a1');
    expect(first.input).toEqual({ me: first.taskId });
    run.fail('a1', 'no');
    expect(run.task('a1').attempt).toBe(1);
    expect(run.task('a1').input).toEqual({ me: run.task('a1').taskId });
  });

  it('are filled from the template of the task definition', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { inputTemplate: { url: 'http://${workflow.input.h}/x', m: 'GET', n: 1 } })],
      workflows: [workflow('w', [simple('a1', { inputParameters: { m: 'PUT', n: null } })])],
    });
    expect(scenario.start('w', { h: 'q' }).task('a1').input).toEqual({ url: 'http://q/x', m: 'PUT', n: 1 });
  });

  it('stay null where the template of the task definition finds nothing either', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { inputTemplate: { p: '${workflow.input.nope}' } })],
      workflows: [workflow('w', [simple('a1', { inputParameters: { p: '${workflow.input.nope}' } })])],
    });
    expect(scenario.start('w').task('a1').input).toEqual({ p: null });
  });

  it('read nothing of the server, and change nothing that is stored', () => {
    const inputParameters = { path: '${PATH}', home: '${HOME}', more: '${workflow.input.l.append(3)}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const run = scenario.start('w', { l: [1] });
    expect(run.task('a1').input).toEqual({ path: null, home: null, more: null });
    expect(run.seen.started?.input.value).toEqual({ l: [1] });
  });

  it('keep secrets as they are written', () => {
    const inputParameters = { p: '${workflow.secrets.S}', q: 'Bearer ${workflow.secrets.S}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const run = scenario.start('w');
    expect(run.task('a1').input).toEqual(inputParameters);
    expect(scenario.poll('a')?.input.value).toEqual(inputParameters);
  });

  it('that would cost too much fail the task, not the partition', () => {
    const inputParameters = { x: '${workflow.input.big}${workflow.input.big}${workflow.input.big}' };
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1', { inputParameters })])] });
    const run = scenario.start('w', { big: 'x'.repeat(2_000_000) });
    expect(run.status).toBe('FAILED');
    expect(run.task('a1')).toMatchObject({ status: 'FAILED_WITH_TERMINAL_ERROR', input: {} });
    expect(run.task('a1').reason).toMatch(/characters of text/);
  });
});

describe('input and output of a workflow', () => {
  it('take missing input from the input template, as it is written', () => {
    const def = workflow('w', [simple('a1', { inputParameters: { all: '${workflow.input}' } })], {
      inputTemplate: { a: 9, b: '${x}' },
    });
    const scenario = new Scenario({ tasks, workflows: [def] });
    expect(scenario.start('w', { a: 1 }).task('a1').input).toEqual({ all: { a: 1, b: '${x}' } });
    expect(scenario.start('w', {}).task('a1').input).toEqual({ all: { a: 9, b: '${x}' } });
  });

  it('is rendered from outputParameters when they are given', () => {
    const outputParameters = { o: '${a1.output.k}', n: '${b1.output.none}', s: '${workflow.status}' };
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1'), simple('b1')], { outputParameters })],
    });
    const run = scenario.start('w').complete('a1', { k: 1 }).complete('b1', { z: 2 });
    expect(run.seen.output).toEqual({ o: 1, n: null, s: 'RUNNING' });
  });

  it('is rendered for a failed workflow too, which sees its new status', () => {
    const outputParameters = { v: '${a1.output.k}', s: '${workflow.status}', r: '${workflow.reasonForIncompletion}' };
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1'), simple('b1')], { outputParameters })],
    });
    const run = scenario.start('w').complete('a1', { k: 1 }).fail('b1', 'broke');
    expect(run.status).toBe('FAILED');
    expect(run.seen.output).toEqual({ v: 1, s: 'FAILED', r: null });
  });

  it('is the output of the task scheduled last when nothing is said', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [
        workflow('w', [simple('a1'), simple('b1')]),
        workflow('pure', [simple('a1'), task('NOOP', 'n1')]),
        workflow('forked', [fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1'])]),
      ],
    });
    expect(scenario.start('w').complete('a1', { k: 1 }).complete('b1', { z: 2 }).seen.output).toEqual({ z: 2 });
    expect(scenario.start('pure').complete('a1', { k: 1 }).seen.output).toEqual({});
    const retried = scenario.start('forked').complete('b1').fail('a1', 'no');
    retried.retry();
    expect(retried.complete('a1', { late: 1 }).seen.output).toEqual({ late: 1 });
  });
});

describe('a start', () => {
  it('of an unknown workflow is refused once the definitions are known to be current', () => {
    const scenario = new Scenario();
    expect(() => scenario.start('nosuch', {}, { version: 7 })).toThrow(
      'No such workflow defined. name=nosuch, version=7',
    );
  });

  it('with an inline definition runs that, whatever is registered under its name', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')])] });
    const definition = Payload.of(workflow('w', [simple('b1')]));
    const run = scenario.start('w', {}, { definition });
    expect(run.summary).toEqual(['b1:SCHEDULED']);
  });

  it.each([
    ['a task without a name', { name: 'x', tasks: [{ taskReferenceName: 'a' }] }, /needs a name/],
    ['a value of a wrong type', { name: 'x', tasks: [], version: 'first' }, /version: must be an integer/],
    ['something that is no definition', 7, /must be an object/],
  ])('with an inline definition that has %s is refused', (_what, body, reason) => {
    const scenario = new Scenario();
    expect(() => scenario.start('x', {}, { definition: Payload.of(body) })).toThrow(reason);
    const broken = Payload.fromBytes(new TextEncoder().encode('{'));
    expect(() => scenario.start('x', {}, { definition: broken })).toThrow(/not JSON/);
  });

  it('with a nameless inline definition has the name that it was started by', () => {
    const run = new Scenario().start('mine', {}, { definition: Payload.of({ tasks: [task('NOOP', 'n')] }) });
    expect(run.seen.started).toMatchObject({ name: 'mine', version: 1 });
    expect(run.status).toBe('COMPLETED');
  });

  it('without any task completes at once and says so', () => {
    const run = new Scenario().start('empty', {}, { definition: Payload.of({ name: 'empty', tasks: [] }) });
    expect([run.status, run.seen.reason, run.seen.output]).toEqual(['COMPLETED', 'No tasks found to be executed', {}]);
  });

  it('of a workflow made of pure tasks has completed when it is answered', () => {
    const tasks = [
      task('INLINE', 'i1', { inputParameters: { expression: '1 + 1' } }),
      task('SET_VARIABLE', 's1', { inputParameters: { x: '${i1.output.result}' } }),
      task('NOOP', 'n1'),
    ];
    const run = new Scenario({ workflows: [workflow('w', tasks)] }).start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.variables).toEqual({ x: 2 });
    expect(run.history).toHaveLength(1);
  });

  it('freezes the task definitions that are registered at that moment', () => {
    const scenario = new Scenario({ tasks: [taskDef('a')], workflows: [workflow('w', [simple('a1')])] });
    const run = scenario.start('w');
    scenario.definitions.putTask({ name: 'a', retryCount: 5, retryDelaySeconds: 0 });
    expect(run.fail('a1', 'no').status).toBe('FAILED');
    expect(scenario.start('w').fail('a1', 'no').status).toBe('RUNNING');
  });

  it('carries the body of a definition only in the first run of its partition', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')])] });
    const bodies = [scenario.start('w'), scenario.start('w')].map((run) => {
      const [first] = run.history[0]!.events;
      return first?.type === 'WorkflowStarted' && first.definition !== undefined;
    });
    expect(bodies).toEqual([true, false]);
  });
});
