// node test/dist/bench/bounded.js [--branches N] [--iterations N] [--events N] [--only NAME,…]
// Workflows as large as anybody makes them, and a small one on the same partition that must not notice.
import { parseArgs } from 'node:util';
import { Payload, type JsonObject, type WorkflowCommand } from '@partitura/model';
import { percentile } from './report/figures.ts';
import { ObservedPartition } from './observed-partition.ts';

const { values } = parseArgs({
  options: {
    branches: { type: 'string', default: '100000' },
    iterations: { type: 'string', default: '100000' },
    events: { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
});
const branches = Number(values.branches);
const iterations = Number(values.iterations);
const eventsWanted = Number(values.events);

const task = (type: string, ref: string, more: JsonObject = {}): JsonObject => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...more,
});
const workflow = (tasks: readonly JsonObject[]): Payload =>
  Payload.of({ name: 'w', version: 1, ownerEmail: 'bench@example.com', tasks });
const startOf = (tasks: readonly JsonObject[], input: JsonObject = {}): WorkflowCommand => ({
  type: 'StartWorkflow',
  name: 'w',
  definition: workflow(tasks),
  input: Payload.of(input),
  priority: 0,
  taskToDomain: {},
  replyWhenEnded: false,
});
const last = task('SIMPLE', 'last');
const forked = (): WorkflowCommand =>
  startOf(
    [
      task('FORK_JOIN_DYNAMIC', 'fork', {
        inputParameters: { forkTaskName: 'piece', forkTaskInputs: '${workflow.input.pieces}' },
      }),
      task('JOIN', 'join', { joinOn: [] }),
      last,
    ],
    { pieces: Array.from({ length: branches }, (_, n) => ({ n })) },
  );
const looped = (body: JsonObject, times: number, more: JsonObject = {}): WorkflowCommand =>
  startOf([
    task('DO_WHILE', 'loop', { loopCondition: `$.loop.iteration < ${times}`, loopOver: [body], ...more }),
    last,
  ]);

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

const everyMs = 50;

/** Small workflows that start one after the other while something large goes on. */
class Bystander {
  readonly #partition: ObservedPartition;
  readonly #latencies: number[] = [];
  readonly #running: Promise<void>;
  #stopped = false;
  static #started = 0;

  constructor(partition: ObservedPartition) {
    this.#partition = partition;
    this.#running = this.#run();
  }

  /** At a fixed rate, whether those before have been answered or not: whoever stands still lets many wait. */
  async #run(): Promise<void> {
    const open = new Set<Promise<void>>();
    for (let due = performance.now(); !this.#stopped; due += everyMs) {
      await pause(due - performance.now());
      const one: Promise<void> = this.#one(due).then(() => void open.delete(one));
      open.add(one);
    }
    await Promise.all(open);
  }

  async #one(due: number): Promise<void> {
    await this.#partition.tell(`small-${++Bystander.#started}`, startOf([task('NOOP', 'n')]));
    this.#latencies.push(performance.now() - due);
  }

  async stop(): Promise<readonly number[]> {
    this.#stopped = true;
    await this.#running;
    return this.#latencies.sort((a, b) => a - b);
  }
}

const ms = (value: number): string => value.toFixed(1).padStart(8);
const columns = [
  'decisions',
  'events',
  'decide',
  'longest',
  'entry KB',
  'CPU s',
  'p50',
  'p99',
  'max',
  'loop',
  'snap ms',
];
function header(): void {
  console.log(`${''.padEnd(44)}${columns.map((name) => name.padStart(10)).join('')}`);
}

async function measured(partition: ObservedPartition, what: string, act: () => Promise<void>): Promise<void> {
  const bystander = new Bystander(partition);
  await pause(50);
  partition.begin();
  const cpu = cpuSeconds();
  await act();
  const spent = cpuSeconds() - cpu;
  const { costs } = partition;
  const longest = partition.longestTurnMs;
  const latencies = await bystander.stop();
  const cells = [
    String(costs.decisions),
    String(costs.events),
    ms(costs.longestDecideMs),
    ms(costs.longestMs),
    (costs.largestEntryBytes / 1024).toFixed(0),
    spent.toFixed(1),
    ...[0.5, 0.99, 1].map((fraction) => ms(percentile(latencies, fraction))),
    ms(longest),
    ms(costs.longestSnapshotMs),
  ];
  console.log(`${what.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join('')}   ${costs.longestOf}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

/** Completes tasks of a run as they are handed out, until a condition holds. */
async function work(partition: ObservedPartition, id: string, done: () => boolean, most = Infinity): Promise<void> {
  let left = most;
  while (!done() && left > 0) {
    const tasks = partition.take(id, Math.min(100, left));
    if (tasks.length === 0) await pause(1);
    left -= tasks.length;
    await Promise.all(
      tasks.map((taskId) =>
        partition.tell(id, {
          type: 'TaskResult',
          taskId,
          status: 'COMPLETED',
          output: Payload.of({ ok: 1 }),
          callbackAfterSeconds: 0,
          extendLease: false,
          logs: [],
        }),
      ),
    );
  }
}

const scenarios: Record<string, (partition: ObservedPartition) => Promise<void>> = {
  async join(partition) {
    const id = 'joined';
    const run = () => partition.state(id);
    await measured(partition, `fork ${branches}`, async () => {
      await partition.tell(id, forked());
      await until(() => run().tasks.newest.has('join'));
    });
    await measured(partition, '  complete and join', () => work(partition, id, () => run().phase === 'ended'));
    console.log(`  ${run().end?.status}: ${run().end?.reason ?? ''}`);
    await measured(partition, '  rerun from the first branch', async () => {
      const fromTaskId = run().tasks.bySeq.get(1)?.plan.taskId;
      if (fromTaskId === undefined) throw new Error('there is no branch');
      await partition.tell(id, { type: 'RerunWorkflow', fromTaskId });
      await work(partition, id, () => run().phase === 'ended');
    });
    await measured(partition, '  restart', async () => {
      await partition.tell(id, { type: 'RestartWorkflow', useLatestDefinitions: false });
      await until(() => run().tasks.newest.has('join'));
    });
  },
  async terminate(partition) {
    const id = 'terminated';
    const run = () => partition.state(id);
    await partition.tell(id, forked());
    await until(() => run().tasks.newest.has('join'));
    await measured(partition, `fork ${branches}: complete half`, () => work(partition, id, () => false, branches / 2));
    await measured(partition, '  terminate half-way', async () => {
      await partition.tell(id, { type: 'TerminateWorkflow', byParent: false, reason: 'enough' });
      await until(() => run().tasks.openCount === 0 && run().postponed === undefined);
    });
    await measured(partition, '  retry', async () => {
      await partition.tell(id, { type: 'RetryWorkflow', resumeSubworkflowTasks: false });
      await until(() => run().postponed === undefined);
    });
  },
  async early(partition) {
    const id = 'early';
    const run = () => partition.state(id);
    await measured(partition, `fork ${branches}: terminate while forking`, async () => {
      await partition.tell(id, forked());
      await until(() => run().tasks.bySeq.size > branches / 2);
      await partition.tell(id, { type: 'TerminateWorkflow', byParent: false, reason: 'enough' });
      await until(() => run().tasks.openCount === 0 && run().postponed === undefined);
    });
  },
  async pause(partition) {
    const id = 'paused';
    const run = () => partition.state(id);
    await partition.tell(id, forked());
    await until(() => run().tasks.newest.has('join'));
    await measured(partition, `fork ${branches}: pause, complete`, async () => {
      await partition.tell(id, { type: 'PauseWorkflow' });
      await work(partition, id, () => false, branches);
    });
    await measured(partition, '  resume', async () => {
      await partition.tell(id, { type: 'ResumeWorkflow' });
      await until(() => run().tasks.newest.has('last'));
    });
  },
  async jump(partition) {
    const id = 'jumped';
    const run = () => partition.state(id);
    await partition.tell(id, forked());
    await until(() => run().tasks.newest.has('join'));
    await measured(partition, `fork ${branches}: jump over all`, async () => {
      const { kind, ...rest } = await partition.tell(id, { type: 'JumpToTask', referenceName: 'last' });
      if (kind !== 'accepted') console.log(`  ${kind} ${JSON.stringify(rest)}`);
      else await until(() => run().tasks.newest.has('last') && run().postponed === undefined);
    });
  },
  async inline(partition) {
    const id = 'inline';
    const body = task('INLINE', 'i', {
      inputParameters: { evaluatorType: 'graaljs', expression: '1' },
    });
    await measured(partition, `loop of ${iterations} INLINE`, async () => {
      await partition.tell(id, looped(body, iterations));
      await until(() => partition.state(id).tasks.newest.has('last') || partition.state(id).phase === 'ended');
    });
    console.log(`  ${partition.state(id).end?.reason ?? 'goes on'}`);
  },
  async simple(partition) {
    const id = 'simple';
    await measured(partition, `loop of ${iterations} SIMPLE`, async () => {
      await partition.tell(id, looped(task('SIMPLE', 's'), iterations));
      await work(partition, id, () => partition.state(id).phase === 'ended');
    });
    console.log(`  ${partition.state(id).end?.status} ${partition.state(id).end?.reason ?? ''}`);
  },
  async million(partition) {
    const id = 'million';
    const run = () => partition.state(id);
    const body = task('SET_VARIABLE', 'n', { inputParameters: { n: '${loop.output.iteration}' } });
    await measured(partition, `history of ${eventsWanted} events`, async () => {
      await partition.tell(id, looped(body, Math.ceil(eventsWanted / 5), { inputParameters: { keepLastN: 3 } }));
      await until(() => run().tasks.newest.has('last') || run().phase === 'ended');
    });
    console.log(`  ${run().end?.reason ?? 'goes on'}; state ${run().tasks.bySeq.size} numbers`);
    const began = cpuSeconds();
    partition.begin();
    await partition.reopen();
    const { records, bytes, tookMs } = partition.restored.at(-1) ?? { records: 0, bytes: 0, tookMs: 0 };
    console.log(
      `  restore: ${records} records, ${(bytes / 1e6).toFixed(1)} MB, ${tookMs} ms, CPU ${(cpuSeconds() - began).toFixed(1)} s, loop ${ms(partition.longestTurnMs)} ms`,
    );
    await measured(partition, '  goes on after a restore, ends', () =>
      work(partition, id, () => run().phase === 'ended'),
    );
    await measured(partition, '  restart', async () => {
      await partition.tell(id, { type: 'RestartWorkflow', useLatestDefinitions: false });
      await until(() => run().tasks.newest.has('last'));
    });
  },
};

const chosen = values.only?.split(',') ?? Object.keys(scenarios);
header();
for (const name of chosen) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}: ${Object.keys(scenarios).join(', ')}`);
  const partition = new ObservedPartition();
  await partition.open();
  try {
    await scenario(partition);
  } finally {
    await partition.close();
    partition.remove();
  }
}
