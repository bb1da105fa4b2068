import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import type { Handle } from '../testing/handle.ts';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const branches = 60;
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const dynamic = task('FORK_JOIN_DYNAMIC', 'fd', {
  inputParameters: { forkTaskName: 'a', forkTaskInputs: '${workflow.input.xs}' },
});
const forked = [dynamic, join('j1', []), simple('c1'), simple('d1')];
const looped = [
  task('DO_WHILE', 'lp', { loopCondition: `$.lp.iteration < ${branches}`, loopOver: [simple('b1')] }),
  simple('c1'),
];
const forkedInLoop = [
  task('DO_WHILE', 'lp', {
    loopCondition: '$.lp.iteration < 2',
    loopOver: [
      fork(
        'f',
        numbers(branches).map((i) => [simple(`b${i}`)]),
      ),
      join('j', ['b0']),
    ],
  }),
  simple('c1'),
];

/** What one part may hold; its last step may go a little beyond. */
const limit = 10;
const beyond = 3;
const unlimited = 1_000_000;

/** Goes on with postponed work, part by part; between any two of them the owner changes, and knows what the journal says. */
function goOn(scenario: Scenario, run: Handle): void {
  const { decider } = scenario;
  const aggregate = scenario.aggregate(run.id);
  for (let parts = 1; decider.hasPostponedWork(aggregate.state); parts++) {
    if (parts > 1_000) throw new Error('the parts do not come to an end');
    aggregate.state = decider.decodeState(decider.stateVersion, decider.encodeState(aggregate.state));
    scenario.continueWork(run.id);
  }
}

const open = (run: Handle): readonly string[] =>
  run.seen.tasks.filter(({ status, queued }) => queued && status === 'SCHEDULED').map(({ taskId }) => taskId);

interface Story {
  readonly title: string;
  readonly tasks: readonly JsonObject[];
  /** Up to the long operation. */
  readonly before?: (run: Handle, go: () => void) => void;
  readonly operation: (run: Handle) => void;
  /** What is to be seen when all is done. */
  readonly ends: (run: Handle) => void;
  readonly partsMin: number;
}

const complete = (run: Handle, taskId: string): void => {
  run.report('', 'COMPLETED', { taskId: taskId.slice(0, 3) }, { taskId });
};
const completeAll = (run: Handle): void => open(run).forEach((taskId) => complete(run, taskId));
const statuses = (run: Handle, status: string): number =>
  run.seen.tasks.filter((each) => each.status === status).length;

const stories: readonly Story[] = [
  {
    title: 'a dynamic fork',
    tasks: forked,
    operation: () => undefined,
    ends: (run) => expect(statuses(run, 'SCHEDULED')).toBe(branches),
    partsMin: 10,
  },
  {
    title: 'terminating half-way',
    tasks: forked,
    before: (run) =>
      open(run)
        .slice(0, 20)
        .forEach((id) => complete(run, id)),
    operation: (run) => run.terminate('enough'),
    ends: (run) => expect(statuses(run, 'CANCELED')).toBe(branches - 20 + 1),
    partsMin: 4,
  },
  {
    title: 'a retry after that',
    tasks: forked,
    before: (run, go) => {
      open(run).slice(0, 20).forEach((id) => complete(run, id)); // prettier-ignore
      run.terminate('enough');
      go();
    },
    operation: (run) => run.retry(),
    ends: (run) => expect(statuses(run, 'SCHEDULED')).toBe(branches - 20),
    partsMin: 8,
  },
  {
    title: 'resuming, when all have completed meanwhile',
    tasks: forked,
    before: (run) => {
      run.pause();
      completeAll(run);
    },
    operation: (run) => run.resume(),
    ends: (run) => expect(run.task('c1').status).toBe('SCHEDULED'),
    partsMin: 2,
  },
  {
    title: 'resuming, when all branches of an iteration have ended meanwhile',
    tasks: forkedInLoop,
    before: (run) => {
      run.pause();
      completeAll(run);
    },
    operation: (run) => run.resume(),
    ends: (run) => {
      expect(statuses(run, 'SCHEDULED')).toBe(branches);
    },
    partsMin: 8,
  },
  {
    title: 'jumping over all that is open',
    tasks: forked,
    before: () => undefined,
    operation: (run) => run.jump('d1', { given: true }),
    ends: (run) => {
      expect(statuses(run, 'SKIPPED')).toBe(branches + 2);
      expect(run.task('d1')).toMatchObject({ status: 'SCHEDULED', input: { given: true } });
    },
    partsMin: 5,
  },
  {
    title: 'a rerun of one branch',
    tasks: forked,
    before: (run) => {
      completeAll(run);
      completeAll(run);
      completeAll(run);
    },
    operation: (run) => run.rerun('_a_7'),
    ends: (run) => {
      expect(run.status).toBe('RUNNING');
      expect(run.task('j1').status).toBe('IN_PROGRESS');
      expect(statuses(run, 'SCHEDULED')).toBe(1);
    },
    partsMin: 2,
  },
  {
    title: 'a rerun from there when the others were cancelled',
    tasks: forked,
    before: (run, go) => {
      run.fail('_a_7', 'no');
      go();
    },
    operation: (run) => run.rerun('_a_7'),
    ends: (run) => expect(statuses(run, 'SCHEDULED')).toBe(branches),
    partsMin: 8,
  },
  {
    title: 'a restart',
    tasks: forked,
    before: (run, go) => {
      run.terminate('enough');
      go();
    },
    operation: (run) => run.restart(),
    ends: (run) => expect(statuses(run, 'SCHEDULED')).toBe(branches),
    partsMin: 10,
  },
  {
    title: 'handing out again what workers gave back',
    tasks: forked,
    before: (run) =>
      open(run).forEach((taskId) => run.report('', 'IN_PROGRESS', {}, { taskId, callbackAfterSeconds: 600 })), // prettier-ignore
    operation: (run) => run.resetCallbacks(),
    ends: (run) => expect(run.seen.tasks.filter(({ dispatch }) => dispatch === 2)).toHaveLength(branches),
    partsMin: 10,
  },
];

function play({ tasks, before, operation }: Story, eventsPerDecision: number) {
  const scenario = new Scenario({
    tasks: ['a', 'b', 'c', 'd'].map((name) => taskDef(name)),
    workflows: [workflow('w', tasks)],
    eventsPerDecision,
  });
  scenario.holdsPostponedWork = true;
  const run = scenario.start('w', { xs: numbers(branches) });
  const go = (): void => goOn(scenario, run);
  let earlier = 0;
  if (before !== undefined) {
    go();
    before(run, go);
    go();
    earlier = run.history.length;
  }
  operation(run);
  go();
  const parts = run.history.length - earlier;
  return { scenario, run, parts };
}

/** All that does not name the entry in which something came to be. */
const looks = (run: Handle): readonly unknown[] => [
  run.status,
  ...run.seen.tasks.map(({ ref, status, attempt, seq, input, retried, dispatch }) => [
    ref,
    status,
    attempt,
    seq,
    input,
    retried,
    dispatch,
  ]),
];

describe.each(stories)('$title', (story) => {
  it('is cut into parts of bounded size', () => {
    const { run, parts } = play(story, limit);
    expect(parts).toBeGreaterThanOrEqual(story.partsMin);
    for (const { events } of run.history) expect(events.length).toBeLessThanOrEqual(limit + beyond);
    story.ends(run);
  });

  it('comes to the same as if it had not been cut, although the owner changes between the parts', () => {
    const [cut, whole] = [play(story, limit).run, play(story, unlimited).run];
    expect(looks(cut)).toEqual(looks(whole));
  });

  it('is over then: told to go on once more, nothing happens', () => {
    const { scenario, run } = play(story, limit);
    const { length } = run.history;
    scenario.continueWork(run.id);
    expect(run.history).toHaveLength(length);
  });
});

describe('between the parts', () => {
  const started = (eventsPerDecision = limit) => {
    const scenario = new Scenario({
      tasks: ['a', 'c', 'd'].map((name) => taskDef(name)),
      workflows: [workflow('w', forked)],
      eventsPerDecision,
    });
    const run = scenario.start('w', { xs: numbers(branches) });
    return { scenario, run };
  };

  it('of a jump, a task that is still to be passed over may complete, and nothing follows from it', () => {
    const { scenario, run } = started();
    scenario.holdsPostponedWork = true;
    run.jump('d1');
    complete(run, run.task(`_a_${branches - 1}`).taskId);
    goOn(scenario, run);
    expect(run.task(`_a_${branches - 1}`).status).toBe('COMPLETED');
    expect([run.task('j1').status, run.task('c1').status, run.task('d1').status]).toEqual([
      'SKIPPED',
      'SKIPPED',
      'SCHEDULED',
    ]);
  });

  it('of a jump, a termination replaces the rest', () => {
    const { scenario, run } = started();
    scenario.holdsPostponedWork = true;
    run.jump('d1');
    run.terminate('no');
    goOn(scenario, run);
    expect(run.status).toBe('TERMINATED');
    expect(run.seen.has('d1')).toBe(false);
    expect(open(run)).toEqual([]);
  });

  it('of a retry, what fails again is retried no second time', () => {
    const { scenario, run } = started();
    run.terminate('enough');
    scenario.holdsPostponedWork = true;
    run.retry();
    const attempts = () => run.seen.tasks.filter(({ ref }) => ref === '_a_0');
    while (attempts().length < 2) scenario.continueWork(run.id);
    run.fail('_a_0', 'again');
    goOn(scenario, run);
    expect(run.status).toBe('FAILED');
    expect(attempts()).toHaveLength(2);
  });

  it('of a resume, the workflow may be paused again, and goes on later where it was', () => {
    const { scenario, run } = started();
    run.pause();
    completeAll(run);
    scenario.holdsPostponedWork = true;
    run.resume();
    run.pause();
    expect(scenario.decider.hasPostponedWork(run.state)).toBe(false);
    run.resume();
    goOn(scenario, run);
    expect(run.task('c1').status).toBe('SCHEDULED');
  });
});

/** How often tasks are looked up, and how many are looked through, while something is decided. */
function looksDuring(run: Handle, act: () => void): number {
  const { tasks } = run.state as unknown as { readonly tasks: { readonly bySeq: object } };
  const list = Object.getPrototypeOf(tasks.bySeq) as Record<PropertyKey, (...args: readonly unknown[]) => unknown>;
  let count = 0;
  const restores = ['get', '__iterator', '__iterate'].map((name) => {
    const original = list[name]!;
    list[name] = function (this: { readonly size: number }, ...args) {
      count += name === 'get' ? 1 : this.size;
      return Reflect.apply(original, this, args);
    };
    return () => (list[name] = original);
  });
  try {
    act();
  } finally {
    restores.forEach((restore) => restore());
  }
  return count;
}

describe('how many tasks are looked at', () => {
  const forkOf = (n: number): { readonly scenario: Scenario; readonly run: Handle } => {
    const scenario = new Scenario({
      tasks: ['a', 'b', 'c', 'd'].map((name) => taskDef(name)),
      workflows: [workflow('w', forked), workflow('l', looped)],
      eventsPerDecision: 100,
    });
    return { scenario, run: scenario.start('w', { xs: numbers(n) }) };
  };

  it('when a branch completes does not depend on how many there are', () => {
    const looksOf = (n: number): number => {
      const { run } = forkOf(n);
      const [, second = ''] = open(run);
      return looksDuring(run, () => complete(run, second));
    };
    const small = looksOf(20);
    expect(small).toBeGreaterThan(0);
    expect(looksOf(2_000)).toBeLessThanOrEqual(small);
  });

  it('when a branch ends of a paused workflow does not either', () => {
    const { run } = forkOf(2_000);
    run.pause();
    const [first = ''] = open(run);
    expect(looksDuring(run, () => complete(run, first))).toBeLessThan(40);
  });

  it('by each later part of a resume is bounded by what a part may do', () => {
    const { scenario, run } = forkOf(2_000);
    run.pause();
    completeAll(run);
    scenario.holdsPostponedWork = true;
    run.resume();
    let parts = 0;
    while (scenario.decider.hasPostponedWork(run.state)) {
      const looked = looksDuring(run, () => scenario.continueWork(run.id));
      // The last one joins: it collects them all.
      if (scenario.decider.hasPostponedWork(run.state)) expect(looked).toBeLessThan(4 * 100 * 20);
      parts += 1;
    }
    expect(parts).toBeGreaterThan(3);
  });

  it('when an iteration ends does not depend on how many there were', () => {
    const { scenario } = forkOf(1);
    const run = scenario.start('l');
    const looked: number[] = [];
    for (let i = 1; i < branches; i++) {
      const [taskId = ''] = open(run);
      looked.push(looksDuring(run, () => complete(run, taskId)));
    }
    expect(looked.at(-1)).toBeLessThanOrEqual((looked[1] ?? 0) + 2);
  });
});
