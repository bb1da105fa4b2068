import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandBus } from '@partitura/command-bus';
import { workflowDecider, type WorkflowState } from '@partitura/engine';
import {
  hostPartitions,
  journalDefaults,
  type DefinitionsView,
  type Domain,
  type JournalCodec,
  type JournalSettings,
  type PartitionHost,
} from '@partitura/journal';
import { openEmbeddedLog } from '@partitura/log-embedded';
import type { Log } from '@partitura/log';
import { commandId, workflowId, type Outcome, type TaskId, type WorkflowCommand } from '@partitura/model';
import { taskKinds } from '@partitura/tasks';
import { topicSpecs } from '@partitura/wire';
import { clock } from './load/clock.ts';
import { onePartitionCodec, onePartitionTopics } from './one-partition.ts';

/** What the decisions of one stretch have cost. CPU in ms, of everything between deciding and applying the entry. */
export interface Costs {
  decisions: number;
  events: number;
  /** Deciding alone. */
  longestDecideMs: number;
  /** Deciding, encoding, reacting, applying: as long as nobody else has their turn. */
  longestMs: number;
  longestOf: string;
  largestEntryBytes: number;
  /** Writing a state as bytes for a snapshot. */
  longestSnapshotMs: number;
  snapshotBytes: number;
}

const noCosts = (): Costs => ({
  decisions: 0,
  events: 0,
  longestDecideMs: 0,
  longestMs: 0,
  longestOf: '',
  largestEntryBytes: 0,
  longestSnapshotMs: 0,
  snapshotBytes: 0,
});

/** CPU of something that takes its time. Asking the system costs more than a small decision, so that is rarely done. */
class Stopwatch {
  #at = 0;
  #asked = -Infinity;
  #cpu = 0;

  get isRunning(): boolean {
    return this.#at > 0;
  }

  start(): void {
    this.#at = performance.now();
    if (this.#at - this.#asked < askedForMs) return;
    this.#asked = this.#at;
    this.#cpu = cpuMs();
  }

  /** CPU ms since the start; of what is short, the time by the wall. */
  get spentMs(): number {
    const elapsed = performance.now() - this.#at;
    return elapsed < shortMs ? elapsed : cpuMs() - this.#cpu;
  }

  stop(): void {
    this.#at = 0;
  }
}
const askedForMs = 2;
const shortMs = 5;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const namespace = 'bounded';
/** Definitions travel with the starts. */
const noDefinitions: DefinitionsView = {
  position: 0,
  reached: () => Promise.resolve(true),
  workflow: () => undefined,
  task: () => undefined,
  latestVersion: () => undefined,
};

/**
 * One partition of the product on an embedded log, in this process, with the real aggregates, runtime and codecs. Every
 * decision is looked at: what it cost, how large its entry is, which tasks it hands out.
 */
export class ObservedPartition {
  readonly #directory = mkdtempSync(join(tmpdir(), 'partitura-bounded-'));
  readonly #settings: Partial<JournalSettings>;
  readonly #states = new Map<string, WorkflowState>();
  /** By workflow, tasks that were handed out and not taken yet. */
  readonly #handedOut = new Map<string, TaskId[]>();
  readonly restored: { records: number; bytes: number; tookMs: number }[] = [];
  readonly alarms: string[] = [];
  costs: Costs = noCosts();
  #log: Log | undefined;
  #host: PartitionHost | undefined;
  #bus: CommandBus | undefined;
  readonly #watch = new Stopwatch();
  #doing = '';
  #commands = 0;
  /** Longest time by the wall in which nothing but one turn of the event loop happened. */
  longestTurnMs = 0;
  #looked = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(settings: Partial<JournalSettings> = {}) {
    this.#settings = settings;
  }

  async open(): Promise<void> {
    this.#looking ??= setInterval(() => {
      const now = performance.now();
      this.longestTurnMs = Math.max(this.longestTurnMs, now - this.#looked - 1);
      this.#looked = now;
    }, 1);
    const log = await openEmbeddedLog({ directory: this.#directory, fsync: false });
    this.#log = log;
    await log.createTopics(topicSpecs(namespace, 1));
    let isOwning: () => void = () => undefined;
    const owning = new Promise<void>((resolve) => (isOwning = resolve));
    this.#host = await hostPartitions({
      log,
      clock,
      domain: this.#observedDomain(),
      codec: this.#observedCodec(),
      topics: onePartitionTopics(namespace),
      partitionOf: () => 0,
      definitions: noDefinitions,
      reviveTask: () => {
        throw new Error('there is no archive here');
      },
      freshToken: () => `${process.pid}-${performance.now()}`,
      observer: {
        alarm: ({ code, message }) => {
          this.alarms.push(`${code}: ${message}`);
          console.error(`  alarm ${code}: ${message}`);
        },
        phase: (_, phase) => phase === 'owning' && isOwning(),
        restored: (_, records, bytes, tookMs) => this.restored.push({ records, bytes, tookMs }),
      },
      settings: { ...journalDefaults, owner: 'bench', partitions: 1, closedMemoryMs: 3_600_000, ...this.#settings },
    });
    await owning;
    this.#bus = await CommandBus.open({
      log,
      clock,
      namespace,
      partitions: 1,
      instance: `bench-${process.pid}`,
      sender: { as: 'product' },
      onAlarm: (what, why) => console.error(what, why),
    });
  }

  async close(): Promise<void> {
    this.#bus?.close();
    await this.#host?.close();
    await this.#log?.close();
  }

  async reopen(): Promise<void> {
    await this.close();
    await this.open();
  }

  remove(): void {
    clearInterval(this.#looking);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Begins to count anew. */
  begin(): void {
    this.costs = noCosts();
    this.longestTurnMs = 0;
    this.#looked = performance.now();
  }

  async tell(id: string, body: WorkflowCommand): Promise<Outcome> {
    if (this.#bus === undefined) throw new Error('not open');
    const order = { commandId: commandId(`c${++this.#commands}`), aggregate: workflowId(id), body };
    return (await this.#bus.call(order, 600_000)).outcome;
  }

  state(id: string): Extract<WorkflowState, { readonly tasks: unknown }> {
    const state = this.#states.get(id);
    if (state === undefined || state.phase === 'absent' || state.phase === 'refused') throw new Error(`no run ${id}`);
    return state;
  }

  /** Tasks of a run that wait for a worker, oldest first, at most so many. */
  take(id: string, most: number): readonly TaskId[] {
    return this.#handedOut.get(id)?.splice(0, most) ?? [];
  }

  #observedDomain(): Domain {
    const inner = workflowDecider(taskKinds) as unknown as Domain;
    return {
      ...inner,
      decide: (state, command, context) => {
        this.#watch.start();
        const decision = inner.decide(state, command, context);
        this.costs.longestDecideMs = Math.max(this.costs.longestDecideMs, this.#watch.spentMs);
        if (decision.kind === 'accepted') {
          this.#states.set(context.aggregate, decision.state as WorkflowState);
          this.costs.decisions += 1;
          this.costs.events += decision.events.length;
        }
        this.#doing = `${command.type}, ${decision.kind === 'accepted' ? decision.events.length : 'no'} events`;
        return decision;
      },
      react: (state, event, context) => {
        const effects = inner.react(state, event, context);
        for (const effect of effects) {
          if (effect.kind !== 'DispatchTask') continue;
          const tasks = this.#handedOut.get(context.aggregate);
          if (tasks === undefined) this.#handedOut.set(context.aggregate, [effect.task.taskId]);
          else tasks.push(effect.task.taskId);
        }
        return effects;
      },
      // The last that is asked about an entry: it has been encoded, reacted to and applied by then.
      isClosed: (state) => {
        const closed = inner.isClosed(state);
        if (this.#watch.isRunning) this.#decided(this.#watch.spentMs);
        return closed;
      },
      encodeState: (state) => this.#snapshot(() => inner.encodeState(state)),
      stateEncoder: (state) => {
        const encoder = inner.stateEncoder?.(state);
        return encoder && { ...encoder, encode: (now) => this.#snapshot(() => encoder.encode(now)) };
      },
    };
  }

  #snapshot(write: () => Uint8Array): Uint8Array {
    const began = cpuMs();
    const bytes = write();
    this.costs.longestSnapshotMs = Math.max(this.costs.longestSnapshotMs, cpuMs() - began);
    this.costs.snapshotBytes = Math.max(this.costs.snapshotBytes, bytes.length);
    return bytes;
  }

  #decided(spent: number): void {
    this.#watch.stop();
    if (spent <= this.costs.longestMs) return;
    this.costs.longestMs = spent;
    this.costs.longestOf = this.#doing;
  }

  #observedCodec(): JournalCodec {
    const codec = onePartitionCodec(namespace);
    return {
      ...codec,
      encodeEntry: (record) => {
        const entry = codec.encodeEntry(record);
        this.costs.largestEntryBytes = Math.max(this.costs.largestEntryBytes, entry.value?.length ?? 0);
        return entry;
      },
    };
  }
}
