import { describe, expect, it } from '@jest/globals';
import { readWorkflowDef, taskKindsOf, type Problem } from '@partitura/engine';
import type { Json, JsonObject } from '@partitura/model';
import { allKinds } from '../registry.ts';
import { simpleTask } from '../simple/simple.task.ts';
import { taskKinds } from '../task-kinds.ts';
import { Definitions } from '../testing/definitions.ts';
import { choice, fork, join, simple, sub, task, workflow } from '../testing/shapes.ts';

const definitions = new Definitions();
const problemsOf = (raw: Json, kinds = taskKinds, known = definitions): readonly Problem[] =>
  readWorkflowDef(raw, { kinds, definitions: known }).problems;
const refusalsOf = (tasks: readonly JsonObject[]): readonly string[] =>
  problemsOf(workflow('w', tasks)).map(({ path, message }) => `${path}: ${message}`);

const loop = (ref: string, body: readonly JsonObject[]): JsonObject =>
  task('DO_WHILE', ref, { loopCondition: 'false', loopOver: body });
const exclusive = (joinOn: readonly string[], otherwise: readonly string[] = []): JsonObject =>
  task('EXCLUSIVE_JOIN', 'ej', { joinOn, defaultExclusiveJoinTask: otherwise });
const [a, b] = [simple('a'), simple('b')];

describe('a join that can never be met', () => {
  it.each<[string, readonly JsonObject[], string, RegExp]>([
    ['names nobody', [fork('f', [[simple('order')]]), join('j', ['ordre'])], 'tasks[1]', /ordre.*did you mean order\?/],
    ['names a task after it', [fork('f', [[a]]), join('j', ['a', 'b']), b], 'tasks[1]', /j waits for b, which cannot/],
    ['names itself', [fork('f', [[a]]), join('j', ['a', 'j'])], 'tasks[1]', /j waits for j/],
    [
      'names what is inside of a task after it',
      [fork('f', [[a]]), join('j', ['a', 'b']), choice('s', { x: [b] })],
      'tasks[1]',
      /j waits for b/,
    ],
    [
      'waits within a branch for a task after it',
      [fork('f', [[fork('f2', [[a]]), join('j2', ['a', 'after']), simple('after')], [b]]), join('j', ['j2', 'b'])],
      'tasks[0].forkTasks[0].<list element>[1]',
      /j2 waits for after,/,
    ],
    [
      'names tasks of two cases',
      [fork('f', [[choice('s', { x: [a], y: [b] })]]), join('j', ['a', 'b'])],
      'tasks[1]',
      /a and b never run together: s chooses either case x or case y.*EXCLUSIVE_JOIN/,
    ],
    [
      'stands in one case and names a task of the other',
      [choice('s', { x: [a] }, [fork('f', [[b]]), join('j', ['a', 'b'])])],
      'tasks[0].defaultCase[1]',
      /j and a never run together/,
    ],
    [
      'stands in a loop and names what is outside',
      [a, loop('l', [fork('f', [[b]]), join('j', ['a', 'b'])])],
      'tasks[1].loopOver[1]',
      /j runs in the loop l and a outside of every loop/,
    ],
    [
      'stands outside of a loop and names what is inside',
      [fork('f', [[loop('l', [a])], [b]]), join('j', ['a', 'b'])],
      'tasks[1]',
      /j runs outside of every loop and a in the loop l/,
    ],
    [
      'stands in a loop and waits for it',
      [loop('l', [fork('f', [[a]]), join('j', ['l'])])],
      'tasks[0].loopOver[1]',
      /j runs in the loop l and l outside/,
    ],
    ['chooses among tasks that do not exist', [a, exclusive(['x', 'y'], ['z'])], 'tasks[1]', /x or y or z/],
  ])('is refused: it %s', (_what, tasks, path, message) => {
    const found = refusalsOf(tasks);
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toContain(`${path}.joinOn: `);
  });

  it('is refused together with all others', () => {
    const found = refusalsOf([
      fork('f', [[a]]),
      join('j', ['a', 'later']),
      fork('f2', [[b]]),
      join('j2', ['b', 'later', 'nobody']),
      simple('later'),
    ]);
    expect(found).toEqual([
      expect.stringContaining('tasks[3].joinOn: no task of the definition has the taskReferenceName nobody'),
      expect.stringContaining('tasks[1].joinOn: j waits for later'),
      expect.stringContaining('tasks[3].joinOn: j2 waits for later'),
    ]);
  });

  it('is refused when two of them wait for each other', () => {
    const found = refusalsOf([
      fork('f', [
        [fork('f1', [[a]]), join('j1', ['a', 'j2'])],
        [fork('f2', [[b]]), join('j2', ['b', 'j1'])],
      ]),
      join('j', ['j1', 'j2']),
    ]);
    expect(found).toEqual([expect.stringContaining('j1 waits for j2'), expect.stringContaining('j2 waits for j1')]);
  });
});

describe('a join that may be met', () => {
  it.each<[string, readonly JsonObject[]]>([
    ['some of its branches', [fork('f', [[a], [b]]), join('j', ['a'])]],
    ['nothing', [fork('f', [[a], [b]]), join('j', [])]],
    ['the same twice', [fork('f', [[a], [b]]), join('j', ['a', 'a'])]],
    ['a task long before it', [a, fork('f', [[b]]), join('j', ['a', 'b'])]],
    ['a task in the middle of a branch', [fork('f', [[a, simple('c')], [b]]), join('j', ['a', 'b'])]],
    ['a task of one case', [fork('f', [[choice('s', { x: [a], y: [b] })]]), join('j', ['b'])]],
    ['two tasks of one case', [choice('s', { x: [fork('f', [[a], [b]]), join('j', ['a', 'b'])] })]],
    ['another branch', [fork('f', [[a], [fork('f2', [[b]]), join('j2', ['b', 'a'])]]), join('j', ['a', 'j2'])]],
    ['the fork itself', [fork('f', [[a]]), join('j', ['f', 'a'])]],
    ['a task of its own loop', [loop('l', [fork('f', [[a], [b]]), join('j', ['a', 'b'])])]],
    ['a loop', [fork('f', [[loop('l', [a])], [b]]), join('j', ['l', 'b'])]],
    ['an iteration of a loop', [fork('f', [[loop('l', [a])], [b]]), join('j', ['a__1', 'b'])]],
    ['one of those that exist', [choice('s', { x: [a] }, [b]), exclusive(['a', 'gone'])]],
  ])('is accepted: it waits for %s', (_what, tasks) => {
    expect(refusalsOf(tasks)).toEqual([]);
  });

  it('is accepted whatever it names when tasks are generated', () => {
    const generating = task('FORK_JOIN_DYNAMIC', 'd', {
      dynamicForkTasksParam: 'tasks',
      dynamicForkTasksInputParamName: 'inputs',
    });
    expect(refusalsOf([generating, join('j', ['not', 'looked', 'at']), b])).toEqual([]);
    expect(refusalsOf([generating, join('j', []), fork('f', [[b]]), join('j2', ['b', 'generated'])])).toEqual([]);
    expect(
      refusalsOf([generating, join('j', []), fork('f', [[b]]), join('j2', ['b', 'later']), simple('later')]),
    ).toEqual([expect.stringContaining('j2 waits for later')]);
  });
});

describe('a type that nobody knows', () => {
  it('is work for workers, unless there are tasks inside', () => {
    expect(refusalsOf([task('RESIZE', 'r')])).toEqual([]);
    expect(refusalsOf([task('SWTICH', 's', { decisionCases: { x: [a] }, defaultCase: [b] })])).toEqual([
      expect.stringMatching(/^tasks\[0\]\.type: .*SWTICH.*decisionCases and defaultCase.*did you mean SWITCH\?$/),
    ]);
    expect(refusalsOf([task('PARALLEL', 'p', { forkTasks: [[a]] })])[0]).not.toContain('did you mean');
  });

  it('is known when a plug-in adds it', () => {
    const definition = workflow('w', [task('REPEAT', 'r', { loopOver: [a] })]);
    const loopKind = allKinds.find(({ type }) => type === 'DO_WHILE');
    const plugIn = { ...simpleTask, type: 'REPEAT', ...(loopKind && { traits: loopKind.traits }) };
    expect(problemsOf(definition)).toHaveLength(1);
    expect(problemsOf(definition, taskKindsOf([...allKinds, plugIn], simpleTask))).toEqual([]);
  });
});

describe('a workflow that contains itself', () => {
  const itself = sub('again', { name: 'w' });

  it.each<[string, readonly JsonObject[]]>([
    ['as a task', [a, itself]],
    ['by its version', [sub('again', { name: 'w', version: 1 })]],
    ['in a branch', [fork('f', [[itself], [a]]), join('j', ['again'])]],
    ['in a definition of its own', [sub('inner', { workflowDefinition: workflow('i', [itself]) })]],
  ])('on every way is refused: %s', (_how, tasks) => {
    expect(refusalsOf(tasks)).toEqual([
      expect.stringMatching(/subWorkflowParam: every run .* \(w → w\): put .* SWITCH/),
    ]);
  });

  it.each<[string, readonly JsonObject[]]>([
    ['behind a choice', [choice('s', { more: [itself] })]],
    ['in a loop, which may have nothing to do', [loop('l', [itself])]],
    [
      'after a task that may end it',
      [
        choice('s', { enough: [task('TERMINATE', 't', { inputParameters: { terminationStatus: 'COMPLETED' } })] }),
        itself,
      ],
    ],
    ['as an optional task', [{ ...itself, optional: true }]],
    ['in another version', [sub('again', { name: 'w', version: 2 })]],
    ['by a name that is computed', [sub('again', { name: '${workflow.input.name}' })]],
    ['in a version that is computed', [sub('again', { name: 'w', version: '${workflow.input.version}' })]],
  ])('is accepted %s', (_how, tasks) => {
    expect(refusalsOf(tasks)).toEqual([]);
  });

  it('by way of others is refused as far as they are known', () => {
    const known = new Definitions();
    known.putWorkflow(workflow('b', [sub('c1', { name: 'c' })]));
    known.putWorkflow(workflow('c', [choice('s', { x: [sub('a1', { name: 'a' })] }), sub('a2', { name: 'a' })]));
    known.putWorkflow(workflow('own', [sub('o', { name: 'own' })]));
    const definition = workflow('a', [
      sub('o1', { name: 'own', version: 1 }),
      sub('b1', { name: 'b' }),
      sub('x', { name: 'unknown' }),
    ]);
    expect(problemsOf(definition, taskKinds, known)).toEqual([
      { path: 'tasks[1].subWorkflowParam', message: expect.stringContaining('(a → b → c → a)') },
    ]);
  });

  it('is accepted while another version is the latest', () => {
    const known = new Definitions();
    known.putWorkflow({ ...workflow('w', [a]), version: 3 });
    expect(problemsOf({ ...workflow('w', [itself]), version: 2 }, taskKinds, known)).toEqual([]);
    expect(problemsOf({ ...workflow('w', [itself]), version: 4 }, taskKinds, known)).toHaveLength(1);
  });
});

describe('a definition inside a definition', () => {
  const inside = (tasks: readonly JsonObject[]): JsonObject =>
    sub('s', { workflowDefinition: workflow('inner', tasks) });

  it('is held to what it needs to run and to end', () => {
    expect(refusalsOf([inside([simple('x'), { name: 'nameless' }, fork('f', [[a]]), join('j', ['nobody'])])])).toEqual([
      expect.stringContaining('tasks[0].subWorkflowParam.workflowDefinition.tasks[1]: every task needs a name'),
      expect.stringContaining('tasks[0].subWorkflowParam.workflowDefinition.tasks[3].joinOn: no task'),
    ]);
    expect(refusalsOf([inside([inside([join('j', ['nobody'])])])])).toHaveLength(1);
  });

  it('is not held to what is asked of registered ones', () => {
    const templated = task('TERMINATE', 't', { inputParameters: { terminationStatus: '${workflow.input.status}' } });
    const [x, y] = [simple('same'), simple('same')];
    expect(
      refusalsOf([inside([choice('c', { x: [x], y: [y, fork('f', [[a]]), join('j', ['same'])] }), templated])]),
    ).toEqual([]);
  });
});

describe('everything that is wrong', () => {
  it('is said at once, what cannot be read and what breaks a rule', () => {
    const found = problemsOf({
      name: 'w',
      restartable: 'perhaps',
      tasks: [
        { name: 'e', taskReferenceName: 'e', type: 'EVENT' },
        { name: 'h', taskReferenceName: 'h', type: 'HTTP', inputParameters: 7 },
        task('INLINE', 'i', { inputParameters: { evaluatorType: 'javascript', expression: '1 +' } }),
        task('JSON_JQ_TRANSFORM', 'q', { inputParameters: { queryExpression: '.a |' } }),
        join('j', ['nobody']),
      ],
    });
    expect(found.map(({ path }) => path)).toEqual([
      'tasks[1].inputParameters',
      'restartable',
      'tasks[0]',
      'tasks[2]',
      'tasks[3]',
      'tasks[4].joinOn',
    ]);
  });
});

describe('checking', () => {
  it('is quick for the largest definition', () => {
    const branches = Array.from({ length: 4_900 }, (_, i) => [simple(`b${i}`), simple(`c${i}`)]);
    const names = branches.map((_, i) => `c${i}`);
    expect(refusalsOf([fork('f', branches), join('j', names), simple('after')])).toEqual([]);
    const begun = process.cpuUsage(); // others may use the machine
    const joins = Array.from({ length: 4_000 }, (_, i) => join(`j${i}`, ['late']));
    expect(refusalsOf([...joins, simple('late')])).toHaveLength(100);
    expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000);
  });
});
