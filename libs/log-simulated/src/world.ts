import type { Clock, Log, LogRecord, StoredRecord, TopicPartition, TopicSpec } from '@partitura/log';
import { Broker } from './broker.ts';
import { calm, type Faults } from './faults.ts';
import { Nature } from './nature.ts';
import type { AskedRequest, Fate } from './network.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';
import { SimulatedLog } from './simulated-log.ts';

export interface WorldOptions {
  readonly seed: number;
  /** Default: none. */
  readonly faults?: Faults;
  /** Wall time at which the world begins, epoch ms. */
  readonly epochMs?: number;
}

/** What one process has of the world. */
export interface SimulatedProcess {
  readonly name: string;
  readonly log: Log;
  readonly clock: Clock;
  isAlive(): boolean;
}

export interface RunBounds {
  /** Default a million. */
  readonly stepsMax?: number;
  /** Virtual milliseconds; default no limit. */
  readonly forMs?: number;
}

/** What a process can be cut off from. */
export type Link = 'log' | 'groups' | 'both';

/** A transaction of an outside producer that was begun in one partition. */
export interface OutsideTransaction {
  add(records: readonly LogRecord[]): void;
  end(as: 'committed' | 'aborted'): void;
}

/**
 * A whole installation in memory: logs, groups, processes, and one virtual time for all of them. Everything that
 * takes time is an item on one agenda; a step takes the next item and then lets all processes run until each waits
 * again. So a run is a function of its seed, and of what the test does between the steps.
 */
export class SimulatedWorld {
  readonly random: Random;
  readonly #nature: Nature;
  readonly #broker: Broker;
  readonly #epochMs: number;
  readonly #processes = new Map<string, { readonly process: Process; readonly log: SimulatedLog }>();

  constructor(options: WorldOptions) {
    this.random = new Random(options.seed);
    this.#nature = new Nature(this.random, options.faults ?? calm);
    this.#broker = new Broker(this.#nature);
    this.#epochMs = options.epochMs ?? 1_700_000_000_000;
  }

  /** Wall time, epoch ms: what brokers stamp, and what processes without skew see. */
  get now(): number {
    return Math.floor(this.#epochMs + this.#nature.agenda.now);
  }
  /** Virtual milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#nature.agenda.now;
  }
  /** Virtual milliseconds until something happens; undefined: nothing ever will. */
  get idleMs(): number | undefined {
    const due = this.#nature.agenda.nextDue;
    return due === undefined ? undefined : due - this.#nature.agenda.now;
  }
  /** How often each fault really fired. */
  get counters(): ReadonlyMap<string, number> {
    return this.#nature.counters;
  }

  /** From now on. */
  setFaults(faults: Faults): void {
    this.#nature.faults = faults;
  }

  /** Puts fates of single requests into the test's hands: the first word on each is `direct`'s, the rest is chance. */
  direct(direct: (request: AskedRequest) => Fate | undefined): void {
    this.#nature.direct = direct;
  }

  /** The process of that name; a new life of it if it was killed, or never lived. */
  process(name: string): SimulatedProcess {
    let entry = this.#processes.get(name);
    if (!entry?.process.alive) {
      const process = new Process(name, this.#nature, this.#epochMs);
      entry = { process, log: new SimulatedLog(this.#nature, this.#broker, process, () => this.now) };
      this.#processes.set(name, entry);
    }
    const { process, log } = entry;
    return { name, log, clock: process.clock, isAlive: () => process.alive };
  }

  isAlive(name: string): boolean {
    return this.#processes.get(name)?.process.alive ?? false;
  }

  /** Ends a process at once: nothing it waits for ever comes; requests under way may still be carried out. */
  kill(name: string): void {
    const process = this.#find(name);
    this.#nature.count('kill');
    process.kill();
    this.#notice(process);
  }
  /** The process dies in its `calls`-th request from now: just before it leaves, or just after. */
  killAtCall(name: string, calls: number): void {
    const process = this.#find(name);
    process.crashAtCall(calls, () => {
      process.kill();
      this.#notice(process);
    });
  }

  /** Stops a process without its knowing; it becomes a zombie when its groups move on. */
  freeze(name: string): void {
    this.#nature.count('freeze');
    this.#find(name).freeze();
    this.#notice(this.#find(name));
  }
  thaw(name: string): void {
    this.#find(name).thaw();
    this.#notice(this.#find(name));
  }

  /** Cuts a process off. Cut off from its groups alone it goes on working beside its successor. */
  cut(name: string, link: Link): void {
    this.#nature.count(`cut from ${link}`);
    this.#setLink(name, link, true);
  }
  heal(name: string, link: Link): void {
    this.#setLink(name, link, false);
  }

  /** Sets the wall clock of a process ahead by `ms`, or behind. */
  setSkew(name: string, ms: number): void {
    this.#find(name).skewMs = ms;
  }

  /** Hands out the numbers of a group anew, without regard for who had them. */
  shuffle(group: string): void {
    this.#nature.count('shuffle');
    this.#broker.group(group).rebalance(true);
  }

  /**
   * Loses acknowledged records: everything from `end` on, as when a broker that lagged behind takes over. Readers find
   * the new one after `awayMs`; by then it may have grown again.
   */
  truncate(at: TopicPartition, end: number, awayMs = 0): void {
    this.#nature.count('truncation');
    const log = this.#broker.log(at);
    log.truncate(end);
    this.#nature.agenda.plan(awayMs, () => log.reconnect());
  }
  trim(at: TopicPartition, before: number): void {
    this.#broker.log(at).trim(before);
  }

  createTopics(specs: readonly TopicSpec[]): void {
    this.#broker.create(specs);
  }
  /** The partitions of a topic; none if it does not exist. */
  partitions(topic: string): readonly TopicPartition[] {
    return this.#broker.partitions(topic);
  }
  offsets(at: TopicPartition): { readonly start: number; readonly end: number } {
    const { start, end } = this.#broker.log(at);
    return { start, end };
  }
  /** What a group has committed for a partition; 0 if nothing. */
  committed(group: string, at: TopicPartition): number {
    return this.#broker.group(group).committed(at)?.offset ?? 0;
  }
  /** Every record that a partition has, also those that were trimmed. */
  everything(at: TopicPartition): readonly StoredRecord[] {
    return this.#broker.log(at).everything();
  }
  /** Appends as if by somebody outside, at once and without faults. */
  put(at: TopicPartition, records: readonly LogRecord[]): number {
    return this.#broker.log(at).append(records, this.now);
  }
  /** Begins a transaction of somebody outside. */
  transaction(at: TopicPartition): OutsideTransaction {
    const log = this.#broker.log(at);
    const transaction = log.begin();
    return {
      add: (records) => void log.append(records, this.now, transaction),
      end: (as) => log.finish(transaction, as),
    };
  }

  /** Plans something of the test's own in the world's time; happens outside of all processes. */
  after(delayMs: number, task: () => void): () => void {
    return this.#nature.agenda.plan(delayMs, () => {
      this.#nature.stir();
      task();
    });
  }

  /** Takes one thing off the agenda and lets everybody run until they wait; false when nothing was left. */
  async step(): Promise<boolean> {
    const what = this.#nature.agenda.next();
    if (!what) return false;
    if (this.#nature.turn(what)) await settled();
    return true;
  }

  /** Steps until the condition holds, checked between steps. Throws when nothing is left, or a bound is reached. */
  async run(until: () => boolean, bounds: RunBounds = {}): Promise<void> {
    const { stepsMax = 1_000_000, forMs = Infinity } = bounds;
    const end = this.elapsedMs + forMs;
    await settled();
    for (let steps = 0; !until(); steps++) {
      if (steps >= stepsMax) throw new Error(`the condition did not come true in ${stepsMax} steps`);
      if ((this.#nature.agenda.nextDue ?? 0) > end) throw new Error(`the condition did not come true in ${forMs} ms`);
      if (!(await this.step())) throw new Error('nothing is left to happen, and the condition is not true');
    }
  }

  /** Steps for a while of virtual time. */
  async pass(ms: number): Promise<void> {
    let over = false;
    this.after(ms, () => (over = true));
    await this.run(() => over);
  }

  /** Steps until a promise is settled, and hands on its outcome. */
  async resolve<T>(promise: Promise<T>, bounds?: RunBounds): Promise<T> {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    await this.run(() => done, bounds);
    return promise;
  }

  #setLink(name: string, link: Link, cut: boolean): void {
    const process = this.#find(name);
    if (link !== 'groups') process.cutFromLog = cut;
    if (link !== 'log') process.cutFromGroups = cut;
    this.#notice(process);
  }

  #notice(process: Process): void {
    for (const group of this.#broker.groups()) group.notice(process);
  }

  #find(name: string): Process {
    const entry = this.#processes.get(name);
    if (!entry) throw new Error(`there is no process ${name}`);
    return entry.process;
  }
}

/** Resolves after every promise callback that can run has run. No time passes: this only empties the queue. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
