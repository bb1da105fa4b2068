import { workflowDecider, type WorkflowDecider } from '@partitura/engine';
import type { ReportableStatus } from '@partitura/model';
import { taskKinds } from '../../task-kinds.ts';
import type { Definitions } from '../definitions.ts';
import type { SeenTask } from '../run-view.ts';
import { Scenario, type Handle } from '../scenario.ts';
import { definitionsOf } from './definition-of.ts';
import { randomShapes, type Shape } from './shape.ts';
import { Seeded } from './seeded.ts';
import { Watch } from './watch.ts';

/** A random workflow and what happens to it: plain data, so that it can be shrunk and printed. */
export interface Life {
  readonly seed: number;
  /** Whose definitions these are. */
  readonly world: number;
  readonly shapes: readonly Shape[];
  readonly steps: readonly Step[];
}

/** Something that happens; the number chooses whatever fits at that time. */
interface Step {
  readonly what: (typeof happenings)[number];
  readonly which: number;
}

const happenings = [
  ...['poll', 'poll', 'poll', 'complete', 'complete', 'complete', 'complete', 'fail', 'fail', 'give up', 'cancel'],
  ...['progress', 'lease', 'logs', 'pass', 'pass', 'pass', 'pause', 'resume', 'resume', 'terminate', 'retry', 'retry'],
  ...['remove', 'quarantine', 'undeliverable', 'again', 'again'],
] as const;

/** Lives that share a definition: reading and compiling it is most of the work. */
const livesPerWorld = 4;

export function lifeOf(seed: number): Life {
  const world = Math.floor(seed / livesPerWorld);
  const shapes = randomShapes(new Seeded(world));
  const seeded = new Seeded(seed + 0x10000000);
  const steps = seeded.list(40, () => ({ what: seeded.pick(happenings), which: seeded.int(1_000_000) }));
  return { seed, world, shapes, steps };
}

/** The definitions of the world that was played last. */
let played: { readonly key: string; readonly definitions: Definitions } | undefined;

function definitionsFor({ world, shapes }: Life): Definitions {
  const key = `${world} ${JSON.stringify(shapes)}`;
  if (played?.key !== key) played = { key, definitions: definitionsOf(shapes, new Seeded(world + 0x20000000)) };
  return played.definitions;
}

/** What was met on the way: a great many lives that never met something prove little about it. */
export type Met = Map<string, number>;

/** One decider for all lives: definitions are compiled per hash, not per life. */
const decider: WorkflowDecider = workflowDecider(taskKinds);

/** Plays a life, and then lets the world be calm until everything has ended. Answers that world; throws what it finds. */
export function live(life: Life, met: Met = new Map()): Scenario {
  const seeded = new Seeded(life.seed + 1);
  const watch = new Watch(decider, seeded, met);
  const scenario = new Scenario({
    decider,
    definitions: definitionsFor(life),
    eventsPerDecision: seeded.pick([4, 17, 1000, 1000]),
    bytesPerDecision: seeded.pick([2_000, 4_000_000, 4_000_000]),
    observe: (decided) => watch.see(decided),
  });
  const domains = seeded.chance(10) ? { '*': 'd' } : {};
  scenario.start('w', { v: seeded.pick(['0', '1', 'other']) }, { taskToDomain: domains });
  watch.check(scenario);
  for (const { what, which } of life.steps) {
    happen(scenario, watch, what, which);
    watch.check(scenario);
  }
  calm(scenario, watch);
  return scenario;
}

function happen(scenario: Scenario, watch: Watch, what: Step['what'], which: number): void {
  const { runs } = scenario;
  const run = runs[which % runs.length];
  if (run === undefined || run.status === 'ABSENT') return;
  switch (what) {
    case 'pass':
      scenario.advance((which % 20) * 500);
      return;
    case 'poll':
      poll(scenario, which);
      return;
    case 'pause':
      run.pause();
      return;
    case 'resume':
      run.resume();
      return;
    case 'retry':
      run.retry();
      return;
    case 'again':
      watch.again(scenario, which);
      return;
    case 'terminate':
      if (which % 3 === 0) run.terminate('enough');
      return;
    case 'remove':
      if (which % 5 === 0) run.send({ type: 'RemoveWorkflow', onlyEnded: which % 2 === 0 });
      return;
    case 'quarantine':
      if (which % 5 === 0) run.send({ type: 'Quarantine', reason: 'a defect' });
      return;
    default: {
      const task = someTask(run, which);
      if (task !== undefined) report(run, task, what, which);
    }
  }
}

const isOpen = ({ status }: SeenTask): boolean => status === 'SCHEDULED' || status === 'IN_PROGRESS';

/** Most often one that is open, if there is one. */
function someTask(run: Handle, which: number): SeenTask | undefined {
  const open = which % 5 === 0 ? [] : run.seen.tasks.filter((task) => isOpen(task) && !isContainer(task));
  const tasks = open.length > 0 ? open : run.seen.tasks;
  return tasks[(which >> 4) % Math.max(1, tasks.length)];
}

const queues = ['a', 'b', 'HTTP', 'MY_TYPE'];

/** A worker of a random type comes by; where it finds nothing, one of another type does. */
function poll(scenario: Scenario, which: number): void {
  const options = which % 10 === 0 ? { domain: 'd' } : {};
  const inTurn = queues.map((_, i) => queues[(which + i) % queues.length] ?? '');
  inTurn.some((type) => scenario.poll(type, options) !== undefined);
}

/** Containers have their outcomes from the engine alone. */
const isContainer = ({ type, childId }: SeenTask): boolean =>
  childId !== undefined || ['FORK', 'JOIN', 'SWITCH'].includes(type);

function report(run: Handle, task: SeenTask, what: Step['what'], which: number): void {
  const { ref, taskId, type, dispatch } = task;
  if (isContainer(task)) return;
  const output = { from: ref, n: which % 10 };
  // Whoever completes a request from outside knows no hand-over.
  const more = { taskId, ...(dispatch > 0 && type !== 'HTTP' && { dispatch }) };
  const say = (status: ReportableStatus, callbackAfterSeconds = 0): void => {
    run.report(ref, status, output, { ...more, callbackAfterSeconds, ...(status !== 'COMPLETED' && { reason: 'no' }) });
  };
  switch (what) {
    case 'fail':
      say('FAILED');
      return;
    case 'give up':
      say('FAILED_WITH_TERMINAL_ERROR');
      return;
    case 'cancel':
      if (which % 3 === 0) say('CANCELED');
      return;
    case 'progress':
      say('IN_PROGRESS', which % 4);
      return;
    case 'lease':
      run.extendLease(ref, taskId);
      return;
    case 'logs':
      run.send({ type: 'AddTaskLogs', taskId, logs: [{ message: 'hm', at: which }] });
      return;
    case 'undeliverable':
      run.send({ type: 'Undeliverable', taskId, dispatch, reason: 'the topic is gone' });
      return;
    default:
      say('COMPLETED');
  }
}

/** Operators let everything go on, workers complete what there is, time passes: everything ends. */
function calm(scenario: Scenario, watch: Watch): void {
  for (let round = 0; round < 100; round++) {
    const open = scenario.runs.filter(({ status }) => status === 'RUNNING' || status === 'PAUSED');
    if (open.length === 0) return;
    for (const run of open) {
      if (run.status === 'PAUSED' || watch.isQuarantined(run)) run.resume();
      for (const task of run.seen.tasks) {
        const isOpen = task.status === 'SCHEDULED' || task.status === 'IN_PROGRESS';
        if (isOpen && !isContainer(task))
          run.report(task.ref, 'COMPLETED', { from: task.ref }, { taskId: task.taskId });
      }
    }
    // Retries of what no definition describes wait a minute each.
    scenario.advance(round < 20 ? 1_000 : 60_000);
    watch.check(scenario);
  }
  watch.findUnended(scenario);
}
