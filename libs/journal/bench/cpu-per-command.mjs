/**
 * CPU that the partition runtime itself takes per command: a log that answers at once, a decider that counts, and
 * either records that cost next to nothing to encode or (with --wire) the real codecs.
 *
 *   node libs/journal/bench/cpu-per-command.mjs [commands=200000] [--wire] [--profile]
 *
 * Needs a build. Prints microseconds of CPU per command, entries and batches.
 */
import { aggregateId, commandId, Payload, workflowId } from '@partitura/model';
import { hostPartitions, journalDefaults } from '@partitura/journal';
import {
  createCommandCodec,
  deadLetterCodec,
  definitionCodec,
  journalCodec,
  recordKey,
  replyCodec,
  taskCodec,
} from '@partitura/wire';

const commands = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 200_000);
const wire = process.argv.includes('--wire');
const perBatch = 500;
const aggregates = 2_000;

/** Answers at once; keeps nothing but ends. */
class InstantLog {
  ends = new Map();
  followers = [];
  appends = 0;
  async append(topic, partition, records) {
    const key = `${topic}/${partition}`;
    const baseOffset = this.ends.get(key) ?? 0;
    this.ends.set(key, baseOffset + records.length);
    if (topic === 'journal') {
      this.appends += 1;
      if (baseOffset === 0) this.claim = records[0];
    }
    return { baseOffset, appendTime: Date.now() };
  }
  async send() {}
  async fetch(topic, partition, from) {
    const end = this.ends.get(`${topic}/${partition}`) ?? 0;
    const records = from === 0 && this.claim ? [{ ...this.claim, offset: 0, timestamp: Date.now() }] : [];
    return {
      topic,
      partition,
      records,
      nextOffset: from + records.length,
      highWatermark: end,
      logStart: 0,
      lastStable: end,
    };
  }
  follow(request) {
    this.followers.push(request);
    return { close() {} };
  }
  async offsets(topic, partition) {
    return { start: 0, end: this.ends.get(`${topic}/${partition}`) ?? 0 };
  }
  async own(request) {
    setImmediate(() => request.onAcquire(0));
    return { owned: () => new Set([0]), confirm: async () => {}, announce() {}, close: async () => {} };
  }
  async commit() {}
  async committed() {
    return [];
  }
  async createTopics() {}
  async describeTopics(topics) {
    return new Map(topics.map((topic) => [topic, { partitions: 1, config: {} }]));
  }
  async trim() {}
}

const counting = {
  initial: { count: 0 },
  decide: (state) => ({ kind: 'accepted', events: [event], state: { count: state.count + 1 } }),
  evolve: (state) => ({ count: state.count + 1 }),
  react: () => [],
  nextDue: () => ({}),
  isClosed: () => false,
  hasPostponedWork: () => false,
  mayInterrupt: () => true,
  remembers: () => true,
  closedTag: () => '',
  decideClosed: () => ({ kind: 'revive' }),
  pins: () => [],
  stateVersion: 1,
  encodeState: () => new Uint8Array(0),
  decodeState: () => ({ count: 0 }),
};
const event = { type: 'WorkflowPaused' };

const wireCommands = createCommandCodec({ topic: 'commands', partitions: 1 });
const envelopeAt = (i) => ({
  commandId: commandId(`command-${i}`),
  aggregate: workflowId(`workflow-${i % aggregates}`),
  sentAt: 1_700_000_000_000,
  body: { type: 'PauseWorkflow' },
});
const nothing = new Uint8Array(100);
let claimRecord;
const plainCodec = {
  encodeEntry(entry) {
    if (entry.kind === 'claim') claimRecord = entry;
    return { key: null, value: nothing };
  },
  decodeEntry: () => claimRecord,
  readCommand: (record) => envelopeAt(record.offset),
  rereadCommand: () => envelopeAt(0),
};
const realCodec = {
  encodeEntry: (entry) => ({
    key: entry.kind === 'claim' ? null : recordKey(entry.aggregate ?? ''),
    value: journalCodec.encode(entry),
  }),
  decodeEntry: (value) => journalCodec.decode(value),
  readCommand(record, partition) {
    const decoded = wireCommands.decode(partition, record);
    if (decoded.kind === 'undecodable') throw new Error(decoded.reason);
    return decoded.envelope;
  },
  rereadCommand: (value, partition, offset) => realCodec.readCommand({ value, offset }, partition),
};
const rest = {
  encodeCommand: (envelope) => wireCommands.encode(envelope),
  encodeTask: (task) => ({ key: null, value: taskCodec.encode(task) }),
  encodeDefinition: (definition) => ({ key: null, value: definitionCodec.encode(definition) }),
  encodeReply: (reply) => ({ key: null, value: replyCodec.encode(reply) }),
  encodeDeadLetter: (letter) => ({ key: null, value: deadLetterCodec.encode(letter) }),
};

const log = new InstantLog();
let admitted = 0;
let owning;
const isOwning = new Promise((resolve) => (owning = resolve));
const host = await hostPartitions({
  log,
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
  },
  domain: counting,
  codec: { ...(wire ? realCodec : plainCodec), ...rest },
  topics: {
    journal: 'journal',
    commands: 'commands',
    definitions: 'd',
    replies: 'r',
    deadLetters: 'x',
    restoreGroup: 'g',
    deciderGroup: 'o',
  },
  partitionOf: () => 0,
  definitions: { workflow() {}, task() {}, latestVersion() {}, position: 0, reached: async () => true },
  reviveTask() {},
  freshToken: () => 'token',
  observer: {
    alarm: (alarm) => console.error(alarm),
    phase: (_, phase) => phase === 'owning' && owning(),
    committed: (_, entries) => (admitted += entries),
  },
  settings: { ...journalDefaults, checkpointBytes: Infinity, owner: 'bench', partitions: 1 },
});
await isOwning;

const records = [];
const carrier = Buffer.alloc(300);
for (let i = 0; i < commands; i++) {
  const value = wire ? wireCommands.encode(envelopeAt(i)).value : carrier;
  records.push({ offset: i, timestamp: 0, key: null, value });
}
const [follower] = log.followers;
async function run(from, to) {
  for (let at = from; at < to; at += perBatch) {
    const slice = records.slice(at, at + perBatch);
    const end = at + slice.length;
    await follower.onBatch({
      topic: 'commands',
      partition: 0,
      records: slice,
      nextOffset: end,
      highWatermark: end,
      logStart: 0,
      lastStable: end,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (admitted < to) await new Promise((resolve) => setImmediate(resolve));
}
const warm = Math.min(50_000, commands >> 2);
await run(0, warm);
const [appendsBefore, before] = [log.appends, process.cpuUsage()];
await run(warm, commands);
const used = process.cpuUsage(before);
const measured = commands - warm;
const micros = (used.user + used.system) / measured;
console.log(
  `${micros.toFixed(2)} us CPU per command (${wire ? 'real' : 'free'} codecs), ${measured} commands in ${log.appends - appendsBefore} appends`,
);
await host.close();
process.exit(0);
