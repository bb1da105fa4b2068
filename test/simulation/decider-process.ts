import {
  hostPartitions,
  journalDefaults,
  type Alarm,
  type JournalPorts,
  type JournalSettings,
  type PartitionHost,
  type PartitionStatus,
  type Rules,
} from '@partitura/journal';
import type { SimulatedProcess, SimulatedWorld } from '@partitura/log-simulated';
import type { toyDomain } from './domain/toy-domain.ts';
import { restate, reviveTask, type Installation } from './installation.ts';

/** Bounds small enough that every one of them is reached in a minute of virtual time. */
export const smallSettings: Omit<JournalSettings, 'owner' | 'partitions'> = {
  ...journalDefaults,
  batchEntries: 12,
  eventsPerDecision: 6,
  closedWindowMs: 12_000,
  closedCount: 3,
  closedMemoryMs: 1_500,
  closedMemoryCount: 2,
  residentAggregates: 2,
  reviveAgainMs: 900,
  reviveBoundMs: 5_000,
  silenceMs: 300,
  deadlineGraceMs: 2_000,
  checkpointBytes: 2_500,
  carryBytes: 300,
  snapshotPartBytes: 90,
  retryMs: 20,
  retryMaxMs: 300,
  drainMs: 1_000,
};

export interface DeciderOptions {
  readonly world: SimulatedWorld;
  readonly installation: Installation;
  readonly domain: ReturnType<typeof toyDomain>;
  readonly rules: Rules;
  readonly settings: typeof smallSettings;
  /** Every alarm of every life. */
  readonly onAlarm: (process: string, alarm: Alarm) => void;
}

/** A decider as a supervisor keeps it: started, killed, started again. */
export class DeciderProcess {
  readonly name: string;
  readonly #options: DeciderOptions;
  #process: SimulatedProcess | undefined;
  #host: PartitionHost | undefined;
  #life = 0;

  constructor(name: string, options: DeciderOptions) {
    this.name = name;
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#process?.isAlive() ?? false;
  }

  partitions(): readonly PartitionStatus[] {
    return this.isAlive ? (this.#host?.partitions() ?? []) : [];
  }

  start(): void {
    if (this.isAlive) return;
    this.#host = undefined;
    const process = this.#options.world.process(this.name);
    this.#process = process;
    const life = ++this.#life;
    const attempt = (): void => {
      hostPartitions(this.#ports(process)).then(
        (host) => {
          if (life === this.#life) this.#host = host;
        },
        (why: unknown) => {
          if ((why as { retryable?: boolean }).retryable !== true) throw why;
          process.clock.after(200, attempt);
        },
      );
    };
    attempt();
  }

  /** Leaves in order. */
  close(): Promise<void> {
    return this.#host?.close() ?? Promise.resolve();
  }

  #ports(process: SimulatedProcess): JournalPorts {
    const { world, installation, domain, rules, settings, onAlarm } = this.#options;
    return {
      log: process.log,
      clock: process.clock,
      domain: domain,
      codec: installation.codec,
      topics: installation.topics,
      partitionOf: (id) => installation.partitionOf(id),
      definitions: {
        workflow: () => undefined,
        task: () => undefined,
        latestVersion: () => undefined,
        position: 0,
        reached: () => Promise.resolve(true),
      },
      reviveTask,
      restate: (id, state, revision) => restate(id, state, revision),
      freshToken: () => `${this.name}-${Math.floor(world.random.next() * 1e9).toString(36)}`,
      observer: { alarm: (alarm) => onAlarm(this.name, alarm) },
      settings: {
        ...settings,
        owner: `${this.name}.${this.#life}`,
        partitions: installation.partitions,
      },
      rules,
    };
  }
}
