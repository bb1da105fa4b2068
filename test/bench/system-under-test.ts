import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, startKafka, startPostgres } from '@partitura/testing';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ticksPerSecond = 100;

/** A process of the product, and what it has used so far. */
export class MeasuredProcess {
  /** Where every process leaves its CPU profiles when it ends; undefined: none are taken. */
  static profileDir: string | undefined;
  readonly name: string;
  readonly #child: ChildProcess;
  output = '';

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (this.output = (this.output + String(chunk)).slice(-200_000)));
  }

  static async start(
    name: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<{ process: MeasuredProcess; url: string }> {
    const profile = MeasuredProcess.profileDir;
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const child = spawn(process.execPath, [...flags, 'services/server/dist/main.js'], {
      cwd: root,
      env: { PATH: process.env['PATH'], PARTITURA_PORT: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = new MeasuredProcess(name, child);
    for (;;) {
      const url = /ready[^\n]*(http:\/\/127\.0\.0\.1:\d+)/.exec(started.output)?.[1];
      if (url !== undefined) return { process: started, url };
      if (child.exitCode !== null) throw new Error(`${name} ended: ${started.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** CPU used so far in µs, all threads, from the operating system. */
  cpuMicros(): number {
    return cpuMicrosOf(`/proc/${this.#child.pid}/stat`);
  }

  /** The same of each thread, by its id; the main thread comes first. */
  threadMicros(): ReadonlyMap<string, number> {
    const tasks = `/proc/${this.#child.pid}/task`;
    return new Map(readdirSync(tasks).map((thread) => [thread, cpuMicrosOf(`${tasks}/${thread}/stat`)]));
  }

  residentMiB(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await exited;
  }
}

function cpuMicrosOf(stat: string): number {
  const fields = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}

export interface SystemUnderTest {
  readonly kind: 'embedded' | 'kafka';
  readonly api: string;
  readonly processes: readonly MeasuredProcess[];
  /** For native workers; undefined on the embedded log, which only its own process can reach. */
  readonly kafka: { readonly brokers: readonly string[]; readonly namespace: string } | undefined;
  /** Stops the deciders, starts them again, and gives what they said about restoring. */
  restore(): Promise<{ readonly bytes: number; readonly seconds: number }>;
  close(): Promise<void>;
}

const restored = /"bytes":(\d+),"tookMs":(\d+),"msg":"restored"/g;

function saidRestored(output: string): { bytes: number; seconds: number } {
  let bytes = 0;
  let seconds = 0;
  for (const [, size, ms] of output.matchAll(restored)) {
    bytes += Number(size);
    // Partitions of one process are restored side by side: the longest took all the time that there was.
    seconds = Math.max(seconds, Number(ms) / 1000);
  }
  return { bytes, seconds };
}

/** Everything in one process, durable, on a fresh directory. */
export async function startEmbedded(): Promise<SystemUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-bench-'));
  const settings = { PARTITURA_DATA_DIR: dataDir };
  let { process: server, url } = await MeasuredProcess.start('server', settings);
  const processes = [server];
  return {
    kind: 'embedded',
    get api() {
      return url;
    },
    processes,
    kafka: undefined,
    async restore() {
      await server.stop('SIGKILL');
      ({ process: server, url } = await MeasuredProcess.start('server', settings));
      processes[0] = server;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return saidRestored(server.output);
    },
    async close() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A process per role on a real Kafka and a real Postgres. */
export async function startOnKafka(): Promise<SystemUnderTest> {
  const [kafka, postgres] = [await startKafka(), await startPostgres()];
  const database = await createDatabase(postgres.url, { name: 'bench' });
  const namespace = `bench-${randomBytes(4).toString('hex')}`;
  const settings = {
    PARTITURA_LOG: 'kafka',
    PARTITURA_KAFKA_BROKERS: kafka.brokers.join(','),
    PARTITURA_NAMESPACE: namespace,
    DATABASE_URL: database.url,
  };
  const processes: MeasuredProcess[] = [];
  const start = async (role: string): Promise<string> => {
    const { process: started, url } = await MeasuredProcess.start(role, { ...settings, PARTITURA_ROLES: role });
    processes.push(started);
    return url;
  };
  const api = await start('api');
  for (const role of ['decider', 'projector', 'system-worker']) await start(role);
  return {
    kind: 'kafka',
    api,
    processes,
    kafka: { brokers: kafka.brokers, namespace },
    async restore() {
      const at = processes.findIndex(({ name }) => name === 'decider');
      await processes[at]?.stop();
      const { process: again } = await MeasuredProcess.start('decider', { ...settings, PARTITURA_ROLES: 'decider' });
      processes[at] = again;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return saidRestored(again.output);
    },
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
      await database.drop();
      await Promise.all([kafka.stop(), postgres.stop()]);
    },
  };
}
