import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const ticksPerSecond = 100;

/** What runs goes with us, however we end: a server left behind would take its share of all later figures. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

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
    running.add(child);
    child.once('exit', () => running.delete(child));
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

  /** Bytes handed to the disk so far. */
  writtenBytes(): number {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${this.#child.pid}/io`, 'utf8'))?.[1] ?? 0);
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

/** CPU used so far in µs by processes that are not the product's, and by all their descendants. */
export function cpuMicrosOfTrees(roots: readonly number[]): number {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (roots.includes(pid) || belongs(parents.get(pid)));
  let micros = 0;
  for (const pid of parents.keys()) if (belongs(pid)) micros += cpuMicrosIfThere(pid);
  return micros;
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return undefined; // ended meanwhile
  }
}

function cpuMicrosIfThere(pid: number): number {
  try {
    return cpuMicrosOf(`/proc/${pid}/stat`);
  } catch {
    return 0;
  }
}

function cpuMicrosOf(stat: string): number {
  const fields = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}
