import { isWorkflowAggregate, type AggregateId } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import { JournalWriter } from './append.ts';
import { Backlog } from './backlog.ts';
import { Checkpointer } from './checkpointer.ts';
import { CommandsReader } from './commands-reader.ts';
import { Decisions } from './decisions.ts';
import { DefinitionsGate } from './definitions-gate.ts';
import { Effects } from './effects.ts';
import { Entries, type PendingEntry } from './entries.ts';
import { Halt, isFault, reasonOf, Superseded } from './failures.ts';
import { Housekeeping } from './housekeeping.ts';
import type { OwnerClock } from './owner-clock.ts';
import { Addressing, type Owed } from './owed.ts';
import type { PartitionState } from './partition-state.ts';
import { hasEnded, Slices } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { recoverEffects } from './recover.ts';
import { Replies } from './replies.ts';
import { isClaimedAfter, type Fold } from './restore.ts';
import { Revivals } from './revivals.ts';
import { faithful, type Rules } from './rules.ts';
import type { TaskTopics } from './task-topics.ts';
import { Timers } from './timers.ts';

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
  readonly #house: Housekeeping;
  #reader: CommandsReader | undefined;
  #roomWaiters: (() => void)[] = [];
  #draining = false;

  constructor(
    ports: JournalPorts,
    partition: number,
    taskTopics: TaskTopics,
    fold: Fold,
    clock: OwnerClock,
    life: { alive: boolean },
    remembered: PartitionState | undefined,
    fail: (why: unknown) => void,
  ) {
    this.#ports = ports;
    this.#rules = ports.rules ?? faithful;
    this.#partition = partition;
    this.#life = life;
    this.#fail = fail;
    this.#clock = clock;
    this.state = remembered ?? fold.state;
    this.state.next = fold.reader.next;
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
    const work = { entries: this.#entries, writer: this.#writer, effects: this.#effects, life, failed: fail };
    this.checkpointer = new Checkpointer(ports, partition, state, work, fold);
    this.#decisions = new Decisions(ports, partition, state, this.#entries, {
      touched: (aggregate) => this.#touched(aggregate),
      awaitsDefinitions: (id, held) => gate.enter(id, held),
      awaitsArchive: (aggregate) => this.#revivals.ask(aggregate),
      archiveAnswered: (envelope, cause) => this.#revivals.answered(envelope, cause),
      mayWriteBase: (aggregate) => this.checkpointer.mayWriteBase(aggregate, () => this.#mayRevive(aggregate)),
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
    const kept = { state, entries: this.#entries, effects: this.#effects, writer: this.#writer, clock, life };
    this.#house = new Housekeeping(ports, kept, fail);
    this.#timers = new Timers(ports, partition, clock, life, state.inputPosition, {
      wake: (aggregate, timersThrough, deadlinesThrough) => this.#wake(aggregate, timersThrough, deadlinesThrough),
      woken: () => this.#flush(),
      at: (slot) => state.live.at(slot),
      live: (id) => state.live.get(id),
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
    this.#house.keep();
  }

  /** A live aggregate of a restored state: its timers, its waiting commands, its broadcast. */
  #takeUp(aggregate: Aggregate): void {
    if (aggregate.unfoldable !== undefined) this.#alarmUnfoldable(aggregate);
    else this.#touched(aggregate);
    if (aggregate.version === 0 && aggregate.parked.length > 0) this.#revivals.ask(aggregate);
    if (!isWorkflowAggregate(aggregate.id)) this.restate(aggregate.id);
  }

  /** Says again what the last record of a broadcast does not say; nothing where nobody knows the last records. */
  restate(id: AggregateId): void {
    const { definitions, restate } = this.#ports;
    const aggregate = this.state.live.get(id);
    if (restate === undefined || definitions.lastRevision === undefined) return;
    if (aggregate === undefined || aggregate.version === 0 || aggregate.unfoldable !== undefined) return;
    for (const effect of restate(id, aggregate.state, aggregate.version)) {
      if (effect.kind !== 'BroadcastDefinition') continue;
      if (definitions.lastRevision(effect.definition) === effect.definition.revision) continue;
      this.#effects.addUnrecorded(this.#addressing.broadcast(effect));
    }
  }

  stop(): void {
    this.#reader?.stop();
    this.#timers.stop();
    this.#revivals.stop();
    this.#house.stop();
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
    this.#house.lastWords();
    while (!hasEnded(this.#life) && !this.#writer.idle && left() > 0) await this.#pause(Math.min(5, left()));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.clock.after(Math.max(1, ms), resolve);
    });
  }

  /** A stretch of work is over: nobody holds an aggregate. */
  #flush(): void {
    this.state.live.pack(packedPerFlush);
    this.#writer.flush();
  }

  #admitted(batch: readonly PendingEntry[], offsets: (i: number) => number): void {
    this.#house.admitted();
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

  /** Its snapshot is at hand: whoever waits for it to live again is decided. */
  #mayRevive(aggregate: Aggregate): void {
    const { live, memory } = this.state;
    const waiting = live.get(aggregate.id);
    if (waiting === undefined || memory.get(aggregate.id) !== aggregate) this.checkpointer.dropBase(aggregate);
    else this.#backlog.consider(waiting);
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
      const { position } = this.#writer.reader;
      const look = this.#rules.looksBeforeAlarm;
      if (look && (await isClaimedAfter(this.#ports, this.#partition, position, this.#life))) throw new Superseded();
      throw new Halt('COMMANDS_TRIMMED', `commands at offset ${this.state.inputPosition} are gone: ${reasonOf(why)}`);
    } catch (error) {
      this.#fail(error);
    }
  }

  #alarmUnfoldable({ id, unfoldable }: Aggregate): void {
    const message = `the history of ${id} cannot be folded by this build: ${unfoldable}; it waits for another build, the partition goes on`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'UNFOLDABLE', message });
  }
}

/** Some milliseconds' work. */
const packedPerFlush = 500;
