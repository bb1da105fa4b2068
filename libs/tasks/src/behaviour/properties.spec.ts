import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WorkflowState } from '@partitura/engine';
import { Payload, type JsonObject } from '@partitura/model';
import { Scenario, type Handle, type Recorded } from '../testing/scenario.ts';
import { choice, fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

/** Definitions of some depth, with unique reference names and joins that name the last task of every branch. */
const shapes = fc.letrec<{ list: Shape[]; one: Shape }>((tie) => ({
  list: fc.array(tie('one'), { minLength: 1, maxLength: 3 }),
  one: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Shape>(
      'simple',
      'optional',
      'permissive',
      'noop',
      'variable',
      'wait',
      'child',
      'dynamic',
      'generated',
    ),
    fc.record({ fork: fc.array(tie('list'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ cases: fc.array(tie('list'), { minLength: 1, maxLength: 2 }) }),
  ),
}));
type Shape = string | { readonly fork: readonly Shape[][] } | { readonly cases: readonly Shape[][] };

class Builder {
  #next = 0;

  list(shapesOf: readonly Shape[]): JsonObject[] {
    return shapesOf.flatMap((shape) => this.one(shape));
  }

  one(shape: Shape): JsonObject[] {
    const n = ++this.#next;
    if (typeof shape === 'object' && 'fork' in shape) {
      const branches = shape.fork.map((branch) => this.list(branch));
      const on = branches.map((branch) => branch.at(-1)?.['taskReferenceName'] as string);
      return [fork(`f${n}`, branches), join(`j${n}`, on)];
    }
    if (typeof shape === 'object') {
      const cases = Object.fromEntries(shape.cases.map((branch, i) => [String(i), this.list(branch)]));
      return [choice(`sw${n}`, cases)];
    }
    switch (shape) {
      case 'noop':
        return [task('NOOP', `n${n}`)];
      case 'variable':
        return [task('SET_VARIABLE', `v${n}`, { inputParameters: { [`k${n % 3}`]: n } })];
      case 'wait':
        return [task('WAIT', `w${n}`, { inputParameters: { duration: `${(n % 4) + 1} s` } })];
      case 'child':
        return [sub(`c${n}`, { name: 'child' })];
      case 'dynamic':
        return [task('DYNAMIC', `d${n}`, { dynamicTaskNameParam: 't', inputParameters: { t: 'a' } })];
      case 'generated': {
        const inputParameters = { dt: [simple(`a${n}`), choice(`q${n}`, { '0': [simple(`b${n}`)] })], di: {} };
        const params = { dynamicForkTasksParam: 'dt', dynamicForkTasksInputParamName: 'di', inputParameters };
        return [task('FORK_JOIN_DYNAMIC', `g${n}`, params), join(`h${n}`, [])];
      }
      default:
        return [simple(`a${n}`, { optional: shape === 'optional', permissive: shape === 'permissive' })];
    }
  }
}

/** Something that happens in the world, chosen by numbers so that it fits whatever is open at that time. */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom(
      'poll',
      'complete',
      'complete',
      'complete',
      'fail',
      'progress',
      'pass',
      'pause',
      'resume',
      'terminate',
      'retry',
      'resumeChildren',
      'restart',
      'rerun',
      'rerunFrom',
      'rerunFrom',
      'skip',
      'jump',
      'variables',
      'callbacks',
      'again',
    ),
    which: fc.nat(1000),
  }),
  { maxLength: 25 },
);

interface World {
  readonly scenario: Scenario;
  readonly root: Handle;
}

function play(
  list: readonly Shape[],
  what: readonly { readonly what: string; readonly which: number }[],
  bound: number,
): World {
  const scenario = new Scenario({
    tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 1, timeoutSeconds: 30, timeoutPolicy: 'RETRY' })],
    workflows: [workflow('child', [simple('k1')]), workflow('w', new Builder().list(list))],
    eventsPerDecision: bound,
  });
  const root = scenario.start('w', { v: '0' });
  for (const { what: kind, which } of what) happen(scenario, kind, which);
  return { scenario, root };
}

function happen(scenario: Scenario, what: string, which: number): void {
  const { runs } = scenario;
  const run = runs[which % runs.length]!;
  if (run.status === 'ABSENT') return;
  const { tasks } = run.seen;
  const reported = tasks[which % Math.max(1, tasks.length)];
  switch (what) {
    case 'pass':
      scenario.advance((which % 20) * 500);
      return;
    case 'poll':
      scenario.poll('a');
      return;
    case 'pause':
      run.pause();
      return;
    case 'resume':
      run.resume();
      return;
    case 'terminate':
      if (which % 5 === 0) run.terminate('x');
      return;
    case 'retry':
      run.retry();
      return;
    case 'resumeChildren':
      run.retry(true);
      return;
    case 'restart':
      run.restart(which % 2 === 0);
      return;
    case 'rerun':
      run.rerun(undefined, which % 2 === 0 ? { workflowInput: { v: String(which % 2) } } : {});
      return;
    case 'rerunFrom':
      if (reported !== undefined) run.send({ type: 'RerunWorkflow', fromTaskId: reported.taskId });
      return;
    case 'skip':
      run.skip(`${'abcnjhgv'[which % 8]!}${which % 7}`, { skipped: which });
      return;
    case 'jump':
      if (which % 3 === 0) run.jump(`${'anj'[which % 3]!}${which % 7}`);
      return;
    case 'variables':
      run.setVariables({ [`k${which % 3}`]: which });
      return;
    case 'callbacks':
      run.resetCallbacks();
      return;
    default:
      if (reported === undefined || reported.type === 'SUB_WORKFLOW' || reported.type === 'JOIN') return;
      report(run, what, reported);
  }
}

function report(run: Handle, what: string, { ref, taskId, type }: { ref: string; taskId: string; type: string }): void {
  const output = { from: ref };
  if (what === 'fail') run.report(ref, 'FAILED', output, { taskId, reason: 'no' });
  else if (what === 'progress') run.report(ref, 'IN_PROGRESS', output, { taskId, callbackAfterSeconds: 2 });
  else run.report(ref, 'COMPLETED', output, { taskId });
  if (what === 'again' && type === 'a') run.report(ref, 'COMPLETED', output, { taskId });
}

function fold(scenario: Scenario, history: readonly Recorded[], from: WorkflowState): WorkflowState {
  let state = from;
  for (const { events, meta } of history)
    for (const event of events) state = scenario.decider.evolve(state, event, meta);
  return state;
}

const beginsLife: ReadonlySet<string> = new Set([
  'WorkflowStarted',
  'WorkflowRetried',
  'WorkflowRestarted',
  'WorkflowRerun',
]);

/** Payloads keep what they hold to themselves, so all of them would be equal otherwise. */
expect.addEqualityTesters([
  (a: unknown, b: unknown) => (a instanceof Payload && b instanceof Payload ? textOf(a) === textOf(b) : undefined),
]);
const textOf = ({ bytes }: Payload): string => new TextDecoder().decode(bytes);

const settings = { numRuns: 30 };
const worlds = fc.tuple(shapes.list, happenings, fc.constantFrom(5, 17, 1000));

describe('whatever happens to whatever workflow', () => {
  it('is told apart by what its payloads hold', () => {
    const event = (n: number) => ({ output: Payload.of({ n }) });
    expect([event(1)]).toEqual([event(1)]);
    expect([event(1)]).not.toEqual([event(2)]);
  });

  it('folding its events gives the state it was left in', () => {
    fc.assert(
      fc.property(worlds, ([list, what, bound]) => {
        const { scenario } = play(list, what, bound);
        for (const run of scenario.runs) {
          const again = fold(scenario, run.history, scenario.decider.initial);
          expect(scenario.decider.encodeState(again)).toEqual(scenario.decider.encodeState(run.state));
        }
      }),
      settings,
    );
  });

  it('a snapshot and what follows it give the same state, and the same next moments', () => {
    fc.assert(
      fc.property(worlds, fc.nat(100), ([list, what, bound], cut) => {
        const { scenario, root } = play(list, what, bound);
        const { decider } = scenario;
        const at = cut % (root.history.length + 1);
        const base = fold(scenario, root.history.slice(0, at), decider.initial);
        const restored = decider.decodeState(decider.stateVersion, decider.encodeState(base));
        const end = fold(scenario, root.history.slice(at), restored);
        expect(decider.encodeState(end)).toEqual(decider.encodeState(root.state));
        expect(decider.nextDue(end)).toEqual(decider.nextDue(root.state));
        expect(decider.pins(end)).toEqual(decider.pins(root.state));
      }),
      settings,
    );
  });

  it('a restored state decides like the one that was never written', () => {
    fc.assert(
      fc.property(worlds, happenings, ([list, what, bound], more) => {
        const plain = play(list, [...what, ...more], bound);
        const restored = play(list, what, bound);
        for (const { id } of restored.scenario.runs) {
          const aggregate = restored.scenario.aggregate(id);
          const { decider } = restored.scenario;
          aggregate.state = decider.decodeState(decider.stateVersion, decider.encodeState(aggregate.state));
        }
        for (const { what: kind, which } of more) happen(restored.scenario, kind, which);
        expect(restored.root.history).toEqual(plain.root.history);
      }),
      settings,
    );
  });

  it('it ends once per life, joins fire once, and nothing is open afterwards', () => {
    fc.assert(
      fc.property(worlds, ([list, what, bound]) => {
        const { scenario } = play(list, what, bound);
        for (const run of scenario.runs) {
          let open = false;
          const ended = new Set<string>();
          for (const event of run.history.flatMap(({ events }) => events)) {
            if (beginsLife.has(event.type)) open = true;
            if (event.type === 'WorkflowEnded') open = false;
            if (event.type === 'TaskScheduled') expect(open).toBe(true);
            if (event.type === 'TaskReopened' || event.type === 'TaskRerun') ended.delete(event.taskId);
            if (event.type === 'TaskEnded') {
              expect(ended.has(event.taskId)).toBe(false);
              ended.add(event.taskId);
            }
          }
          if (scenario.decider.isClosed(run.state)) {
            expect(run.seen.tasks.filter(({ status }) => status === 'SCHEDULED' || status === 'IN_PROGRESS')).toEqual(
              [],
            );
          }
        }
      }),
      settings,
    );
  });

  it('reporting an outcome again changes nothing', () => {
    fc.assert(
      fc.property(worlds, ([list, what, bound]) => {
        const { root } = play(list, what, bound);
        const { length } = root.history;
        for (const { taskId, ref, status } of root.seen.tasks) {
          if (status === 'SCHEDULED' || status === 'IN_PROGRESS') continue;
          expect(root.report(ref, 'FAILED', {}, { taskId }).kind).toBe('repeated');
        }
        expect(root.history).toHaveLength(length);
      }),
      settings,
    );
  });

  it('bounds on decisions change how it is written, not what comes out', () => {
    fc.assert(
      fc.property(shapes.list, happenings, (list, what) => {
        const small = play(list, what, 5);
        const large = play(list, what, 100_000);
        expect(small.root.status).toBe(large.root.status);
        expect(small.root.summary).toEqual(large.root.summary);
      }),
      settings,
    );
  });

  it('completing everything that is open completes it', () => {
    fc.assert(
      fc.property(shapes.list, fc.constantFrom(5, 1000), (list, bound) => {
        const { scenario, root } = play(list, [], bound);
        for (let i = 0; i < 200 && root.status === 'RUNNING'; i++) {
          const run = scenario.runs.find(
            ({ status, seen }) => status === 'RUNNING' && seen.tasks.some((t) => t.status === 'SCHEDULED'),
          );
          const next = run?.seen.tasks.find(({ status }) => status === 'SCHEDULED');
          if (run === undefined || next === undefined) scenario.advance(5_000);
          else run.complete(next.ref, { done: next.ref });
        }
        expect(root.status).toBe('COMPLETED');
      }),
      settings,
    );
  });
});
