import type { SecretLookup } from '@partitura/expressions';
import type { Clock, CommittedPosition, Log, StoredRecord, TopicPartition, WorkBatch, Working } from '@partitura/log';
import type { TaskRecord } from '@partitura/model';
import { groupNames, taskCodec, topicNames, type Queue } from '@partitura/wire';
import { AttemptRunner } from './attempt-runner.ts';
import type { Attempt } from './attempt.ts';
import { DispatchMemory } from './dispatch-memory.ts';
import { Progress } from './progress.ts';
import { Slots } from './slots.ts';
import type { TaskOutcome } from './task-outcome.ts';
import type { Reports } from './task-reports.ts';
import { Tenure } from './tenure.ts';
import { TopicWatch } from './topic-watch.ts';

export interface QueueConsumerOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly reports: Reports;
  readonly namespace: string;
  readonly queue: Queue;
  /** Attempts worked on at once. */
  readonly concurrency: number;
  /** Put into the attempt's copy of the task; absent: references to secrets stay what they are. */
  readonly secrets?: SecretLookup;
  /** One attempt. Throwing fails it. */
  readonly execute: (task: TaskRecord, attempt: Attempt) => Promise<TaskOutcome>;
  readonly onAlarm: (what: string, why: unknown) => void;
}

export interface QueueConsumer {
  /** Attempts in hand. */
  readonly running: number;
  /** Takes nothing new; waits for attempts in hand up to the bound, aborts the rest (they will be handed out again). */
  close(drainMs: number): Promise<void>;
}

const joinAgainMs = 1_000;
/** By then its workflow may be over, so that nobody wants it any more. */
const doubtfulAfterMs = 5_000;
const memoryMax = 100_000;

/**
 * Works on one queue as a member of its consumer group. The decider hears when an attempt begins and how it ended;
 * a record is committed once its result is durable, so that a crash repeats and never loses. Repeats are dropped by
 * (task id, dispatch); a record that may have been worked on elsewhere waits for the decider's word. A queue whose
 * topic does not exist yet is joined when it does.
 */
export async function consumeQueue(options: QueueConsumerOptions): Promise<QueueConsumer> {
  return new Consumer(options);
}

class Consumer implements QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #topic: string;
  readonly #group: string;
  readonly #slots: Slots;
  readonly #runner: AttemptRunner;
  readonly #progress: Progress;
  readonly #memory = new DispatchMemory(memoryMax);
  /** Partitions in our hands, each from its first batch on. */
  readonly #tenures = new Map<number, Promise<Tenure>>();
  readonly #handling = new Set<Promise<void>>();
  #working: Working | undefined;
  #joining: Promise<void> | undefined;
  #stopWaiting: () => void;
  #closing: Promise<void> | undefined;

  constructor(options: QueueConsumerOptions) {
    const { log, clock, namespace, queue, concurrency, onAlarm } = options;
    this.#options = options;
    this.#topic = topicNames(namespace).tasks(queue.type, queue.domain);
    this.#group = groupNames(namespace).queue(queue.type, queue.domain);
    this.#slots = new Slots(concurrency);
    this.#runner = new AttemptRunner({ ...options, topic: this.#topic });
    const commit = async (positions: readonly CommittedPosition[]): Promise<void> => this.#working?.commit(positions);
    this.#progress = new Progress({ clock, onAlarm, commit });
    this.#stopWaiting = TopicWatch.on(log, clock).whenThere(this.#topic, () => this.#join());
  }

  get running(): number {
    return this.#runner.running;
  }

  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    this.#stopWaiting();
    this.#slots.close();
    await this.#joining;
    this.#working?.pause([...this.#tenures.keys()].map((partition) => ({ topic: this.#topic, partition })));
    await this.#drained(drainMs);
    this.#runner.abortAll();
    await this.#progress.flush();
    this.#progress.stop();
    await this.#working?.close();
  }

  async #drained(drainMs: number): Promise<void> {
    let stopTimer = (): void => undefined;
    const bound = new Promise<void>((resolve) => (stopTimer = this.#options.clock.after(drainMs, resolve)));
    await Promise.race([Promise.all(this.#handling), bound]);
    stopTimer();
  }

  #join(): void {
    if (this.#closing !== undefined) return;
    this.#joining = this.#tryToJoin();
  }

  async #tryToJoin(): Promise<void> {
    const again = (why: unknown): void => {
      this.#release([...this.#tenures.keys()]);
      if (this.#closing !== undefined) return;
      this.#options.onAlarm(`${this.#topic} cannot be consumed; trying again`, why);
      this.#stopWaiting = this.#options.clock.after(joinAgainMs, () => this.#join());
    };
    try {
      this.#working = await this.#options.log.work({
        group: this.#group,
        topics: [this.#topic],
        onBatch: (batch) => this.#take(batch),
        onRevoked: (lost) => this.#revoked(lost),
        onEnd: again,
      });
    } catch (error) {
      again(error);
    }
  }

  #revoked(lost: readonly TopicPartition[]): void {
    this.#release(lost.map(({ partition }) => partition));
    // A partition that comes back is not paused, however the log remembers it.
    this.#working?.resume(lost);
  }

  #release(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const tenure = this.#tenures.get(partition);
      this.#tenures.delete(partition);
      tenure?.then(
        (found) => (found.isOver = true),
        () => undefined,
      );
    }
  }

  /** Resolves when every record has been begun: there is never more in hand than slots. */
  async #take(batch: WorkBatch): Promise<void> {
    const { partition, records } = batch;
    const [first] = records;
    if (first === undefined) return;
    let beginning = this.#tenures.get(partition);
    if (beginning === undefined) {
      beginning = Tenure.begin(this.#options.log, this.#group, { topic: this.#topic, partition }, first.offset);
      this.#tenures.set(partition, beginning);
    }
    const tenure = await beginning;
    let next = first.offset;
    for (const record of records) {
      // Offsets between records hold nothing that anybody could finish.
      if (record.offset > next) tenure.finish(next, record.offset);
      next = record.offset + 1;
      if (tenure.isDone(record.offset)) continue;
      if (!(await this.#slots.enter())) return;
      if (!batch.isCurrent()) {
        this.#slots.leave();
        return;
      }
      const handling = this.#handle(record, tenure).finally(() => {
        this.#handling.delete(handling);
        this.#slots.leave();
      });
      this.#handling.add(handling);
    }
  }

  async #handle(record: StoredRecord, tenure: Tenure): Promise<void> {
    const task = this.#decode(record);
    const over = task === undefined || (await this.#attemptOnce(task, record, tenure));
    // What is not over is not committed: the record comes again, here or elsewhere.
    if (!over || tenure.isOver) return;
    tenure.finish(record.offset);
    this.#progress.advanced(tenure);
  }

  /** Whether nothing is left to do for this hand-over. */
  async #attemptOnce(task: TaskRecord, record: StoredRecord, tenure: Tenure): Promise<boolean> {
    for (;;) {
      const known = this.#memory.look(task.taskId, task.dispatch);
      if (known === 'over') return true;
      if (known === 'unknown') break;
      await known;
    }
    const isOld = this.#options.clock.now() - record.timestamp > doubtfulAfterMs;
    const attempt = this.#runner.run(task, isOld || tenure.isDoubtful(record.offset));
    this.#memory.begin(task.taskId, task.dispatch, attempt);
    return attempt;
  }

  #decode(record: StoredRecord): TaskRecord | undefined {
    try {
      return record.value === null ? undefined : taskCodec.decode(record.value);
    } catch (error) {
      this.#options.onAlarm(`record ${record.offset} of ${this.#topic} is no task`, error);
      return undefined;
    }
  }
}
