/**
 * What the engine costs per task, for small and large workflows: `node libs/tasks/scripts/cost-per-event.mjs` after a
 * build. Prints microseconds of CPU per task for a sequence and for a fork: decide, fold, react; no bytes on the wire.
 */
import { workflowDecider } from '@partitura/engine';
import { Payload, workflowId } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';

const decider = workflowDecider(taskKinds);
const limits = { eventsPerDecision: 1e9, bytesPerDecision: 1e9 };
const simple = (i) => ({
  name: 'work',
  taskReferenceName: `t${i}`,
  type: 'SIMPLE',
  inputParameters: { n: '${workflow.input.n}' },
});
const names = (n) => Array.from({ length: n }, (_, i) => `t${i}`);

const shapes = {
  sequence: (n) => names(n).map((_, i) => simple(i)),
  fork: (n) => [
    { name: 'f', taskReferenceName: 'f', type: 'FORK_JOIN', forkTasks: names(n).map((_, i) => [simple(i)]) },
    { name: 'j', taskReferenceName: 'j', type: 'JOIN', joinOn: names(n) },
  ],
};

function lookupFor(tasks) {
  const body = Payload.of({ name: 'w', version: 1, tasks });
  return { workflow: () => body, task: () => undefined, latestVersion: () => 1 };
}

/** Runs one workflow from start to end; answers the number of events and the longest single decision in ms. */
function run(id, definitions, pins, index) {
  let state = decider.initial;
  let version = 0;
  let events = 0;
  let longest = 0;
  const open = [];
  const apply = (command) => {
    const began = performance.now();
    const context = {
      aggregate: id,
      startIndex: index,
      index,
      version: version + 1,
      at: 1_700_000_000_000 + version,
      definitions,
      limits,
      pinned: { has: (hash) => pins.has(hash), body: (hash) => pins.get(hash) },
    };
    const decision = decider.decide(state, command, context);
    if (decision.kind !== 'accepted') throw new Error(JSON.stringify(decision));
    for (const event of decision.events) {
      events += 1;
      if (event.type === 'WorkflowStarted' && event.definition) pins.set(event.definitionHash, event.definition);
      // A reader folds on its own; the owner takes the state that deciding made.
      state = decider.evolve(state, event, context);
      for (const effect of decider.react(state, event, context))
        if (effect.kind === 'DispatchTask') open.push(effect.task);
    }
    state = decision.state;
    version += 1;
    decider.nextDue(state);
    if (version > 1) longest = Math.max(longest, performance.now() - began);
  };
  apply({
    type: 'StartWorkflow',
    name: 'w',
    input: Payload.of({ n: 1 }),
    priority: 0,
    taskToDomain: {},
    replyWhenEnded: false,
  });
  const output = Payload.of({ ok: true });
  for (let task = open.shift(); task !== undefined; task = open.shift()) {
    const { taskId, dispatch } = task;
    apply({ type: 'TaskStarted', taskId, dispatch, workerId: 'w1' });
    apply({
      type: 'TaskResult',
      taskId,
      dispatch,
      status: 'COMPLETED',
      output,
      callbackAfterSeconds: 0,
      extendLease: false,
      logs: [],
    });
  }
  if (state.end?.status !== 'COMPLETED') throw new Error('the workflow did not complete');
  return { events, longest };
}

for (const [shape, tasksOf] of Object.entries(shapes)) {
  for (const n of [10, 100, 1_000, 10_000]) {
    const definitions = lookupFor(tasksOf(n));
    const pins = new Map();
    const rounds = Math.max(2, Math.floor(50_000 / n));
    for (let i = 0; i < Math.min(2_000, 20_000 / n); i++)
      run(workflowId(`warm-up-${shape}-${n}-${i}`), definitions, pins, i);
    const before = process.cpuUsage();
    let events = 0;
    for (let i = 0; i < rounds; i++)
      events += run(workflowId(`6f1c0b7e-0000-4000-8000-${i}`), definitions, pins, i).events;
    const { user, system } = process.cpuUsage(before);
    const cpu = user + system;
    console.log(
      `${shape.padEnd(9)} ${String(n).padStart(6)} tasks: ${(cpu / (rounds * n)).toFixed(1).padStart(6)} µs/task, ${(cpu / events).toFixed(2)} µs/event`,
    );
  }
}
