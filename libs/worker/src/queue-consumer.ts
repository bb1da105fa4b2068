import {
  DoneRanges,
  sleep,
  type Clock,
  type Log,
  type StoredRecord,
  type WorkBatch,
  type Working,
} from '@partitura/log';
import type { TaskLog, TaskRecord } from '@partitura/model';
import { groupNames, taskCodec, topicNames, type Queue } from '@partitura/wire';
import { DispatchMemory } from './dispatch-memory.ts';
import { failureOf, type TaskOutcome } from './task-outcome.ts';
import type { Reports } from './task-reports.ts';

export interface QueueConsumerOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly reports: Reports;
  readonly namespace: string;
  readonly queue: Queue;
  /** Attempts worked on at once. */
  readonly concurrency: number;
  /** One attempt. Throwing fails it. `signal` is aborted when the worker stops and will not wait any longer. */
  readonly execute: (task: TaskRecord, attempt: Attempt) => Promise<TaskOutcome>;
  readonly onAlarm: (what: string, why: unknown) => void;
}

/** What an attempt can do besides ending. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** Travels with the result. */
  log(message: string): void;
}

export interface QueueConsumer {
  readonly running: number;
  /** Takes nothing new; waits for attempts in hand up to the bound, aborts the rest (they will be handed out again). */
  close(drainMs: number): Promise<void>;
}

const lookEveryMs = 250;
const commitEveryMs = 50;
const doubtfulAfterMs = 60_000;
const askTimeoutMs = 30_000;
const retryMs = 200;
const memoryMax = 100_000;
/** Heartbeats are sent at this fraction of the response time-out. */
const leaseFraction = 0.4;

/**
 * Works on one queue as a member of its consumer group. The decider hears when an attempt begins and how it ended;
 * a record is committed once its result is durable, so that a crash repeats and never loses. Repeats are dropped by
 * (task id, dispatch); a record that may have been worked on elsewhere waits for the decider's word.
 */
export async function consumeQueue(options: QueueConsumerOptions): Promise<QueueConsumer> {
  const consumer = new Consumer(options);
  await consumer.start();
  return consumer;
}

class Consumer implements QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #topic: string;
  readonly #memory = new DispatchMemory(memoryMax);
  readonly #done = new Map<number, DoneRanges>();
  readonly #begun = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #slots: (() => void)[] = [];
  /** Where each partition stood when it was given to us: records before may have been worked on by others. */
  readonly #doubtBelow = new Map<number, number>();
  #free: number;
  #working: Working | undefined;
  #closing = false;
  #commitTimer: (() => void) | undefined;
  #committing = false;
  #dirty = new Set<number>();

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    this.#free = options.concurrency;
    this.#topic = topicNames(options.namespace).tasks(options.queue.type, options.queue.domain);
  }

  get running(): number {
    return this.#begun.size;
  }

  async start(): Promise<void> {
    const { log, clock, namespace, queue, onAlarm } = this.#options;
    // The first dispatch makes the topic.
    void (async () => {
      while (!this.#closing) {
        try {
          if ((await log.describeTopics([this.#topic])).has(this.#topic)) break;
        } catch (error) {
          onAlarm(`topic ${this.#topic} could not be looked up`, error);
        }
        await sleep(clock, lookEveryMs);
      }
      if (!this.#closing) await this.#join(groupNames(namespace).queue(queue.type, queue.domain));
    })();
  }

  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    // What waits for a slot is not begun any more.
    for (const release of this.#slots.splice(0)) release();
    await Promise.race([Promise.all(this.#begun), sleep(this.#options.clock, drainMs)]);
    this.#stop.abort();
    this.#commitTimer?.();
    await this.#commit();
    await this.#working?.close();
  }

  async #join(group: string): Promise<void> {
    const { log, clock, onAlarm } = this.#options;
    const again = (why: unknown): void => {
      if (this.#closing) return;
      onAlarm(`${this.#topic} cannot be consumed; trying again`, why);
      clock.after(retryMs * 5, () => void this.#join(group));
    };
    try {
      this.#working = await log.work({
        group,
        topics: [this.#topic],
        onBatch: (batch) => this.#take(batch),
        onRevoked: (partitions) => {
          for (const { partition } of partitions) {
            this.#done.delete(partition);
            this.#doubtBelow.delete(partition);
          }
        },
        onEnd: again,
      });
    } catch (error) {
      again(error);
    }
  }

  async #take(batch: WorkBatch): Promise<void> {
    const { partition, records } = batch;
    const first = records[0];
    if (first === undefined) return;
    if (!this.#doubtBelow.has(partition)) {
      const { end } = await this.#options.log.offsets(this.#topic, partition);
      this.#doubtBelow.set(partition, end);
    }
    const done = this.#done.get(partition) ?? new DoneRanges(first.offset);
    this.#done.set(partition, done);
    // Offsets between records hold nothing that anybody could finish.
    let next = first.offset;
    for (const record of records) {
      if (record.offset > next) done.add(next, record.offset);
      next = record.offset + 1;
      await this.#slot();
      if (this.#closing || !batch.isCurrent()) {
        this.#leave();
        return;
      }
      const attempt = this.#attempt(record, partition, batch).finally(() => {
        this.#begun.delete(attempt);
        this.#leave();
      });
      this.#begun.add(attempt);
    }
  }

  async #slot(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#slots.push(resolve));
  }

  #leave(): void {
    const next = this.#slots.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  async #attempt(record: StoredRecord, partition: number, batch: WorkBatch): Promise<void> {
    const finish = (): void => {
      if (!batch.isCurrent()) return;
      this.#done.get(partition)?.add(record.offset);
      this.#dirty.add(partition);
      this.#commitSoon();
    };
    const task = this.#decode(record);
    if (task === undefined || !this.#memory.begin(task.taskId, task.dispatch)) {
      finish();
      return;
    }
    try {
      if (await this.#mayBegin(task, record, partition)) await this.#work(task);
      finish();
    } catch (error) {
      // Not finished, so not committed: the record comes again, here or elsewhere.
      this.#memory.forget(task.taskId, task.dispatch);
      if (!this.#closing) this.#options.onAlarm(`a task of ${this.#topic} could not be reported`, error);
    }
  }

  #decode(record: StoredRecord): TaskRecord | undefined {
    try {
      return record.value === null ? undefined : taskCodec.decode(record.value);
    } catch (error) {
      this.#options.onAlarm(`record ${record.offset} of ${this.#topic} is no task`, error);
      return undefined;
    }
  }

  async #mayBegin(task: TaskRecord, record: StoredRecord, partition: number): Promise<boolean> {
    const old = this.#options.clock.now() - record.timestamp > doubtfulAfterMs;
    if (!old && record.offset >= (this.#doubtBelow.get(partition) ?? 0)) {
      // Order on the commands topic puts this before the result; there is no need to wait for it.
      this.#untilDurable(() => this.#options.reports.started(task)).catch(() => undefined);
      return true;
    }
    return this.#untilDurable(() => this.#options.reports.askToStart(task, askTimeoutMs));
  }

  async #work(task: TaskRecord): Promise<void> {
    const logs: TaskLog[] = [];
    const { clock, execute } = this.#options;
    const stopBeating = this.#keepLease(task);
    let outcome: TaskOutcome;
    try {
      outcome = await execute(task, {
        signal: this.#stop.signal,
        log: (message) => logs.push({ message, at: clock.now() }),
      });
    } catch (error) {
      if (this.#stop.signal.aborted) throw error;
      outcome = failureOf(error);
    } finally {
      stopBeating();
    }
    await this.#untilDurable(() => this.#options.reports.ended(task, outcome, logs));
  }

  #keepLease(task: TaskRecord): () => void {
    const everyMs = task.responseTimeoutSeconds * 1_000 * leaseFraction;
    if (everyMs <= 0) return () => undefined;
    let beat = 0;
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = this.#options.clock.after(everyMs, () => {
        this.#options.reports.extendLease(task, ++beat).catch(() => undefined);
        next();
      });
    };
    next();
    return () => cancel();
  }

  /** Reports are idempotent: repeated until the log has them, or until we stop. */
  async #untilDurable<T>(report: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await report();
      } catch (error) {
        if (this.#stop.signal.aborted) throw error;
        this.#options.onAlarm(`a report about ${this.#topic} is repeated`, error);
        await sleep(this.#options.clock, retryMs);
      }
    }
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
    const dirty = [...this.#dirty];
    this.#dirty = new Set();
    const positions = dirty.flatMap((partition) => {
      const done = this.#done.get(partition);
      return done === undefined ? [] : [{ topic: this.#topic, partition, offset: done.committed }];
    });
    if (positions.length === 0) return;
    this.#committing = true;
    try {
      await this.#working?.commit(positions);
    } catch (error) {
      if (this.#closing) return;
      for (const { partition } of positions) this.#dirty.add(partition);
      this.#options.onAlarm(`progress of ${this.#topic} could not be committed yet`, error);
      this.#commitSoon();
    } finally {
      this.#committing = false;
    }
  }
}
