import { rejection, type AggregateId, type Cause, type CommandEnvelope, type RevivalAnswer } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import { joined } from './bytes.ts';
import type { Decisions } from './decisions.ts';
import type { Effects } from './effects.ts';
import type { Entries } from './entries.ts';
import type { Addressing } from './owed.ts';
import type { PartitionState } from './partition-state.ts';
import type { Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { faithful } from './rules.ts';
import { Damaged, decodeAggregate, type Pin } from './snapshot.ts';

/** A question to the archive that has no answer yet. Only the owner that asks knows it; the next one asks again. */
interface Asking {
  readonly aggregate: Aggregate;
  readonly request: number;
  /** Parts of an answer, all of one reading of the archive. */
  parts: (Uint8Array | undefined)[];
  reading: string;
  nextAskAt: number;
}

export interface RevivalsEvents {
  /** Writes a closed aggregate's snapshot, so that it may live again. */
  writeBase(aggregate: Aggregate): void;
  /** Its line of commands can be decided. */
  revived(aggregate: Aggregate): void;
  /** Something was written. */
  wrote(): void;
  /** A round threw: the owner must end. */
  failed(why: unknown): void;
}

/**
 * Commands for aggregates that have ended and left memory: asks the archive for their history until it answers, and
 * judges the answer. An answer counts when it is the very history that the closed set remembers, or, where the set
 * remembers nothing, when the archive has seen every closing that the set has forgotten.
 */
export class Revivals {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #decisions: Decisions;
  readonly #effects: Effects;
  readonly #addressing: Addressing;
  readonly #life: Life;
  readonly #events: RevivalsEvents;
  readonly #asking = new Map<AggregateId, Asking>();
  #disarm: (() => void) | undefined;

  constructor(
    ports: JournalPorts,
    partition: number,
    state: PartitionState,
    work: { entries: Entries; decisions: Decisions; effects: Effects; addressing: Addressing; life: Life },
    events: RevivalsEvents,
  ) {
    this.#ports = ports;
    this.#partition = partition;
    this.#state = state;
    this.#entries = work.entries;
    this.#decisions = work.decisions;
    this.#effects = work.effects;
    this.#addressing = work.addressing;
    this.#life = work.life;
    this.#events = events;
  }

  /** Commands are parked for this id: asks, unless it is being asked already. */
  ask(aggregate: Aggregate): void {
    const known = this.#asking.get(aggregate.id);
    if (known?.request === aggregate.request && known.aggregate === aggregate) return;
    const { request } = aggregate;
    this.#asking.set(aggregate.id, { aggregate, request, parts: [], reading: '', nextAskAt: 0 });
    this.#arm(0);
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
  }

  /** A `RevivalAnswer` was consumed; writes its one entry. */
  answered(envelope: CommandEnvelope, cause: Cause): void {
    const answer = envelope.body as RevivalAnswer;
    const id = envelope.aggregate;
    const room = this.#state.live.get(id);
    const { liveDecidesItself, acceptsRevival } = this.#ports.rules ?? faithful;
    const lives = liveDecidesItself && ((room?.version ?? 0) > 0 || this.#state.memory.has(id));
    const asking = this.#asking.get(id);
    if (room === undefined || room.parked.length === 0 || room.request !== answer.request || asking === undefined) {
      const why = `no request ${answer.request} to the archive is open for ${id}`;
      this.#record(id, room?.version ?? 0, cause, { kind: 'rejected', ...rejection('INVALID_STATE', why) });
      return;
    }
    const { version } = room;
    if (lives) {
      this.#record(id, version, cause, { kind: 'accepted' });
      this.#events.revived(room);
      return;
    }
    const body = collect(asking, answer);
    const revived = body && this.#read(room, asking, answer, body);
    if (revived === undefined) {
      this.#record(id, version, cause, { kind: 'accepted' });
      return;
    }
    if (!acceptsRevival(this.#state.closed.get(id), this.#state.closed.floor, answer)) {
      // The archive lags behind. The entry is the new request, asked after a pause.
      this.#record(id, version, cause, { kind: 'parked' });
      this.#asking.set(id, {
        aggregate: room,
        request: room.request,
        parts: [],
        reading: '',
        nextAskAt: this.#ports.clock.monotonic() + this.#ports.settings.reviveAgainMs,
      });
      this.#arm(this.#ports.settings.reviveAgainMs);
      return;
    }
    if (revived === 'unknown') {
      this.#record(id, version, cause, { kind: 'accepted' });
      if (room.deferred.length > 0) return;
      this.#decideAsUnknown(room);
      return;
    }
    this.#asking.delete(id);
    this.#revive(room, revived, cause);
  }

  /** The archive's state, or that it knows none. Parts that do not belong together are forgotten, others will come. */
  #read(room: Aggregate, asking: Asking, answer: RevivalAnswer, body: Uint8Array): Aggregate | 'unknown' | undefined {
    const { found } = answer;
    if (found === undefined) return 'unknown';
    try {
      const learn = ([hash, pin]: Pin): void => this.#state.pins.offer(hash, pin);
      return decodeAggregate(this.#ports.domain, room.id, found.version, found.stateVersion, body, learn);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      asking.reading = '';
      return undefined;
    }
  }

  /** The first that makes something of the id decides for all behind it. */
  #decideAsUnknown(room: Aggregate): void {
    for (const held of [...room.parked]) {
      const live = this.#state.live.get(room.id);
      if (live !== undefined && live.version > 0) {
        this.#events.revived(live);
        return;
      }
      this.#decisions.decideAsUnknown(room, held);
    }
  }

  /** The snapshot is the base of everything that follows, and brings the waiting commands along. */
  #revive(room: Aggregate, revived: Aggregate, cause: Cause): void {
    revived.deferred = room.deferred;
    revived.parked = room.parked;
    revived.request = room.request;
    if ((this.#ports.rules ?? faithful).baseBeforeLife('archive')) this.#events.writeBase(revived);
    else this.#state.adopt(revived, this.#state.next);
    this.#record(room.id, revived.version, cause, { kind: 'accepted' });
    const live = this.#state.live.get(room.id);
    if (live !== undefined) this.#events.revived(live);
  }

  #record(
    aggregate: AggregateId,
    version: number,
    cause: Cause,
    outcome: Parameters<Entries['decision']>[0]['outcome'],
  ): void {
    this.#entries.decision({ aggregate, version, cause, outcome });
  }

  #arm(delayMs: number): void {
    this.#disarm?.();
    this.#disarm = this.#ports.clock.after(delayMs, () => {
      if (!this.#life.alive) return;
      try {
        this.#round();
      } catch (error) {
        this.#events.failed(error);
      }
    });
  }

  /** Asks where it is time to, and refuses outsiders who have waited too long. */
  #round(): void {
    const { clock, settings } = this.#ports;
    const now = clock.monotonic();
    this.#entries.newMoment();
    for (const [id, asking] of this.#asking) {
      const { aggregate } = asking;
      if (this.#state.live.get(id) !== aggregate || aggregate.parked.length === 0) {
        this.#asking.delete(id);
        continue;
      }
      if (aggregate.version > 0 || this.#state.memory.has(id)) {
        this.#events.revived(aggregate);
        continue;
      }
      // What still waits for definitions will be parked behind; a refusal must not meet its double there.
      if (aggregate.deferred.length > 0) continue;
      this.#refuseLate(aggregate);
      if (aggregate.parked.length === 0) {
        this.#asking.delete(id);
      } else if (asking.nextAskAt <= now) {
        asking.nextAskAt = now + settings.reviveAgainMs;
        this.#send(asking);
      }
    }
    this.#events.wrote();
    if (this.#asking.size > 0) this.#arm(Math.min(settings.reviveAgainMs, settings.reviveBoundMs) / 5);
  }

  #refuseLate(aggregate: Aggregate): void {
    const { reviveBoundMs } = this.#ports.settings;
    for (const held of [...aggregate.parked]) {
      if (held.internal || this.#entries.at - held.at < reviveBoundMs) continue;
      const why = `the history of ${aggregate.id} could not be read from the archive within ${reviveBoundMs} ms`;
      this.#decisions.refuseHeld(aggregate, held, rejection('ARCHIVE_UNAVAILABLE', why));
    }
  }

  #send({ aggregate, request }: Asking): void {
    const task = this.#ports.reviveTask({
      aggregate: aggregate.id,
      request,
      partition: this.#partition,
      at: this.#entries.at,
    });
    this.#effects.addUnrecorded(this.#addressing.task(task, aggregate.id));
  }
}

/** Far above what a workflow's data limit allows. */
const partsMost = 1_000;

/** The whole state once all parts of one reading are here; empty when the archive knows no such id. */
function collect(asking: Asking, answer: RevivalAnswer): Uint8Array | undefined {
  const { found, archivedThrough, parts } = answer;
  if (parts > partsMost) return undefined;
  const reading = `${archivedThrough}/${parts}/${found?.startIndex}/${found?.version}/${found?.stateVersion}`;
  if (asking.reading !== reading) {
    asking.reading = reading;
    asking.parts = new Array<Uint8Array | undefined>(Math.max(1, parts)).fill(undefined);
  }
  if (answer.part < asking.parts.length) asking.parts[answer.part] = answer.state;
  const all = asking.parts.filter((part) => part !== undefined);
  return all.length === asking.parts.length ? joined(all) : undefined;
}
