import { workflowDecider, type WorkflowDecider } from '@partitura/engine';
import { tasksInOrder, type TaskScheduled, type WorkflowDef } from '@partitura/model';
import { taskKinds } from '../../task-kinds.ts';
import type { Definitions } from '../definitions.ts';
import { Scenario, type Handle } from '../scenario.ts';
import { Answerers } from './answerers.ts';
import { definitionsOf } from './definition-of.ts';
import { isOperated, isRevival, randomSteps, type Happening, type Step } from './happenings.ts';
import { operate } from './operators.ts';
import { randomShapes, type Shape } from './shape.ts';
import { Seeded } from './seeded.ts';
import { Watch, type Met } from './watch.ts';
import { isContainer, isOpen, poll, report, someTask } from './workers.ts';

/** A random workflow and what happens to it: plain data, so that it can be shrunk and printed. */
export interface Life {
  readonly seed: number;
  /** Whose definitions these are. */
  readonly world: number;
  readonly shapes: readonly Shape[];
  readonly steps: readonly Step[];
}

/** Lives that share a definition: reading and compiling it is most of the work. */
const livesPerWorld = 4;

export function lifeOf(seed: number): Life {
  const world = Math.floor(seed / livesPerWorld);
  const shapes = randomShapes(new Seeded(world));
  return { seed, world, shapes, steps: randomSteps(new Seeded(seed + 0x10000000)) };
}

/** The definitions of the world that was played last, and which kind of task a reference name means there. */
let played: { readonly key: string; readonly definitions: Definitions; readonly kinds: Kinds } | undefined;
type Kinds = ReadonlyMap<string, string>;

function worldOf({ world, shapes }: Life): NonNullable<typeof played> {
  const key = `${world} ${JSON.stringify(shapes)}`;
  if (played?.key === key) return played;
  const definitions = definitionsOf(shapes, new Seeded(world + 0x20000000));
  return (played = { key, definitions, kinds: new Map([1, 2].flatMap((version) => kindsIn(definitions, version))) });
}

function kindsIn(definitions: Definitions, version: number): readonly (readonly [string, string])[] {
  const definition = definitions.workflow('w', version)?.value as unknown as WorkflowDef;
  return tasksInOrder(definition).map(({ taskReferenceName, type }) => [taskReferenceName, type]);
}

/** One decider for all lives: definitions are compiled per hash, not per life. */
const decider: WorkflowDecider = workflowDecider(taskKinds);

/** Plays a life, and then lets the world be calm until everything has ended. Answers that world; throws what it finds. */
export function live(life: Life, met: Met = new Map()): Scenario {
  const seeded = new Seeded(life.seed + 1);
  const { definitions, kinds } = worldOf(life);
  const watch = new Watch(decider, seeded, met, (task) => kinds.get(nameOf(task)) ?? task.taskType);
  const scenario = new Scenario({
    decider,
    definitions,
    eventsPerDecision: seeded.pick([4, 17, 1000, 1000]),
    bytesPerDecision: seeded.pick([2_000, 4_000_000, 4_000_000]),
    observe: (decided) => watch.see(decided),
  });
  const world: World = { scenario, watch, answerers: new Answerers(scenario) };
  const taskToDomain = seeded.chance(10) ? { '*': 'd' } : {};
  scenario.start('w', { v: seeded.pick(['0', '1', 'other']), xs: [1, 'two'] }, { version: 1, taskToDomain });
  watch.check(scenario);
  const post = seeded.chance(40) ? scenario.holdMessages() : undefined;
  for (const step of life.steps) {
    happen(world, step);
    for (let n = seeded.int(4); n > 0 && post !== undefined; n--) post.deliver(seeded.int(1_000));
    watch.check(scenario);
  }
  post?.release();
  calm(world);
  return scenario;
}

/** The name that the definition gives it. */
const nameOf = ({ referenceName }: TaskScheduled): string => referenceName.replace(/(?:__\d+)+$/, '');

interface World {
  readonly scenario: Scenario;
  readonly watch: Watch;
  readonly answerers: Answerers;
}

function happen({ scenario, watch, answerers }: World, { what, which }: Step): void {
  const run = someRun(scenario, what, which);
  if (run === undefined) return;
  if (isOperated(what)) {
    // It would wait until the work is done.
    if (scenario.decider.hasPostponedWork(run.state)) return;
    operate(scenario, run, what, which);
    return;
  }
  switch (what) {
    case 'pass':
      scenario.advance((which % 20) * 500);
      return;
    case 'poll':
      poll(scenario, which);
      return;
    case 'answer':
      answerers.work(which);
      return;
    case 'again':
      watch.again(scenario, which);
      return;
    default: {
      const task = someTask(run, which);
      if (task !== undefined) report(run, task, what, which);
    }
  }
}

/** Most often one to which this can happen, if there is one. */
function someRun({ runs }: Scenario, what: Happening, which: number): Handle | undefined {
  const there = runs.filter(({ status }) => status !== 'ABSENT');
  const fitting = which % 8 === 0 ? [] : there.filter((run) => isRunning(run) !== isRevival(what));
  const list = fitting.length > 0 ? fitting : there;
  return list[(which >> 3) % Math.max(1, list.length)];
}

const isRunning = ({ status }: Handle): boolean => status === 'RUNNING' || status === 'PAUSED';

/** Operators let everything go on, workers complete what there is, time passes: everything ends. */
function calm({ scenario, watch, answerers }: World): void {
  for (let round = 0; round < 200; round++) {
    const open = scenario.runs.filter(isRunning);
    if (open.length === 0) return;
    answerers.finish();
    for (const run of open) {
      if (run.status === 'PAUSED' || watch.isQuarantined(run)) run.resume();
      for (const task of run.seen.tasks) {
        if (isOpen(task) && !isContainer(task))
          run.report(task.ref, 'COMPLETED', { from: task.ref }, { taskId: task.taskId });
      }
    }
    // Retries of what no definition describes wait a minute each.
    scenario.advance(round < 20 ? 1_000 : 60_000);
    watch.check(scenario);
  }
  watch.findUnended(scenario);
}
