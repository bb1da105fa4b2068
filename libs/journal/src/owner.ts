import { Fault, type AggregateId, type Claim } from '@partitura/model';
import { ActivePartition } from './active-partition.ts';
import { GivenUp, Halt, reasonOf, Stopped, Superseded } from './failures.ts';
import { OwnerClock, plausible } from './owner-clock.ts';
import type { PartitionState } from './partition-state.ts';
import { patiently } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { beginFold, foldFromStart, type Fold } from './restore.ts';
import type { TaskTopics } from './task-topics.ts';

/** How an ownership ended. */
export type Ending =
  | { readonly kind: 'released' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'gaveUp'; readonly why: GivenUp }
  | { readonly kind: 'halted'; readonly why: Halt }
  /** The runtime itself failed; the log may be fine, and another claim may find it so. */
  | { readonly kind: 'failed'; readonly why: Halt; readonly inputPosition: number | undefined };

/**
 * One partition under one claim: restores, claims, decides, until it is superseded, stopped or cannot go on. Everything
 * it knows lives and dies with it.
 */
export class PartitionOwner {
  readonly partition: number;
  readonly #ports: JournalPorts;
  readonly #taskTopics: TaskTopics;
  readonly #life = { alive: true };
  #active: ActivePartition | undefined;
  #end!: (ending: Ending) => void;
  readonly #ended: Promise<Ending>;

  constructor(ports: JournalPorts, partition: number, taskTopics: TaskTopics) {
    this.#ports = ports;
    this.partition = partition;
    this.#taskTopics = taskTopics;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Next offset of `commands[p]`, once it owns. */
  get inputPosition(): number | undefined {
    return this.#active?.state.inputPosition;
  }
  /** Offset of the last checkpoint it has written. */
  get pointer(): number | undefined {
    return this.#active?.checkpointer.pointer;
  }
  /** What it knew, for {@link Rules.keptAfterLoss}. */
  get state(): PartitionState | undefined {
    return this.#active?.state;
  }

  /** Runs until the end; never rejects. `owning` is called once the claim holds. */
  async run(owning: () => void, kept?: PartitionState): Promise<Ending> {
    try {
      const { fold, clock, outage } = await this.#claim();
      const active = new ActivePartition(
        this.#ports,
        this.partition,
        this.#taskTopics,
        fold,
        clock,
        this.#life,
        kept,
        (why) => this.#fail(why),
      );
      this.#active = active;
      await active.begin(fold, outage);
      if (this.#life.alive) owning();
    } catch (why) {
      this.#fail(why);
    }
    return this.#ended;
  }

  /** Stops at once; what is under way may land or not, as the journal will say. */
  stop(): void {
    this.#fail(new Stopped());
  }

  /** Consumes no more, waits until batches and effects have settled (at most the drain time), then stops. */
  async drain(): Promise<void> {
    await this.#active?.drain();
    this.stop();
  }

  /** Begins a checkpoint now, whatever the window says. */
  checkpoint(): void {
    this.#active?.checkpointNow();
  }
  /** Broadcasts the state of an aggregate again where the last records do not say it. */
  restate(id: AggregateId): void {
    this.#active?.restate(id);
  }

  #fail(why: unknown): void {
    if (!this.#life.alive) return;
    this.#life.alive = false;
    this.#active?.stop();
    this.#end(endingOf(why, this.partition, this.inputPosition));
  }

  /** Reads the journal, appends the claim, reads through it. The journal is read twice so that the claim comes late. */
  async #claim(): Promise<{ fold: Fold; clock: OwnerClock; outage: boolean }> {
    const { log, clock: time, topics, settings, observer } = this.#ports;
    const { partition } = this;
    const begun = time.monotonic();
    const { start, end } = await patiently(time, this.#life, settings, () => log.offsets(topics.journal, partition));
    let fold = await beginFold(this.#ports, partition, this.#life);
    await fold.through(end, this.#life);
    if (fold.state.unreadableSnapshots > 0 && fold.from > 0 && start === 0) {
      fold = foldFromStart(this.#ports, partition);
      await fold.through(end, this.#life);
    }

    const token = this.#ports.freshToken();
    const { owner, partitions, featureLevel } = settings;
    const claim: Claim = { kind: 'claim', token, owner, partitions, featureLevel };
    const record = this.#ports.codec.encodeEntry(claim);
    const clock = new OwnerClock(time);
    let sent = { wall: time.now(), owner: clock.now() };
    const acked = await patiently(time, this.#life, settings, () => {
      sent = { wall: time.now(), owner: clock.now() };
      return log.append(topics.journal, partition, [record]);
    });
    const { baseOffset, appendTime } = acked;
    const read = { wall: time.now(), owner: clock.now() };
    if (appendTime !== undefined && !plausible(sent, read, appendTime, settings.appendTimeToleranceMs)) {
      const message = `the broker stamped ${appendTime} on a claim sent at ${sent.wall}: the clocks differ too much to fire timers`;
      throw new GivenUp('CLOCK_IMPLAUSIBLE', message);
    }
    if (baseOffset < end) {
      throw new Halt('JOURNAL_TRUNCATED', `a claim landed at offset ${baseOffset}, but the journal had reached ${end}`);
    }
    await fold.through(baseOffset, this.#life);
    const lastWords = fold.reader.lastAppendTime;
    await fold.through(baseOffset + 1, this.#life);
    if (fold.reader.token !== token) throw new Superseded();
    observer.restored?.(partition, fold.records, fold.bytes, time.monotonic() - begun);
    const outage = fold.reader.lastAppendTime - lastWords > settings.outageMs;
    return { fold, clock, outage };
  }
}

function endingOf(why: unknown, partition: number, inputPosition: number | undefined): Ending {
  if (why instanceof Superseded) return { kind: 'superseded' };
  if (why instanceof Stopped) return { kind: 'released' };
  if (why instanceof GivenUp) return { kind: 'gaveUp', why };
  if (why instanceof Halt) {
    return why.code === 'RUNTIME_DEFECT' ? { kind: 'failed', why, inputPosition } : { kind: 'halted', why };
  }
  if (why instanceof Fault) {
    return { kind: 'halted', why: new Halt('LOG_FAILING', `the log refuses: ${why.message}`, { cause: why }) };
  }
  const message = `partition ${partition} met a defect of the runtime: ${reasonOf(why)}`;
  return { kind: 'failed', why: new Halt('RUNTIME_DEFECT', message, { cause: why }), inputPosition };
}
