import { workflowDecider } from '@partitura/engine';
import type { JsonObject } from '@partitura/model';
import { taskKinds } from '../../task-kinds.ts';
import { Definitions } from '../definitions.ts';
import type { SeenTask } from '../run-view.ts';
import { Scenario, type Handle } from '../scenario.ts';
import { fork, join, simple, sub, task, taskDef, workflow } from '../shapes.ts';
import { Seeded } from './seeded.ts';
import { Finding, Watch } from './watch.ts';

/**
 * Parents and children that end, are retried, restarted and terminated while what they say to each other is still under
 * way: plain data, so that it can be shrunk and printed.
 */
export interface FamilyLife {
  readonly seed: number;
  readonly root: Members;
  readonly middle: Members;
  readonly steps: readonly Step[];
}

/** What a workflow consists of: side by side, or one after the other. */
interface Members {
  readonly forked: boolean;
  readonly list: readonly { readonly what: (typeof members)[number]; readonly way: number }[];
}

interface Step {
  readonly what: (typeof happenings)[number];
  readonly which: number;
}

const members = [
  ...['child', 'child', 'child', 'child', 'child', 'worker', 'worker', 'worker', 'person', 'person'],
  ...['end', 'impossible', 'unknown'],
] as const;

const happenings = [
  ...['deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver all', 'complete', 'complete'],
  ...['fail', 'fail', 'fail', 'retry', 'retry', 'resume children', 'resume children', 'restart', 'rerun', 'rerun'],
  ...['terminate', 'pause', 'resume', 'remove', 'pass'],
] as const;

export function familyOf(seed: number): FamilyLife {
  const world = new Seeded(Math.floor(seed / 4) + 0x30000000);
  const membersOf = (): Members => ({
    forked: world.chance(60),
    list: world.list(3, () => ({ what: world.pick(members), way: world.int(1000) })),
  });
  const [root, middle] = [membersOf(), membersOf()];
  const seeded = new Seeded(seed + 0x40000000);
  const steps = seeded.list(60, () => ({ what: seeded.pick(happenings), which: seeded.int(1_000_000) }));
  return { seed, root, middle, steps };
}

let played: { readonly key: string; readonly definitions: Definitions } | undefined;

function definitionsFor({ root, middle }: FamilyLife): Definitions {
  const key = JSON.stringify([root, middle]);
  if (played?.key === key) return played.definitions;
  const definitions = new Definitions();
  for (const name of ['a', 'b']) definitions.putTask(taskDef(name, { retryCount: 0 }));
  definitions.putWorkflow(workflow('root', tasksOf(root, 'middle')));
  definitions.putWorkflow(workflow('middle', tasksOf(middle, 'leaf')));
  definitions.putWorkflow(workflow('leaf', [simple('a1')]));
  played = { key, definitions };
  return definitions;
}

function tasksOf({ forked, list }: Members, child: string): JsonObject[] {
  const tasks = list.map(({ what, way }, i) => memberOf(what, way, i + 1, child));
  if (!forked) return tasks;
  const names = tasks.map(({ taskReferenceName }) => taskReferenceName as string);
  return [
    fork(
      'f',
      tasks.map((one) => [one]),
    ),
    join('j', names),
    simple('b9'),
  ];
}

function memberOf(what: (typeof members)[number], way: number, n: number, child: string): JsonObject {
  const optional = way % 7 === 0;
  const flags = { optional, permissive: way % 5 === 0, retryCount: way % 3 === 0 ? 1 : 0 };
  switch (what) {
    case 'child':
      return sub(`${optional ? 'o' : 'c'}${n}`, { name: child }, flags);
    case 'worker':
      return simple(`a${n}`, { permissive: way % 5 === 0 });
    case 'person':
      return task('HUMAN', `h${n}`);
    case 'end':
      return task('TERMINATE', `t${n}`, {
        inputParameters: { terminationStatus: way % 2 === 0 ? 'FAILED' : 'COMPLETED' },
      });
    case 'impossible':
      return task('DYNAMIC', `d${n}`, { dynamicTaskNameParam: 'none' });
    case 'unknown':
      return sub(`u${n}`, { name: 'nosuch', version: 1 }, flags);
  }
}

const decider = workflowDecider(taskKinds);

/** More than the largest family needs to come to rest. */
const decisionsMax = 2_000;

/** Plays a life, and then lets everything arrive and succeed until all has ended. Throws what it finds. */
export function liveInFamily(life: FamilyLife): Scenario {
  const seeded = new Seeded(life.seed + 1);
  const watch = new Watch(decider, seeded, new Map());
  let decisions = 0;
  const scenario = new Scenario({
    decider,
    definitions: definitionsFor(life),
    eventsPerDecision: seeded.pick([3, 1000, 1000]),
    observe: (decided) => {
      watch.see(decided);
      if (++decisions > decisionsMax) throw new Finding('they never come to rest');
    },
  });
  const post = scenario.holdMessages();
  const deliverAll = (): void => {
    while (post.deliver(0));
  };
  scenario.start('root');
  for (const { what, which } of life.steps) {
    if (what === 'deliver all') deliverAll();
    else if (what === 'deliver') post.deliver(which);
    else happen(scenario, what, which);
    check(scenario, watch);
  }
  for (let round = 0; round < 60; round++) {
    deliverAll();
    check(scenario, watch);
    const open = scenario.runs.filter(isOpenRun);
    if (open.length === 0) return scenario;
    for (const run of open) {
      if (run.status === 'PAUSED') run.resume();
      for (const each of run.seen.tasks)
        if (isOpen(each) && !isWaiting(each)) run.report(each.ref, 'COMPLETED', {}, idOf(each));
    }
    scenario.advance(60_000);
  }
  watch.findUnended(scenario);
  return scenario;
}

function happen(scenario: Scenario, what: Step['what'], which: number): void {
  const runs = scenario.runs.filter(({ status }) => status !== 'ABSENT');
  const run = runs[which % runs.length];
  if (run === undefined || scenario.decider.hasPostponedWork(run.state)) return;
  switch (what) {
    case 'pass':
      scenario.advance((which % 3) * 30_000);
      return;
    case 'retry':
      run.retry();
      return;
    case 'resume children':
      run.retry(true);
      return;
    case 'restart':
      if (which % 3 === 0) run.restart();
      return;
    case 'rerun': {
      const from = run.seen.tasks[which % Math.max(1, run.seen.tasks.length)];
      if (from !== undefined) run.send({ type: 'RerunWorkflow', fromTaskId: from.taskId });
      return;
    }
    case 'terminate':
      run.terminate('enough');
      return;
    case 'pause':
      run.pause();
      return;
    case 'resume':
      run.resume();
      return;
    case 'remove':
      if (which % 4 === 0) run.send({ type: 'RemoveWorkflow', onlyEnded: which % 8 === 0 });
      return;
    case 'complete':
    case 'fail': {
      const open = run.seen.tasks.filter((each) => isOpen(each) && !isWaiting(each));
      const one = open[which % Math.max(1, open.length)];
      if (one !== undefined) run.report(one.ref, what === 'fail' ? 'FAILED' : 'COMPLETED', {}, idOf(one));
      return;
    }
    case 'deliver':
    case 'deliver all':
  }
}

const isOpenRun = ({ status }: Handle): boolean => status === 'RUNNING' || status === 'PAUSED';
const isOpen = ({ status }: SeenTask): boolean => status === 'SCHEDULED' || status === 'IN_PROGRESS';
const idOf = ({ taskId }: SeenTask): { readonly taskId: string } => ({ taskId });
/** For a child, or for other tasks. */
const isWaiting = ({ childId, type }: SeenTask): boolean => childId !== undefined || type === 'JOIN';

function check(scenario: Scenario, watch: Watch): void {
  watch.check(scenario);
  if (!scenario.isQuiet) return;
  for (const run of scenario.runs) {
    const problem = worksForNobody(scenario, run);
    if (problem !== undefined) throw new Finding(`${run.id}: ${problem}`);
  }
}

/** A child that runs, although the task that it was started for counts on it no more. */
function worksForNobody(scenario: Scenario, run: Handle): string | undefined {
  const link = run.seen.started?.parent;
  if (link === undefined || !isOpenRun(run)) return undefined;
  const parent = scenario.run(link.workflowId);
  const owner = parent.seen.tasks.find(({ taskId }) => taskId === link.taskId);
  if (owner === undefined || owner.childId !== run.id || parent.status === 'REMOVED') return undefined;
  // Nobody counts on these any more.
  if (owner.retried || owner.ref.startsWith('o')) return undefined;
  if (isOpen(owner) && isOpenRun(parent)) return undefined;
  return `works for ${owner.ref} (${owner.status}) of ${parent.id}, which is ${parent.status}`;
}
