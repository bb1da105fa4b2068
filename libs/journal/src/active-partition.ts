import { aggregateId, isWorkflowAggregate, type AggregateId } from '@partitura/model';
import { holdsCommands, type Aggregate } from './aggregate.ts';
import { JournalWriter } from './append.ts';
import { Backlog } from './backlog.ts';
import { Checkpointer } from './checkpointer.ts';
import { CommandsReader } from './commands-reader.ts';
import { Decisions } from './decisions.ts';
import { DefinitionsGate } from './definitions-gate.ts';
import { Effects } from './effects.ts';
import { Entries, type PendingEntry } from './entries.ts';
import { Halt, isFault, reasonOf, Superseded } from './failures.ts';
import { JournalReader } from './journal-reader.ts';
import type { OwnerClock } from './owner-clock.ts';
import { Addressing, type Owed } from './owed.ts';
import type { PartitionState } from './partition-state.ts';
import { hasEnded, patiently, Slices } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { recoverEffects } from './recover.ts';
import { Replies } from './replies.ts';
import type { Fold } from './restore.ts';
import { Revivals } from './revivals.ts';
import { faithful, type Rules } from './rules.ts';
import type { TaskTopics } from './task-topics.ts';
import { Timers } from './timers.ts';

/** Entries that say something about the partition, not about an aggregate. */
const partitionItself = aggregateId('$partition');

/** The parts of an owner that decides, and how they hear of each other. */
export class ActivePartition {
  readonly state: PartitionState;
  readonly checkpointer: Checkpointer;
  readonly #ports: JournalPorts;
  readonly #rules: Rules;
  readonly #partition: number;
  readonly #life: { alive: boolean };
  readonly #fail: (why: unknown) => void;
  readonly #writer: JournalWriter<PendingEntry>;
  readonly #effects: Effects;
  readonly #replies: Replies;
  readonly #addressing: Addressing;
  readonly #entries: Entries;
  readonly #decisions: Decisions;
  readonly #backlog: Backlog;
  readonly #revivals: Revivals;
  readonly #timers: Timers;
  readonly #clock: OwnerClock;
  #reader: CommandsReader | undefined;
  #roomWaiters: (() => void)[] = [];
  #stopKeeping: () => void = () => undefined;
  /** Owner's time of the last admitted batch. */
  #lastAppendAt: number;
  /** Index that the next entry had when the house was kept last: nothing was written since if it still has. */
  #nextSeen = -1;
  #draining = false;

  constructor(
    ports: JournalPorts,
    partition: number,
    taskTopics: TaskTopics,
    fold: Fold,
    clock: OwnerClock,
    life: { alive: boolean },
    kept: PartitionState | undefined,
    fail: (why: unknown) => void,
  ) {
    this.#ports = ports;
    this.#rules = ports.rules ?? faithful;
    this.#partition = partition;
    this.#life = life;
    this.#fail = fail;
    this.#clock = clock;
    this.state = kept ?? fold.state;
    this.state.next = fold.reader.next;
    this.#lastAppendAt = clock.now();
    const { state } = this;
    this.#writer = new JournalWriter(ports, partition, fold.reader, clock, life, {
      beforeSend: () => this.checkpointer.step(),
      admitted: (batch, offsets) => this.#admitted(batch, offsets),
      outage: (_, until) => this.#timers.outageEnded(until),
      failed: fail,
    });
    this.#effects = new Effects(ports, partition, life, taskTopics, fold.reader.next - 1, {
      undeliverable: (task, reason, settled) => this.#undeliverable(task, reason, settled),
      room: () => this.#makeRoom(),
      failed: fail,
    });
    this.#replies = new Replies(ports, life);
    this.#addressing = new Addressing(ports, partition);
    this.#entries = new Entries(
      ports,
      partition,
      state,
      this.#writer,
      this.#effects,
      this.#replies,
      this.#addressing,
      clock,
    );
    const work = { entries: this.#entries, writer: this.#writer, effects: this.#effects, life };
    this.checkpointer = new Checkpointer(ports, partition, state, work, fold.bytes);
    this.#decisions = new Decisions(ports, partition, state, this.#entries, {
      touched: (aggregate) => this.#touched(aggregate),
      awaitsDefinitions: (id, held) => gate.enter(id, held),
      awaitsArchive: (aggregate) => this.#revivals.ask(aggregate),
      archiveAnswered: (envelope, cause) => this.#revivals.answered(envelope, cause),
      writeBase: (aggregate) => void this.checkpointer.writeBase(aggregate, 'revival'),
      deciding: (aggregate) => this.checkpointer.deciding(aggregate),
    });
    const gate = new DefinitionsGate(ports, life, (commands) => this.#backlog.pass(commands));
    this.#backlog = new Backlog(
      ports,
      { state, decisions: this.#decisions, gate, life },
      {
        room: () => this.#room(),
        begin: () => void this.#entries.newMoment(),
        decided: () => this.#flush(),
        failed: fail,
      },
    );
    this.#revivals = new Revivals(
      ports,
      partition,
      state,
      {
        entries: this.#entries,
        decisions: this.#decisions,
        effects: this.#effects,
        addressing: this.#addressing,
        life,
      },
      {
        writeBase: (aggregate) => void this.checkpointer.writeBase(aggregate, 'revival'),
        revived: (aggregate) => this.#touched(aggregate),
        wrote: () => this.#flush(),
        failed: fail,
      },
    );
    this.#timers = new Timers(ports, partition, clock, life, state.inputPosition, {
      wake: (aggregate, timersThrough, deadlinesThrough) => this.#wake(aggregate, timersThrough, deadlinesThrough),
      woken: () => this.#flush(),
      isLive: (aggregate) => state.live.get(aggregate.id) === aggregate,
      failed: fail,
    });
  }

  /** Sends what the journal still owes, takes up what was set aside, and begins to consume. */
  async begin(fold: Fold, outage: boolean): Promise<void> {
    await recoverEffects(this.#ports, this.#partition, fold, this.#addressing, this.#effects, this.#life);
    this.#effects.flush();
    if (outage) this.#timers.outageEnded(this.#clock.now());
    const slices = new Slices(this.#ports.clock, this.#ports.settings.sliceMs);
    for (const aggregate of this.state.live.values()) {
      this.#takeUp(aggregate);
      if (slices.spent) await slices.pause();
      if (hasEnded(this.#life)) return;
    }
    const from = this.#rules.readsFrom(this.state.inputPosition, this.#partition);
    this.#reader = new CommandsReader(this.#ports, this.#partition, from, this.#life, {
      room: () => this.#room(),
      begin: () => void this.#entries.newMoment(),
      decide: (record) => this.#decisions.record(record),
      decided: (through) => {
        this.#timers.read(through);
        this.#flush();
      },
      failed: (why) => void this.#readingFailed(why),
    });
    this.#reader.start();
    this.#keepHouse();
  }

  /** A live aggregate of a restored state: its timers, its waiting commands, its broadcast. */
  #takeUp(aggregate: Aggregate): void {
    aggregate.wakeAt = Infinity;
    if (aggregate.unfoldable !== undefined) this.#alarmUnfoldable(aggregate);
    else this.#touched(aggregate);
    if (aggregate.version === 0 && aggregate.parked.length > 0) this.#revivals.ask(aggregate);
    if (isWorkflowAggregate(aggregate.id)) return;
    const said = this.#ports.definitions.lastRevision?.(aggregate.id);
    if (said !== undefined && said !== aggregate.version) this.restate(aggregate.id);
  }

  restate(id: AggregateId): void {
    const aggregate = this.state.live.get(id);
    if (aggregate === undefined || aggregate.version === 0 || aggregate.unfoldable !== undefined) return;
    const effects = this.#ports.restate?.(id, aggregate.state, aggregate.version) ?? [];
    for (const effect of effects) {
      if (effect.kind === 'BroadcastDefinition') this.#effects.addUnrecorded(this.#addressing.broadcast(effect));
    }
  }

  stop(): void {
    this.#reader?.stop();
    this.#timers.stop();
    this.#revivals.stop();
    this.#stopKeeping();
    this.#writer.release();
    this.#makeRoom();
  }

  checkpointNow(): void {
    this.checkpointer.begin();
    this.#writer.flush();
  }

  async drain(): Promise<void> {
    const { clock, settings } = this.#ports;
    this.#draining = true;
    this.#reader?.stop();
    this.#timers.stop();
    const until = clock.monotonic() + settings.drainMs;
    const left = (): number => until - clock.monotonic();
    const settled = (): boolean => this.#writer.idle && this.#effects.done >= this.state.next - 1;
    while (this.#life.alive && !settled() && left() > 0) await this.#pause(Math.min(10, left()));
    if (!this.#life.alive) return;
    // Last words: what is done need not be done again, and the next owner sees that there was no outage.
    const silentMs = this.#clock.now() - this.#lastAppendAt;
    if (this.#effects.worthRecording > this.#entries.recordedDone || silentMs > settings.outageMs / 2)
      this.#recordDone();
    while (!hasEnded(this.#life) && !this.#writer.idle && left() > 0) await this.#pause(Math.min(5, left()));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.clock.after(Math.max(1, ms), resolve);
    });
  }

  #flush(): void {
    this.#writer.flush();
  }

  #admitted(batch: readonly PendingEntry[], offsets: (i: number) => number): void {
    this.#lastAppendAt = this.#clock.now();
    this.#entries.admitted(batch, offsets);
    this.#makeRoom();
  }

  #touched(aggregate: Aggregate): void {
    try {
      this.#timers.schedule(aggregate);
      this.#backlog.consider(aggregate);
    } catch (cause) {
      aggregate.broken = reasonOf(cause);
      const message = `what ${aggregate.id} waits for cannot be told: ${aggregate.broken}; it is set aside, the partition goes on`;
      this.#ports.observer.alarm({ partition: this.#partition, code: 'QUARANTINED', message, cause });
    }
  }

  #wake(aggregate: Aggregate, timersThrough: number, deadlinesThrough: number): 'changed' | 'unchanged' | 'later' {
    if (this.#draining) return 'later';
    if (this.#ports.domain.hasPostponedWork(aggregate.state)) return 'later';
    this.#entries.newMoment();
    const signal = { type: 'Wake' as const, timersThrough, deadlinesThrough };
    return this.#decisions.signal(aggregate, signal, { kind: 'timer' }) ? 'changed' : 'unchanged';
  }

  /** The hand-over counts as settled once the failure is recorded: then the aggregate knows what to do. */
  #undeliverable(task: NonNullable<Owed['task']>, reason: string, settled: () => void): void {
    const aggregate = this.state.live.get(task.aggregate);
    const { taskId, dispatch } = task;
    const signal = { type: 'Undeliverable' as const, taskId, dispatch, reason };
    this.#entries.newMoment();
    const known = aggregate !== undefined && aggregate.version > 0 && aggregate.unfoldable === undefined;
    if (!known || !this.#decisions.signal(aggregate, signal, { kind: 'owner' }, settled)) settled();
    this.#flush();
  }

  /** Waits until deciding has room for what it produces. */
  async #room(): Promise<void> {
    while (this.#life.alive && (this.#writer.full || this.#effects.full)) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }
  #makeRoom(): void {
    if (this.#roomWaiters.length === 0) return;
    if (this.#life.alive && (this.#writer.full || this.#effects.full)) return;
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }

  /** The commands cannot be followed: were we superseded unknowingly, or is something lost? */
  async #readingFailed(why: unknown): Promise<void> {
    if (!isFault(why, 'OFFSET_OUT_OF_RANGE')) {
      this.#fail(why);
      return;
    }
    try {
      if (this.#rules.looksBeforeAlarm && (await this.#superseded())) throw new Superseded();
      throw new Halt('COMMANDS_TRIMMED', `commands at offset ${this.state.inputPosition} are gone: ${reasonOf(why)}`);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether the journal holds a claim after ours. */
  async #superseded(): Promise<boolean> {
    const { log, clock, topics, settings, codec } = this.#ports;
    const reader = new JournalReader(this.#writer.reader.position, this.#rules.admit);
    const { end } = await patiently(clock, this.#life, settings, () => log.offsets(topics.journal, this.#partition));
    while (reader.offset < end) {
      const batch = await patiently(clock, this.#life, settings, () =>
        log.fetch(topics.journal, this.#partition, reader.offset),
      );
      for (const { value, offset, timestamp } of batch.records) {
        if (offset < reader.offset) continue;
        reader.read(codec.decodeEntry(value ?? new Uint8Array(0)), offset, timestamp);
      }
    }
    return reader.epoch !== this.#writer.epoch;
  }

  /** Once in a while: progress of effects gets an entry, what closed long ago leaves memory, a checkpoint goes on. */
  #keepHouse(): void {
    const { clock, settings } = this.#ports;
    this.#stopKeeping = clock.after(settings.silenceMs, () => {
      if (!this.#life.alive) return;
      try {
        const silent = this.state.next === this.#nextSeen;
        this.#nextSeen = this.state.next;
        if (silent && this.#effects.worthRecording > this.#entries.recordedDone) this.#recordDone();
        this.#forgetClosed();
        this.#writer.flush();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#keepHouse();
    });
  }

  /** An entry without events, for what it says about `effectsDone`. */
  #recordDone(): void {
    this.#entries.newMoment();
    const outcome = { kind: 'accepted' } as const;
    this.#entries.decision({ aggregate: partitionItself, version: 0, cause: { kind: 'owner' }, outcome });
    this.#flush();
  }

  #forgetClosed(): void {
    const { state } = this;
    const before = this.#clock.now() - this.#ports.settings.closedMemoryMs;
    for (const [id, aggregate] of state.memory) {
      if ((state.closed.get(id)?.at ?? 0) > before) break;
      if (holdsCommands(aggregate)) continue;
      state.memory.delete(id);
    }
  }

  #alarmUnfoldable({ id, unfoldable }: Aggregate): void {
    const message = `the history of ${id} cannot be folded by this build: ${unfoldable}; it waits for another build, the partition goes on`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'UNFOLDABLE', message });
  }
}
