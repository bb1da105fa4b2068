// npm run bench -- [--kafka] [--native] [--workflows N] [--concurrency N] [--runs N] [--profile DIR]
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Api, httpWorkers, nativeWorkers, percentile, sequenceOf } from './load.ts';
import { MeasuredProcess, startEmbedded, startOnKafka, type SystemUnderTest } from './system-under-test.ts';

const { values } = parseArgs({
  options: {
    kafka: { type: 'boolean', default: false },
    native: { type: 'boolean', default: false },
    workflows: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '64' },
    runs: { type: 'string', default: '3' },
    profile: { type: 'string' },
  },
});
const tasksPerWorkflow = 10;

/** What this machine's disk takes for one durable write right now: every latency below stands beside it. */
function fsyncMs(): number {
  const path = join(tmpdir(), `partitura-fsync-${process.pid}`);
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096);
  const began = performance.now();
  for (let i = 0; i < 50; i++) {
    writeSync(file, block);
    fdatasyncSync(file);
  }
  closeSync(file);
  rmSync(path);
  return (performance.now() - began) / 50;
}

/** The main thread, then the busiest of the others (the embedded database's is one of them), then the rest together. */
function threadText([main = 0, ...others]: readonly number[]): string {
  const [busiest = 0, ...rest] = others.sort((a, b) => b - a);
  const left = rest.reduce((sum, micros) => sum + micros, 0);
  return [main, busiest, left].map((micros) => micros.toFixed(0)).join('+');
}

async function startAll(api: Api, workflow: string, count: number, concurrency: number): Promise<number[]> {
  const latencies: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next++ < count) {
        const began = performance.now();
        const run = await api.call('POST', `/workflow/execute/${workflow}/1?waitForSeconds=60`, {
          name: workflow,
          input: { n: next },
        });
        if (run.status !== 'COMPLETED') throw new Error(`ended ${run.status}`);
        latencies.push(performance.now() - began);
      }
    }),
  );
  return latencies.sort((a, b) => a - b);
}

async function main(): Promise<void> {
  const workflows = Number(values.workflows);
  const concurrency = Number(values.concurrency);
  MeasuredProcess.profileDir = values.profile;
  const system: SystemUnderTest = values.kafka ? await startOnKafka() : await startEmbedded();
  const api = new Api(system.api);
  await api.call('PUT', '/metadata/workflow', [
    sequenceOf('ten', 'bench_ten', tasksPerWorkflow),
    sequenceOf('three', 'bench_three', 3),
  ]);
  if (values.native && system.kafka === undefined)
    throw new Error('native workers need --kafka: the embedded log belongs to its process');
  const start = (type: string) =>
    values.native && system.kafka !== undefined ? nativeWorkers(system.kafka, type) : httpWorkers(api, type, 8);
  const workers = [await start('bench_ten'), await start('bench_three')];
  console.log(
    `${system.kind}, ${values.native ? 'native' : 'HTTP'} workers, concurrency ${concurrency}, read model on; one fsync here: ${fsyncMs().toFixed(2)} ms`,
  );

  // Compilers of the runtime need some thousand tasks until they are done; a short run would measure them.
  await startAll(api, 'ten', Math.max(500, workflows / 4), concurrency);
  for (let run = 0; run < Number(values.runs); run++) {
    const before = system.processes.map((process) => process.cpuMicros());
    const threadsBefore = system.processes.map((process) => process.threadMicros());
    const ownBefore = process.cpuUsage();
    const began = performance.now();
    await startAll(api, 'ten', workflows, concurrency);
    const seconds = (performance.now() - began) / 1000;
    const used = system.processes.map((process, i) => ({
      name: process.name,
      micros: (process.cpuMicros() - (before[i] ?? 0)) / (workflows * tasksPerWorkflow),
    }));
    const tasks = workflows * tasksPerWorkflow;
    const own = process.cpuUsage(ownBefore);
    const threads = system.processes.map((process, i) => ({
      name: process.name,
      micros: [...process.threadMicros()].map(([id, micros]) => (micros - (threadsBefore[i]?.get(id) ?? 0)) / tasks),
    }));
    const sum = used.reduce((total, { micros }) => total + micros, 0);
    console.log(
      `ten tasks: ${(workflows / seconds).toFixed(0)} workflows/s, ${(tasks / seconds).toFixed(0)} tasks/s, CPU ${sum.toFixed(0)} µs per task (${used.map(({ name, micros }) => `${name} ${micros.toFixed(0)}`).join(', ')})`,
    );
    console.log(
      `  by thread: ${threads.map(({ name, micros }) => `${name} ${threadText(micros)}`).join(', ')}; load ${((own.user + own.system) / tasks).toFixed(0)}`,
    );
  }

  await startAll(api, 'three', 50, 1); // warm-up
  const alone = await startAll(api, 'three', 300, 1);
  console.log(
    `three tasks synchronously, alone: p50 ${percentile(alone, 0.5).toFixed(1)} ms, p99 ${percentile(alone, 0.99).toFixed(1)} ms`,
  );
  console.log(
    `resident: ${system.processes.map((process) => `${process.name} ${process.residentMiB().toFixed(0)} MiB`).join(', ')}`,
  );

  await Promise.all(workers.map((worker) => worker.close()));
  // A restore kills its process, and a killed one writes no profile.
  const { bytes, seconds } = values.profile === undefined ? await system.restore() : { bytes: 0, seconds: 0 };
  if (bytes > 0)
    console.log(
      `restore: ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s, ${((seconds / bytes) * 1e8).toFixed(2)} s per 100 MB`,
    );
  await api.close();
  await system.close();
}

await main();
