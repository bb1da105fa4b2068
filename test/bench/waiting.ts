// node --expose-gc test/dist/bench/waiting.js [--count N] [--resident N]
// What workflows that wait take in the memory of a partition's owner: its state and its timers, nothing else.
import { parseArgs } from 'node:util';
import { workflowDecider } from '@partitura/engine';
import { foldFromStart, journalDefaults, type Domain } from '@partitura/journal';
import {
  commandId,
  Payload,
  workflowId,
  type Decided,
  type JournalRecord,
  type StartWorkflow,
  type WorkflowCommand,
} from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { clock } from './load/clock.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, resident: { type: 'string', default: '10000' } },
});
const count = Number(values.count);
const domain = workflowDecider(taskKinds) as unknown as Domain;

const definition = Payload.of({
  name: 'bench_waiting',
  version: 1,
  ownerEmail: 'bench@example.com',
  tasks: [
    { name: 'approve', taskReferenceName: 'approve', type: 'HUMAN' },
    { name: 'last', taskReferenceName: 'last', type: 'SIMPLE' },
  ],
});
const start: StartWorkflow = {
  type: 'StartWorkflow',
  name: 'bench_waiting',
  definition,
  input: Payload.of({ order: 4711, customer: 'c-17' }),
  priority: 0,
  taskToDomain: {},
  replyWhenEnded: false,
};

/** Entries as an owner would have written them, one start each. They are made when they are read: nobody keeps them. */
function entryOf(n: number, body: WorkflowCommand): JournalRecord {
  if (n === 0) return { kind: 'claim', owner: 'bench', token: 'bench', partitions: 1, featureLevel: 1 };
  const id = workflowId(`0a1b2c3d-4e5f-6a7b-8c9d-${n.toString(16).padStart(12, '0')}`);
  const at = 1_700_000_000_000 + n;
  const meta = { aggregate: id, startIndex: n - 1, index: n - 1, version: 1, at };
  const nothing = { has: () => false, body: () => undefined };
  const lookup = { workflow: () => undefined, task: () => undefined, latestVersion: () => undefined };
  const limits = { eventsPerDecision: 500, bytesPerDecision: 1_000_000 };
  const decision = domain.decide(domain.initial, body, { ...meta, definitions: lookup, pinned: nothing, limits });
  if (decision.kind !== 'accepted') throw new Error(`the start was ${decision.kind}`);
  const cause = { kind: 'command', commandId: commandId(`c${n}`), offset: n } as const;
  const outcome = { kind: 'accepted', result: Payload.of({ workflowId: id }) } as const;
  const entry: Omit<Decided, 'epoch'> = {
    kind: 'decision',
    index: n - 1,
    aggregate: id,
    version: 1,
    at,
    cause,
    outcome,
    events: decision.events,
    effectsDone: n - 2,
    commandHash: `${n.toString(36)}abcdefg`,
  };
  return { ...entry, epoch: 0 };
}

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const fold = foldFromStart(
  {
    domain,
    clock,
    log: {
      offsets: () => Promise.resolve({ start: 0, end: count + 1 }),
      fetch: (_topic: string, _partition: number, from: number) => {
        const to = Math.min(count + 1, from + 1_000);
        const records = Array.from({ length: to - from }, (_, i) => ({
          offset: from + i,
          timestamp: 1,
          key: null,
          value: new TextEncoder().encode(String(from + i)),
        }));
        return Promise.resolve({ records, nextOffset: to, highWatermark: count + 1, lastStable: count + 1 });
      },
    } as never,
    codec: { decodeEntry: (value: Uint8Array) => entryOf(Number(new TextDecoder().decode(value)), start) } as never,
    topics: { journal: 'journal', restoreGroup: 'restore' },
    settings: { ...journalDefaults, partitions: 1, residentAggregates: Number(values.resident) },
  },
  0,
);

await fold.through(2_000, { alive: true });
const before = memory();
const cpu = process.cpuUsage();
await fold.through(count + 1, { alive: true });
const { user, system } = process.cpuUsage(cpu);
const each = (memory() - before) / (count - 2_000);
const rss = process.memoryUsage().rss / 2 ** 20;
console.log(
  `${fold.state.live.size} waiting workflows: ${each.toFixed(0)} B each, ${rss.toFixed(0)} MiB resident in all`,
);
console.log(`folding and packing: ${((user + system) / count).toFixed(1)} µs CPU each`);
const begun = process.cpuUsage();
const asked = Math.min(count / 2, 5_000);
for (let n = 1; n <= asked; n++) {
  const id = workflowId(`0a1b2c3d-4e5f-6a7b-8c9d-${n.toString(16).padStart(12, '0')}`);
  if (fold.state.live.get(id)?.version !== 1) throw new Error(`${id} is lost`);
}
const spent = process.cpuUsage(begun);
console.log(`coming back: ${((spent.user + spent.system) / asked).toFixed(1)} µs CPU each`);
