/**
 * How long folding a journal takes, with the real codec and a decider that counts: entries with a payload of the given
 * size, spread over aggregates.
 *
 *   node libs/journal/bench/restore.mjs [megabytes=100] [payload bytes=400]
 *
 * Needs a build.
 */
import { aggregateId, Payload, taskId } from '@partitura/model';
import { foldFromStart, journalDefaults } from '@partitura/journal';
import { journalCodec } from '@partitura/wire';

const [megabytes = 100, payloadBytes = 400] = process.argv.slice(2).map(Number);
const payload = Payload.of({ text: 'x'.repeat(payloadBytes) });
const records = [];
let bytes = 0;
const add = (entry) => {
  const value = journalCodec.encode(entry);
  bytes += value.length;
  records.push({ offset: records.length, timestamp: 0, key: null, value });
};
add({ kind: 'claim', token: 't', owner: 'o', partitions: 1, featureLevel: 1 });
const versions = new Map();
for (let index = 0; bytes < megabytes * 1024 * 1024; index++) {
  const aggregate = aggregateId(`workflow-${index % 5_000}`);
  const version = (versions.get(aggregate) ?? 0) + 1;
  versions.set(aggregate, version);
  add({
    kind: 'decision',
    epoch: 0,
    index,
    effectsDone: index - 10,
    at: 1_700_000_000_000 + index,
    aggregate,
    version,
    cause: { kind: 'command', commandId: `command-${index}`, offset: index },
    outcome: { kind: 'accepted' },
    events: [
      { type: 'TaskEnded', taskId: taskId(`${aggregate}~1.2.3`), status: 'COMPLETED', output: payload, retried: false },
    ],
  });
}
const perFetch = 2_000;
const log = {
  fetch: async (topic, partition, from) => {
    const some = records.slice(from, from + perFetch);
    return {
      topic,
      partition,
      records: some,
      nextOffset: from + some.length,
      highWatermark: records.length,
      logStart: 0,
      lastStable: records.length,
    };
  },
};
const domain = { initial: 0, evolve: (count) => count + 1, isClosed: () => false, pins: () => [] };
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
const settings = { ...journalDefaults, owner: 'bench', partitions: 1 };
const codec = { decodeEntry: (value) => journalCodec.decode(value) };
for (let round = 0; round < 3; round++) {
  const fold = foldFromStart({ log, clock, domain, codec, settings, topics: { journal: 'j', restoreGroup: 'r' } }, 0);
  const begun = performance.now();
  const before = process.cpuUsage();
  await fold.through(records.length, { alive: true });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${(bytes / 1024 / 1024).toFixed(0)} MB, ${records.length} records: ${seconds.toFixed(2)} s, ` +
      `${((user + system) / records.length).toFixed(2)} us CPU per record, ${((seconds * 100 * 1024 * 1024) / bytes).toFixed(2)} s per 100 MB`,
  );
}
