import type { TaskRecord } from '@partitura/model';
import type { Clock, Log } from '@partitura/log';
import type { Queue } from '@partitura/wire';
import { Company } from './company.ts';
import type { Poll } from './poll.ts';
import type { Receiver } from './port.ts';
import type { StartedReport, StartedReports } from './started-reports.ts';
import { QueuePartition, type QueueLoad, type Ready } from './queue-partition.ts';
import { ReadyBuffer } from './ready-buffer.ts';

/** How long a batch poll that has a task waits for company, where company is to be expected. */
const lingerMs = 2;
const commitEveryMs = 50;
const retryMs = 200;
/** How long a queue that was just opened waits for its partitions, so that the highest priority of all goes first. */
const settleMs = 100;
/** How long an offer to a peer stays reserved. */
const offerMs = 1_000;
const nativeNote = 'native workers consume this queue; HTTP polls get nothing while they do';

export interface TaskQueueOptions {
  readonly queue: Queue;
  readonly topic: string;
  readonly group: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly reports: StartedReports;
  readonly onAlarm: (what: string, why: unknown) => void;
}

/** A ready record as a peer's client may take it. */
export interface Offer {
  readonly id: number;
  readonly task: TaskRecord;
}

/** This instance's share of one task queue: the partitions it owns, what is ready, who waits. */
export class TaskQueue {
  readonly queue: Queue;
  readonly topic: string;
  readonly #options: TaskQueueOptions;
  readonly #partitions = new Map<number, QueuePartition>();
  readonly #opening = new Set<number>();
  #wanted: ReadonlySet<number> = new Set();
  /** Partitions that are read for the first time; nothing is handed out before. Absent: that is over. */
  #settling: Set<number> | undefined = new Set();
  readonly #ready = new ReadyBuffer<Ready>();
  readonly #company = new Company();
  /** Oldest first. */
  readonly #parked = new Set<Parked>();
  readonly #offers = new Map<number, { readonly ready: Ready; readonly expire: () => void }>();
  #nextOffer = 1;
  #commitTimer: (() => void) | undefined;
  #committing = false;
  #native = false;
  lastPolled: number;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
    this.queue = options.queue;
    this.topic = options.topic;
    this.lastPolled = options.clock.monotonic();
  }

  /** Why nothing is handed out, if that is so. */
  get note(): string | undefined {
    return this.#native ? nativeNote : undefined;
  }

  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  /** Reads exactly these partitions from now on. */
  own(partitions: ReadonlySet<number>): void {
    this.#wanted = this.#native ? new Set() : partitions;
    for (const [number, partition] of this.#partitions) if (!this.#wanted.has(number)) this.#close(number, partition);
    if (this.#settling?.size === 0 && this.#wanted.size > 0) {
      this.#settling = new Set(this.#wanted);
      this.#options.clock.after(settleMs, () => this.#settled());
    }
    for (const number of this.#wanted) void this.#open(number);
  }

  /** What is known here of a partition that ends at `end`: undefined when it is not read here. */
  load(partition: number, end: number): QueueLoad | undefined {
    return this.#partitions.get(partition)?.load(end);
  }

  /** Parks a client of this instance. */
  park(poll: Poll<TaskRecord>, waitMs: number): void {
    this.lastPolled = this.#options.clock.monotonic();
    const parked: Parked = {
      wants: () => poll.wants,
      has: () => poll.has,
      take: (ready) => this.#handOut(ready, poll, () => this.#linger(parked)),
      end: () => poll.end(),
    };
    this.#park(parked, waitMs, (done) => poll.whenSettled(done));
  }

  /** Parks a client of a peer: what it gets is reserved, not handed out. */
  parkForPeer(poll: Poll<Offer>, waitMs: number): void {
    this.lastPolled = this.#options.clock.monotonic();
    this.#park(
      {
        wants: () => poll.wants,
        has: () => poll.has,
        take: (ready) => poll.give(this.#reserve(ready)),
        end: () => poll.end(),
      },
      waitMs,
      (done) => poll.whenSettled(done),
    );
  }

  /** Hands reserved records out; false for those whose time was over or that the decider refuses. */
  async claim(ids: readonly number[], to: Receiver): Promise<readonly boolean[]> {
    return Promise.all(
      ids.map(async (id) => {
        const ready = this.#release(id);
        if (ready === undefined) return false;
        if (this.#isDoubtful(ready)) return this.#ask(ready, to);
        this.#report(ready, to);
        return true;
      }),
    );
  }

  /** Puts reserved records back to the front. */
  decline(ids: readonly number[]): void {
    for (const id of ids) {
      const ready = this.#release(id);
      if (ready !== undefined) this.#giveBack(ready);
    }
    this.#serve();
  }

  async close(): Promise<void> {
    for (const parked of this.#parked) parked.end();
    await this.#commit();
    this.#commitTimer?.();
    this.own(new Set());
  }

  #park(parked: Parked, waitMs: number, whenSettled: (done: () => void) => void): void {
    const { clock } = this.#options;
    this.#parked.add(parked);
    const cancel = clock.after(waitMs, () => parked.end());
    whenSettled(() => {
      cancel();
      this.#parked.delete(parked);
    });
    this.#serve();
  }

  /** One partition has caught up, or all have had their time. */
  #settled(number?: number): void {
    if (this.#settling === undefined) return;
    if (number !== undefined) {
      this.#settling.delete(number);
      if (this.#settling.size > 0) return;
    }
    this.#settling = undefined;
    this.#serve();
  }

  #serve(): void {
    if (this.#settling !== undefined) return;
    for (const parked of this.#parked) {
      if (this.#ready.size === 0) return;
      while (parked.wants() > 0) {
        const ready = this.#ready.take();
        if (ready === undefined) break;
        ready.from.taken(ready);
        parked.take(ready);
      }
      this.#linger(parked);
    }
  }

  /** Who has something waits for more only if more is to be expected, and then only a moment. */
  #linger(parked: Parked): void {
    const had = parked.has();
    if (had === 0 || parked.wants() === 0 || parked.lingers === true) return;
    const { clock } = this.#options;
    if (!this.#company.expected) {
      parked.end();
      this.#company.left(clock.monotonic());
      return;
    }
    parked.lingers = true;
    clock.after(lingerMs, () => {
      this.#company.waited(parked.has() > had);
      parked.end();
    });
  }

  #handOut(ready: Ready, poll: Poll<TaskRecord>, answered: () => void): void {
    if (this.#isDoubtful(ready)) {
      void poll.giveIf(this.#ask(ready, poll.to), ready.task).then(() => {
        answered();
        this.#serve();
      });
      return;
    }
    this.#report(ready, poll.to);
    poll.give(ready.task);
  }

  #isDoubtful({ doubtfulFrom }: Ready): boolean {
    return this.#options.clock.now() >= doubtfulFrom;
  }

  /** The decider's word decides; either way the record is done with, unless there is no word. */
  async #ask(ready: Ready, to: Receiver): Promise<boolean> {
    try {
      const accepted = await this.#options.reports.ask(reportOf(ready.task, to, this.#options.clock.now()));
      ready.from.finish(ready.offset);
      return accepted;
    } catch (error) {
      this.#options.onAlarm(`a task of ${this.topic} could not be confirmed and waits`, error);
      this.#options.clock.after(retryMs, () => {
        this.#giveBack(ready);
        this.#serve();
      });
      return false;
    }
  }

  /** The record is done once the report is durable; until then it is reported again and again. */
  #report(ready: Ready, to: Receiver, at = this.#options.clock.now()): void {
    this.#options.reports.report(reportOf(ready.task, to, at)).then(
      (what) => {
        if (what === 'reported') ready.from.finish(ready.offset);
        else {
          this.#giveBack(ready);
          this.#serve();
        }
      },
      (error: unknown) => {
        if (ready.from.isClosed) return;
        this.#options.onAlarm(`a hand-out of ${this.topic} could not be reported yet`, error);
        this.#options.clock.after(retryMs, () => this.#report(ready, to, at));
      },
    );
  }

  #reserve(ready: Ready): Offer {
    const id = this.#nextOffer++;
    const cancel = this.#options.clock.after(offerMs, () => this.decline([id]));
    this.#offers.set(id, { ready, expire: cancel });
    return { id, task: ready.task };
  }

  #release(id: number): Ready | undefined {
    const offer = this.#offers.get(id);
    this.#offers.delete(id);
    offer?.expire();
    return offer?.ready.from.isClosed === true ? undefined : offer?.ready;
  }

  #giveBack(ready: Ready): void {
    if (ready.from.isClosed) return;
    ready.from.returned(ready);
    this.#ready.unshift(ready.task.priority, ready);
  }

  async #open(number: number): Promise<void> {
    if (!this.#wanted.has(number) || this.#partitions.has(number) || this.#opening.has(number)) return;
    this.#opening.add(number);
    const { log, topic, group, clock, onAlarm } = this.#options;
    try {
      const partition = await QueuePartition.open({
        log,
        topic,
        partition: number,
        group,
        onReady: (ready) => {
          for (const entry of ready) this.#ready.push(entry.task.priority, entry);
          this.#company.came(clock.monotonic());
          this.#serve();
        },
        onCaughtUp: () => this.#settled(number),
        onDone: () => this.#commitSoon(),
        onEnd: (why) => {
          onAlarm(`partition ${number} of ${topic} cannot be read`, why);
          const current = this.#partitions.get(number);
          if (current !== undefined) this.#close(number, current);
          clock.after(retryMs, () => void this.#open(number));
        },
        onUnreadable: (offset, why) => onAlarm(`record ${offset} of partition ${number} of ${topic} is no task`, why),
      });
      if (this.#wanted.has(number)) this.#partitions.set(number, partition);
      else partition.close();
    } catch (error) {
      onAlarm(`partition ${number} of ${topic} cannot be read`, error);
      clock.after(retryMs, () => void this.#open(number));
    } finally {
      this.#opening.delete(number);
    }
  }

  #close(number: number, partition: QueuePartition): void {
    partition.close();
    this.#partitions.delete(number);
    this.#ready.keep((ready) => ready.from !== partition);
  }

  #commitSoon(): void {
    this.#commitTimer ??= this.#options.clock.after(commitEveryMs, () => {
      this.#commitTimer = undefined;
      void this.#commit();
    });
  }

  async #commit(): Promise<void> {
    if (this.#committing) {
      this.#commitSoon();
      return;
    }
    const partitions = [...this.#partitions.values()];
    const positions = partitions.map((partition) => partition.position()).filter((position) => position !== undefined);
    if (positions.length === 0) return;
    this.#committing = true;
    try {
      await this.#options.log.commit(this.#options.group, positions);
    } catch (error) {
      for (const partition of partitions) partition.forgetCommit();
      if (isGroupWithMembers(error)) this.#yieldToNativeWorkers();
      else {
        this.#options.onAlarm(`progress of ${this.topic} could not be committed yet`, error);
        this.#options.clock.after(retryMs, () => this.#commitSoon());
      }
    } finally {
      this.#committing = false;
    }
  }

  /** Native members own this group now: handing out the same records as well would run tasks twice. */
  #yieldToNativeWorkers(): void {
    this.#native = true;
    this.#options.onAlarm(`${this.topic} is left to its native workers`, undefined);
    this.own(new Set());
    for (const parked of this.#parked) parked.end();
  }
}

interface Parked {
  wants(): number;
  /** How many it got. */
  has(): number;
  take(ready: Ready): void;
  end(): void;
  lingers?: boolean;
}

function reportOf(task: TaskRecord, { workerId, principal }: Receiver, at: number): StartedReport {
  const { workflowId, taskId, dispatch } = task;
  return {
    workflowId,
    taskId,
    dispatch,
    at,
    ...(workerId !== undefined && { workerId }),
    ...(principal !== undefined && { principal }),
  };
}

function isGroupWithMembers(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'GROUP_HAS_MEMBERS';
}
