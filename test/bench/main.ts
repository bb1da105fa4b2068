import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Bench, type Workload } from './bench.ts';
import { Conductor } from './load/conductor.ts';
import { startHistory } from './load/history.ts';
import { baselineOf, changesOf, keepBaseline } from './report/baseline.ts';
import { calibrate } from './report/calibration.ts';
import { summarised, type Figures } from './report/figures.ts';
import { table } from './report/table.ts';
import { MeasuredProcess } from './system/measured-process.ts';
import { external, noSystem, startEmbedded, startOnKafka, type SystemUnderTest } from './system/started.ts';
import { w1 } from './workloads/w1-noop.ts';
import { w10 } from './workloads/w10-lag.ts';
import { w2 } from './workloads/w2-sequence.ts';
import { w3 } from './workloads/w3-fork.ts';
import { w4 } from './workloads/w4-dynamic-fork.ts';
import { w5 } from './workloads/w5-loop.ts';
import { w7 } from './workloads/w7-waiting.ts';
import { w8 } from './workloads/w8-alone.ts';
import { w9 } from './workloads/w9-replay.ts';

const workloads: Readonly<Record<string, Workload>> = { w1, w2, w3, w4, w5, w7, w8, w9, w10 };

const usage = `npm run bench -- WORKLOAD... [options]

${Object.entries(workloads)
  .map(([id, { title }]) => `  ${id.padEnd(4)} ${title}`)
  .join('\n')}

  --kafka            a process per role on a Kafka and a Postgres; default: embedded, one process
  --url URL          a server that runs already, of any kind that has Conductor's REST (http://127.0.0.1:8080/api)
  --native           workers in consumer groups (with --kafka); default: over HTTP, as SDKs are
  --flushed          the broker writes every batch to its disk before it acknowledges
  --deciders N       with --kafka; default 1
  --partitions N     of the installation
  --no-read-model    without projector
  --finished N       run so many workflows to their end before; --waiting N: and leave so many waiting
  --runs N           repetitions, default 3; --count N: units of one repetition; --concurrency N: clients
  --restore          kill and start again afterwards, and tell how long restoring took
  --json FILE        everything measured, for programs
  --compare          with the stored baseline; fails when CPU per task grew beyond the noise
  --keep-baseline    store what was measured
  --profile DIR      a CPU profile of every thread`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kafka: { type: 'boolean', default: false },
    url: { type: 'string' },
    native: { type: 'boolean', default: false },
    flushed: { type: 'boolean', default: false },
    deciders: { type: 'string', default: '1' },
    partitions: { type: 'string' },
    'no-read-model': { type: 'boolean', default: false },
    finished: { type: 'string', default: '0' },
    waiting: { type: 'string', default: '0' },
    runs: { type: 'string', default: '3' },
    count: { type: 'string' },
    concurrency: { type: 'string' },
    restore: { type: 'boolean', default: false },
    json: { type: 'string' },
    compare: { type: 'boolean', default: false },
    'keep-baseline': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

interface Report {
  readonly workload: string;
  readonly system: string;
  readonly workers: string;
  readonly calibration: Figures;
  readonly repetitions: readonly Figures[];
}

function start({ inProcess }: Workload): Promise<SystemUnderTest> {
  if (inProcess === true) return Promise.resolve(noSystem);
  const readModel = !values['no-read-model'];
  if (values.url !== undefined) return Promise.resolve(external(values.url));
  if (!values.kafka) return startEmbedded({ readModel });
  return startOnKafka({
    readModel,
    flushed: values.flushed,
    deciders: Number(values.deciders),
    partitions: numberOf(values.partitions),
  });
}

/** The same thing measured twice has the same key. */
function keyOf(id: string, { kind }: SystemUnderTest): string {
  const chosen = ['native', 'flushed', 'no-read-model'] as const;
  const given = ['deciders', 'partitions', 'finished', 'waiting', 'concurrency', 'count'] as const;
  return [
    id,
    kind,
    ...chosen.filter((option) => values[option]),
    ...given.flatMap((option) => {
      const value = values[option];
      const isUsual = value === undefined || value === (option === 'deciders' ? '1' : '0');
      return isUsual ? [] : [`${option}=${value}`];
    }),
  ].join(' ');
}

async function measured(id: string, workload: Workload): Promise<{ report: Report; isWorse: boolean }> {
  const system = await start(workload);
  const workers = values.native ? 'native' : 'http';
  const bench = new Bench(system, new Conductor(system.api), {
    workers,
    concurrency: numberOf(values.concurrency),
    count: numberOf(values.count),
  });
  try {
    const calibration = await calibrate();
    const by = workload.inProcess === true ? '' : `; ${workers === 'native' ? 'native' : 'HTTP'} workers`;
    console.log(`\n${id.toUpperCase()}: ${workload.title}\n${system.title}${by}`);
    await startHistory(bench.conductor, Number(values.finished), Number(values.waiting), (text) => console.log(text));
    await workload.prepare(bench);
    const repetitions: Figures[] = [];
    for (let run = 0; run < Number(values.runs); run++) repetitions.push(await workload.measure(bench));
    const summary = summarised(repetitions);
    const key = keyOf(id, system);
    const before = baselineOf(key);
    const changes = before === undefined ? [] : changesOf(before, summary);
    console.log(table({ summary, goals: workload.goals(system.kind, workers), calibration, changes }));
    if (values['keep-baseline']) keepBaseline(key, summary);
    if (values.restore) {
      const { bytes, seconds } = await system.restore();
      const rate = ((seconds / bytes) * 1e8).toFixed(2);
      console.log(`restored ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s: ${rate} s per 100 MB`);
    }
    const report = { workload: id, system: system.title, workers, calibration, repetitions };
    return { report, isWorse: values.compare && changes.some((change) => change.isWorse) };
  } finally {
    await bench.close();
    await system.close();
  }
}

async function main(): Promise<number> {
  const chosen = positionals.map((id) => [id, workloads[id.toLowerCase()]] as const);
  const unknown = chosen.filter(([, workload]) => workload === undefined).map(([id]) => id);
  if (chosen.length === 0 || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no workload ${unknown.join(', ')}.\n\n${usage}` : usage);
    return unknown.length > 0 ? 1 : 0;
  }
  MeasuredProcess.profileDir = values.profile;
  const reports: Report[] = [];
  let isWorse = false;
  for (const [id, workload] of chosen) {
    if (workload === undefined) continue;
    const result = await measured(id.toLowerCase(), workload);
    reports.push(result.report);
    isWorse ||= result.isWorse;
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`);
  return isWorse ? 1 : 0;
}

process.exitCode = await main();
