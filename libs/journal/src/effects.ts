import type { Decided, DispatchTask } from '@partitura/model';
import { EffectQueue, type Deliver, type QueueEvents, type Sending } from './effect-queue.ts';
import { isFault, reasonOf } from './failures.ts';
import { addressed, type Owed, type Target } from './owed.ts';
import type { Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import type { TaskTopics } from './task-topics.ts';

/** What the owner hears of its effects. */
export interface EffectsEvents {
  /** A hand-over will not reach its queue; once that is recorded, `settled` is to be called. */
  undeliverable(task: NonNullable<Owed['task']>, reason: string, settled: () => void): void;
  /** Room was made: consuming may go on. */
  room(): void;
  /** Somebody who heard of a settled effect threw: the owner must end. */
  failed(why: unknown): void;
}

type OnSettled = (effect: Owed, offset: number | undefined) => void;

/** An admitted entry some of whose effects are not settled. */
class Open {
  readonly index: number;
  open: number;
  readonly onSettled: OnSettled | undefined;

  constructor(index: number, open: number, onSettled?: OnSettled) {
    this.index = index;
    this.open = open;
    this.onSettled = onSettled;
  }
}

/** One effect of one entry on its way. A class without closures, since there is one for every task. */
class SendingOf implements Sending {
  readonly target: Target;
  readonly record: Owed['record'];
  readonly task: Owed['task'];
  readonly bytes: number;
  readonly #entry: Open | undefined;
  readonly #effects: Effects;

  constructor(owed: Owed, bytes: number, entry: Open | undefined, effects: Effects) {
    this.target = owed.target;
    this.record = owed.record;
    this.task = owed.task;
    this.bytes = bytes;
    this.#entry = entry;
    this.#effects = effects;
  }

  settled(offset?: number): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    entry.open -= 1;
    if (entry.open === 0) this.#effects.closeSettled();
    entry.onSettled?.(this, offset);
  }
}

/**
 * Effects of admitted entries on their way, a queue per target. {@link done} is what later entries record as
 * `effectsDone`: a new owner sends again whatever lies above.
 */
export class Effects {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #life: Life;
  readonly #taskTopics: TaskTopics;
  readonly #events: EffectsEvents;
  readonly #queues = new Map<string, EffectQueue>();
  /** Queues that got something since the last flush. */
  readonly #touched = new Set<EffectQueue>();
  /** Oldest first; settled ones leave from the front. */
  #open: Open[] = [];
  #openHead = 0;
  #admitted: number;
  #bytes = 0;
  #stuck = false;
  #settledWithEffects = -1;

  constructor(
    ports: JournalPorts,
    partition: number,
    life: Life,
    taskTopics: TaskTopics,
    admittedThrough: number,
    events: EffectsEvents,
  ) {
    this.#ports = ports;
    this.#partition = partition;
    this.#life = life;
    this.#taskTopics = taskTopics;
    this.#admitted = admittedThrough;
    this.#events = events;
  }

  /** Highest index such that all effects up to it are settled. */
  get done(): number {
    const first = this.#open[this.#openHead];
    return first === undefined ? this.#admitted : first.index - 1;
  }
  /** Highest index with effects that is settled together with all before it: what is worth recording. */
  get worthRecording(): number {
    return Math.min(this.#settledWithEffects, this.done);
  }
  /** Encoded effects that are not settled. */
  get bytes(): number {
    return this.#bytes;
  }
  /** Above the limit nothing is consumed. */
  get full(): boolean {
    return this.#bytes >= this.#ports.settings.unsettledBytes;
  }

  /** All entries up to this index are admitted; the effects of those above the last call have been handed in. */
  admittedThrough(index: number): void {
    this.#admitted = index;
  }

  /** Effects of one entry, in its order. `onSettled` hears the offset of each that its target tells. */
  add(entry: Decided, owed: readonly Owed[], onSettled?: OnSettled): void {
    if (owed.length === 0) return;
    const open = new Open(entry.index, owed.length, onSettled);
    this.#open.push(open);
    for (const one of owed) this.#push(one, open);
    if (this.full && !this.#stuck) this.#alarmStuck();
  }

  /** An entry whose effects cannot be derived by this build: nothing is settled beyond it. */
  addUnknowable(entry: Decided): void {
    this.#open.push(new Open(entry.index, 1));
  }

  /** Something that no entry owes and that is repeated by whoever wants it. */
  addUnrecorded(owed: Owed): void {
    this.#push(owed, undefined);
    this.flush();
  }

  /** Lets everything go that was added. */
  flush(): void {
    for (const queue of this.#touched) queue.flush();
    this.#touched.clear();
  }

  #push(owed: Owed, entry: Open | undefined): void {
    const { record } = owed;
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0) + recordOverhead;
    this.#bytes += bytes;
    const queue = this.#queue(owed.target);
    queue.push(new SendingOf(owed, bytes, entry, this));
    this.#touched.add(queue);
  }

  #queue(target: Target): EffectQueue {
    let queue = this.#queues.get(target.name);
    if (queue === undefined) {
      const events: QueueEvents = {
        drained: (bytes) => this.#drained(bytes),
        failed: (why) => this.#events.failed(why),
        failing: (name, error) => this.#alarmFailing(name, error),
        ...(target.kind === 'tasks' && {
          undeliverable: (sending: Sending, reason: string) => this.#undeliverable(sending, reason),
        }),
      };
      queue = new EffectQueue(target.name, this.#ports, this.#life, this.#deliverTo(target), events);
      this.#queues.set(target.name, queue);
    }
    return queue;
  }

  #deliverTo(target: Target): Deliver {
    if (target.kind === 'tasks') return this.#deliverTasks(target.queue);
    return async (batch) => {
      const [first] = batch;
      if (first === undefined) return undefined;
      const { topic, partition } = first.record;
      const records = batch.map((sending) => sending.record);
      try {
        return (await this.#ports.log.append(topic, partition, records)).baseOffset;
      } catch (error) {
        if (target.kind !== 'deadLetters' || batch.length > 1 || !isFault(error, 'TOO_LARGE')) throw error;
        this.#alarmLetterLost(error);
        return undefined;
      }
    };
  }

  /** The journal has the outcome all the same. */
  #alarmLetterLost(cause: unknown): void {
    const message = `a dead letter is too large for its topic and is not kept: ${reasonOf(cause)}`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'DEAD_LETTER', message, cause });
  }

  #deliverTasks(queue: DispatchTask['queue']): Deliver {
    const { log, topics } = this.#ports;
    return async (batch) => {
      const { topic, partitions } = await this.#taskTopics.ready(queue);
      try {
        await log.send(
          batch.map(({ record, task }) =>
            addressed(record, topic, topics.taskPartition(task?.taskId ?? '', partitions)),
          ),
        );
      } catch (error) {
        if (isFault(error, 'UNKNOWN_TOPIC')) this.#taskTopics.forget(queue);
        throw error;
      }
      return undefined;
    };
  }

  #undeliverable(sending: Sending, reason: string): void {
    if (sending.task === undefined) sending.settled();
    else this.#events.undeliverable(sending.task, reason, () => sending.settled());
  }

  /** All effects of an entry are settled; perhaps of the oldest. */
  closeSettled(): void {
    let head = this.#openHead;
    for (let first = this.#open[head]; first !== undefined && first.open <= 0; first = this.#open[++head]) {
      this.#settledWithEffects = first.index;
    }
    this.#openHead = head;
    if (head > 1024 && head * 2 > this.#open.length) {
      this.#open = this.#open.slice(head);
      this.#openHead = 0;
    }
  }

  #drained(bytes: number): void {
    const wasFull = this.full;
    this.#bytes -= bytes;
    if (this.full) return;
    this.#stuck = false;
    if (wasFull) this.#events.room();
  }

  #alarmFailing(name: string, error: unknown): void {
    this.#ports.observer.alarm({
      partition: this.#partition,
      code: 'EFFECTS_STUCK',
      message: `${name} keeps refusing what is owed to it: ${reasonOf(error)}; it is tried again`,
      cause: error,
    });
  }

  #alarmStuck(): void {
    this.#stuck = true;
    this.#ports.observer.alarm({
      partition: this.#partition,
      code: 'EFFECTS_STUCK',
      message: `${this.#bytes} bytes of effects wait for their targets; nothing is consumed until they are taken`,
    });
  }
}

const recordOverhead = 64;
