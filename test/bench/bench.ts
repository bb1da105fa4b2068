import type { Conductor } from './load/conductor.ts';
import { httpWorkers, nativeWorkers, type Workers } from './load/workers.ts';
import type { Figures } from './report/figures.ts';
import type { SystemUnderTest } from './system/started.ts';

export interface BenchOptions {
  readonly workers: 'http' | 'native';
  /** Clients at a time; undefined: what the workload says. */
  readonly concurrency: number | undefined;
  /** Units of one repetition; undefined: what the workload says. */
  readonly count: number | undefined;
}

/** One measured workload. */
export interface Workload {
  readonly title: string;
  /** It measures our own code in this process, so no server is started for it. */
  readonly inProcess?: boolean;
  /** What is aimed at on two cores, by figure. */
  goals(kind: SystemUnderTest['kind'], workers: BenchOptions['workers']): Figures;
  /** Registers what it needs, starts workers, and works until compilers and pools have settled. */
  prepare(bench: Bench): Promise<void>;
  /** One repetition. */
  measure(bench: Bench): Promise<Figures>;
}

/** A system with load on it, for workloads. */
export class Bench {
  readonly system: SystemUnderTest;
  readonly conductor: Conductor;
  readonly options: BenchOptions;
  readonly #workers: Workers[] = [];

  constructor(system: SystemUnderTest, conductor: Conductor, options: BenchOptions) {
    this.system = system;
    this.conductor = conductor;
    this.options = options;
  }

  concurrency(usual: number): number {
    return this.options.concurrency ?? usual;
  }

  count(usual: number): number {
    return this.options.count ?? usual;
  }

  async work(types: readonly string[], pollers = 8): Promise<void> {
    const { kafka } = this.system;
    if (this.options.workers === 'http')
      for (const type of types) this.#workers.push(httpWorkers(this.conductor, type, pollers));
    else if (kafka !== undefined) this.#workers.push(await nativeWorkers(kafka, types));
    else throw new Error('native workers need --kafka: the embedded log belongs to its process');
  }

  /** What the product's processes used while something ran, per unit of it. */
  async used<T>(unit: string, units: number, run: () => Promise<T>): Promise<{ result: T; figures: Figures }> {
    const { processes, beneath } = this.system;
    const beneathBefore = Object.entries(beneath).map(([name, micros]) => ({ name, micros, before: micros() }));
    const before = processes.map((process) => ({ cpu: process.cpuMicros(), written: process.writtenBytes() }));
    const loadBefore = process.cpuUsage();
    const result = await run();
    const load = process.cpuUsage(loadBefore);
    const after = processes.map((process, i) => ({
      name: process.name,
      cpu: (process.cpuMicros() - (before[i]?.cpu ?? 0)) / units,
      written: (process.writtenBytes() - (before[i]?.written ?? 0)) / units,
    }));
    const figures: Record<string, number> = {};
    if (processes.length > 0) {
      figures[`CPU µs/${unit}`] = sum(after.map(({ cpu }) => cpu));
      if (processes.length > 1) for (const { name, cpu } of after) figures[`  ${name} CPU µs/${unit}`] = cpu;
      figures[`written B/${unit}`] = sum(after.map(({ written }) => written));
      figures['resident MiB'] = sum(processes.map((process) => process.residentMiB()));
    }
    // Not in the sum: these are others' programs, though what they are asked for is ours.
    for (const { name, micros, before: at } of beneathBefore)
      figures[`${name} CPU µs/${unit}`] = (micros() - at) / units;
    figures[`load CPU µs/${unit}`] = (load.user + load.system) / units;
    return { result, figures };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((workers) => workers.close()));
    this.conductor.close();
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
