import type {
  AggregateId,
  Command,
  Decided,
  Decider,
  DomainEvent,
  Effect,
  JournalEntry,
  Snapshot,
} from '@partitura/model';
import { isWorkflowAggregate } from '@partitura/model';
import type { ToyState } from '../domain/toy-domain.ts';
import type { CommandLine } from './evidence.ts';
import type { Admitted } from './history.ts';
import { ClosedWindow, type Life, Marks, metaOf, Queues, SnapshotParts } from './ledger.ts';
import { must } from './violation.ts';

export interface CheckOptions {
  readonly partition: number;
  readonly partitions: number;
  readonly domain: Decider<ToyState, Command, DomainEvent>;
  readonly partitionOf: (id: AggregateId) => number;
  readonly closedWindowMs: number;
  readonly closedCount: number;
  /** How far an owner's clock may be off the broker's. */
  readonly skewMs: number;
}

/** What an admitted entry owes the world. */
export interface Owed {
  readonly entry: Decided;
  readonly effects: readonly Effect[];
}

/**
 * Reads one admitted history with its own bookkeeping and refuses whatever the protocol rules out. Shares the toy
 * domain's `evolve` and `react` with the owners, and nothing else.
 */
export class PartitionCheck {
  readonly lives = new Map<AggregateId, Life>();
  readonly closed: ClosedWindow;
  readonly queues = new Queues();
  readonly marks: Marks;
  readonly owed: Owed[] = [];
  /** Marks of commands that were applied here: `source:index.ordinal` → how often. */
  readonly applied = new Map<string, number>();
  readonly ids = new Set<string>();
  next = 0;
  lastAt = 0;
  /** How many readable commands were consumed. */
  consumed = 0;
  readonly #options: CheckOptions;
  readonly #commands: readonly CommandLine[];
  readonly #parts = new SnapshotParts();
  readonly #once = new Set<string>();

  constructor(options: CheckOptions, commands: readonly CommandLine[]) {
    this.#options = options;
    this.#commands = commands;
    this.closed = new ClosedWindow(options.closedWindowMs, options.closedCount);
    this.marks = new Marks(options.partitions);
  }

  read({ entry }: Pick<Admitted, 'entry' | 'offset'>): void {
    this.next = entry.index + 1;
    const where = this.#where(entry);
    must(entry.at >= this.lastAt, () => `${where} goes back in time`);
    must(entry.effectsDone < entry.index, () => `${where} claims its own effects settled`);
    this.lastAt = entry.at;
    this.closed.pass(entry.at);
    if (entry.kind === 'decision') this.#decision(entry, where);
    else if (entry.kind === 'snapshot' && entry.subject === 'aggregate') this.#snapshot(entry, where);
  }

  #decision(entry: Decided, where: string): void {
    const command = entry.cause.kind === 'command' ? this.#consume(entry, where) : undefined;
    this.#parts.decided(entry.aggregate);
    if (entry.cause.kind === 'continuation' && entry.cause.commandId !== undefined) {
      this.queues.take(entry, entry.cause.commandId, where, this.lives.get(entry.aggregate)?.live === true);
    }
    if (entry.outcome.kind === 'deferred' || (entry.outcome.kind === 'parked' && entry.carried)) {
      const { cause } = entry;
      this.queues.hold(entry, cause.kind === 'command' || cause.kind === 'continuation' ? (cause.commandId ?? '') : '');
    }
    if (entry.events.length > 0) this.#events(entry, where);
    else this.#noEvents(entry, where, command);
    this.#closeIfDone(entry);
  }

  #consume(entry: Decided, where: string): CommandLine {
    const { cause } = entry;
    must(cause.kind === 'command', () => `${where} consumes nothing`);
    const command = this.#commands[this.consumed];
    must(
      command?.offset === cause.offset,
      () => `${where} consumed command ${cause.offset}, ${command?.offset ?? 'none'} was due`,
    );
    this.consumed++;
    const { envelope } = command;
    must((envelope === undefined) === (entry.outcome.kind === 'deadLettered'), () => `${where} misread its command`);
    if (!envelope) return command;
    must(envelope.commandId === cause.commandId, () => `${where} names another command`);
    must(envelope.aggregate === entry.aggregate, () => `${where} is not about its command's aggregate`);
    const away = this.#options.partitionOf(envelope.aggregate) !== this.#options.partition;
    const { mark } = envelope;
    if (mark && !this.marks.isNew(mark)) {
      must(entry.events.length === 0, () => `${where} applies a command of partition ${mark.partition} again`);
      return command;
    }
    if (mark) {
      this.marks.see(mark);
      const key = `${mark.partition}:${mark.index}.${mark.ordinal}`;
      if (!isByMark(entry)) this.applied.set(key, (this.applied.get(key) ?? 0) + 1);
    }
    must(
      away === (entry.outcome.kind === 'forwarded'),
      () => `${where} decides for partition ${away ? 'elsewhere' : 'here'}`,
    );
    return command;
  }

  #noEvents(entry: Decided, where: string, command: CommandLine | undefined): void {
    const version = this.lives.get(entry.aggregate)?.version ?? 0;
    const away = entry.outcome.kind === 'forwarded' || entry.outcome.kind === 'deadLettered';
    must(away || entry.version <= version, () => `${where} counts a version without events`);
    if (entry.outcome.kind === 'forwarded' && command?.envelope) {
      const { aggregate, body } = command.envelope;
      this.owed.push({ entry, effects: [{ kind: 'SendCommand', to: aggregate, command: body }] });
    }
  }

  #events(entry: Decided, where: string): void {
    const { domain } = this.#options;
    let life = this.lives.get(entry.aggregate);
    if (entry.events[0]?.type === 'WorkflowStarted' || life === undefined) {
      must(!life?.live, () => `${where} starts ${entry.aggregate} while it is live`);
      must(
        !this.closed.has(entry.aggregate),
        () => `${where} starts ${entry.aggregate}, which ended a short while ago`,
      );
      life = this.#born(entry);
    }
    must(life.live, () => `${where} decides ${entry.events[0]?.type ?? ''} on closed ${entry.aggregate}`);
    must(
      entry.version === life.version + 1,
      () => `${where} forks ${entry.aggregate}@${life.startIndex}: version ${entry.version} after ${life.version}`,
    );
    const meta = { ...metaOf(entry, life.startIndex), pinned: noPins };
    const effects: Effect[] = [];
    for (const event of entry.events) {
      must(
        event.type !== 'WorkflowQuarantined',
        () => `${where} quarantines ${entry.aggregate}: ${JSON.stringify(event)}`,
      );
      this.#identities(event, where);
      this.#times(event, entry, life, where);
      life.state = domain.evolve(life.state, event, meta);
      effects.push(...domain.react(life.state, event, meta));
    }
    life.version = entry.version;
    if (effects.length > 0) this.owed.push({ entry, effects });
    this.#remember(entry, life, where);
  }

  #born(entry: Decided): Life {
    const life: Life = {
      id: entry.aggregate,
      startIndex: entry.index,
      version: 0,
      state: this.#options.domain.initial,
      live: true,
      hashes: [],
      startHash: undefined,
    };
    this.lives.set(entry.aggregate, life);
    return life;
  }

  /** What has ended and keeps nobody waiting is live no longer. */
  #closeIfDone(entry: Decided): void {
    const life = this.lives.get(entry.aggregate);
    if (!life?.live || !this.#options.domain.isClosed(life.state) || this.queues.holds(life.id)) return;
    life.live = false;
    const { id, startIndex, version } = life;
    this.closed.add({ id, startIndex, version, index: entry.index, at: entry.at });
  }

  #remember(entry: Decided, life: Life, where: string): void {
    const { cause, commandHash, outcome } = entry;
    if (commandHash === undefined || outcome.kind !== 'accepted') return;
    const id = cause.kind === 'command' || cause.kind === 'continuation' ? cause.commandId : undefined;
    const key = `${id ?? commandHash} on ${entry.aggregate}@${life.startIndex}`;
    must(!this.#once.has(key), () => `${where} applies the outside command ${key} twice`);
    this.#once.add(key);
    if (entry.version === 1) life.startHash = commandHash;
    else life.hashes = [...life.hashes, commandHash].slice(-16);
  }

  /** Ids of tasks and children never repeat. */
  #identities(event: DomainEvent, where: string): void {
    if (event.type !== 'TaskScheduled') return;
    for (const id of [event.taskId, ...(event.child ? [event.child.workflowId] : [])]) {
      must(!this.ids.has(id), () => `${where} uses the id ${id} again`);
      this.ids.add(id);
    }
  }

  /** Nothing fires early, and no deadline before everything that had arrived by then was read. */
  #times(event: DomainEvent, entry: Decided, life: Life, where: string): void {
    if (event.type !== 'TaskEnded' || !('run' in life.state)) return;
    const { run } = life.state;
    if (event.status === 'TIMED_OUT') {
      const deadline = run.tasks.find((task) => task.taskId === event.taskId)?.deadline ?? Infinity;
      must(entry.at >= deadline, () => `${where} times out a task ${deadline - entry.at} ms early`);
      const unread = this.#commands[this.consumed];
      must(
        unread === undefined || unread.time > deadline - this.#options.skewMs,
        () => `${where} times out a task due at ${deadline}, but command ${unread?.offset ?? ''} arrived before`,
      );
    } else if (event.taskId === 'nap') {
      must(entry.at >= run.timer, () => `${where} fires a timer ${run.timer - entry.at} ms early`);
    }
  }

  #snapshot(part: Snapshot, where: string): void {
    if (!this.#parts.add(part)) return;
    const life = this.lives.get(part.aggregate);
    const version = life?.version ?? 0;
    if (part.why === 'revival') {
      must(life, () => `${where} revives ${part.aggregate}, which never lived`);
      must(!life.live, () => `${where} revives ${part.aggregate}, which lives`);
      this.closed.remove(part.aggregate);
      life.live = true;
    } else {
      const held = this.queues.holds(part.aggregate);
      must(life?.live === true || held, () => `${where} carries ${part.aggregate}, which is closed`);
      // An id that only holds commands for the archive is carried without its history.
      if (life?.live !== true && part.version === 0) return;
    }
    must(
      part.version === version,
      () => `${where} shows ${part.aggregate} at version ${part.version}, it is at ${version}`,
    );
  }

  /** Next offset to consume. */
  get inputPosition(): number {
    const last = this.#commands[this.consumed - 1];
    return last === undefined ? 0 : last.offset + 1;
  }

  /** What a restored owner must hold. */
  liveNow(): readonly { readonly id: AggregateId }[] {
    const held = this.queues.ids().filter((id) => !this.lives.get(id)?.live);
    return [
      ...[...this.lives.values()]
        .filter((life) => life.live)
        .map((life) => ({
          id: life.id,
          history: `${life.startIndex}:${life.version}`,
          state: life.state,
          seen: [life.startHash, ...life.hashes],
          held: this.queues.of(life.id),
        })),
      ...held.map((id) => ({ id, history: 'none', state: undefined, seen: [undefined], held: this.queues.of(id) })),
    ];
  }

  /** Nothing is left open or waiting. */
  finished(): void {
    const { partition } = this.#options;
    must(
      this.consumed === this.#commands.length,
      () => `partition ${partition}: ${this.#commands.length - this.consumed} commands were never consumed`,
    );
    must(
      this.queues.isEmpty,
      () =>
        `partition ${partition}: commands wait for ever: ${this.queues
          .ids()
          .map((id) => `${id}: ${this.queues.of(id).join()}`)
          .join('; ')}`,
    );
    for (const life of this.lives.values()) {
      const open = life.live && isWorkflowAggregate(life.id);
      must(
        !open,
        () => `partition ${partition}: ${life.id}@${life.startIndex} never ends: ${JSON.stringify(life.state)}`,
      );
    }
  }

  #where(entry: JournalEntry): string {
    return `partition ${this.#options.partition}, entry ${entry.index}`;
  }
}

/** Toy workflows react without their definitions. */
const noPins = { has: () => true, body: () => undefined };

/** A repeat that the marks have caught, or would have. */
const isByMark = (entry: Decided): boolean => entry.outcome.kind === 'duplicate' && entry.outcome.first === undefined;
