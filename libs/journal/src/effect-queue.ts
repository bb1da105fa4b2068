import { sleep } from '@partitura/log';
import { isFault, isRetryable, reasonOf } from './failures.ts';
import type { Owed } from './owed.ts';
import { hasEnded, pauseMs, type Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';
import { faithful } from './rules.ts';

/** One effect on its way. */
export interface Sending extends Owed {
  readonly bytes: number;
  /** Its target has it (at this offset, where the target tells), or it was given up for good. */
  settled(offset?: number): void;
}

/** How a target takes records; resolves with the offset of the first where there is one. */
export type Deliver = (batch: readonly Sending[]) => Promise<number | undefined>;

export interface QueueEvents {
  /** The target refuses for so long, or so clearly, that what waits for it will not reach it. Only for task topics. */
  undeliverable?(sending: Sending, reason: string): void;
  /** Somebody who heard of a settled effect threw: the owner must end. */
  failed(why: unknown): void;
  /** Bytes left the queue. */
  drained(bytes: number): void;
  /** The target has been failing for half the time after which tasks would be undeliverable; said once. */
  failing(name: string, error: unknown): void;
}

/** Effects for one target: in order, one send in flight, again until acknowledged. */
export class EffectQueue {
  readonly name: string;
  readonly #ports: JournalPorts;
  readonly #life: Life;
  readonly #deliver: Deliver;
  readonly #events: QueueEvents;
  #waiting: Sending[] = [];
  #inFlight = 0;
  /** A batch was refused for its size: one record at a time, to find the one. */
  #singly = false;

  constructor(name: string, ports: JournalPorts, life: Life, deliver: Deliver, events: QueueEvents) {
    this.name = name;
    this.#ports = ports;
    this.#life = life;
    this.#deliver = deliver;
    this.#events = events;
  }

  push(sending: Sending): void {
    this.#waiting.push(sending);
  }

  /** Sends what waits, unless something is in flight; then it goes when that is acknowledged. */
  flush(): void {
    const { sendsInFlight, settledByAck } = this.#ports.rules ?? faithful;
    if (!this.#life.alive || this.#waiting.length === 0 || this.#inFlight >= sendsInFlight) return;
    const batch = this.#take();
    this.#inFlight += 1;
    if (!settledByAck) for (const sending of batch) sending.settled();
    this.#send(batch).then(
      () => {
        this.#inFlight -= 1;
        this.flush();
      },
      (why: unknown) => this.#events.failed(why),
    );
  }

  #take(): Sending[] {
    const most = this.#singly ? 1 : batchRecords;
    let bytes = 0;
    let count = 0;
    for (const sending of this.#waiting) {
      if (count > 0 && (count >= most || bytes + sending.bytes > batchBytes)) break;
      bytes += sending.bytes;
      count += 1;
    }
    if (count === this.#waiting.length) {
      const all = this.#waiting;
      this.#waiting = [];
      return all;
    }
    return this.#waiting.splice(0, count);
  }

  /** Returns when all of the batch is settled, or handed back, or the owner has ended. */
  async #send(batch: readonly Sending[]): Promise<void> {
    const { clock, settings } = this.#ports;
    let failingSince: number | undefined;
    let told = false;
    for (let n = 0; this.#life.alive; n++) {
      const delivered = await this.#deliver(batch).then(
        (base) => ({ base }),
        (error: unknown) => ({ error }),
      );
      if (hasEnded(this.#life)) return;
      if ('base' in delivered) {
        this.#singly = false;
        this.#settle(batch, delivered.base);
        return;
      }
      const { error } = delivered;
      failingSince ??= clock.monotonic();
      if (isFault(error, 'TOO_LARGE') && batch.length > 1) {
        this.#singly = true;
        this.#waiting = [...batch, ...this.#waiting];
        return;
      }
      const failingMs = clock.monotonic() - failingSince;
      if (!told && failingMs >= settings.undeliverableMs / 2) {
        told = true;
        this.#events.failing(this.name, error);
      }
      const hopeless = !isRetryable(error) || failingMs >= settings.undeliverableMs;
      if (hopeless && this.#events.undeliverable !== undefined) {
        this.#giveUp(batch, reasonOf(error));
        return;
      }
      await sleep(clock, pauseMs(settings, n));
    }
  }

  #settle(batch: readonly Sending[], base: number | undefined): void {
    let bytes = 0;
    batch.forEach((sending, i) => {
      bytes += sending.bytes;
      sending.settled(base === undefined ? undefined : base + i);
    });
    this.#events.drained(bytes);
  }

  #giveUp(batch: readonly Sending[], reason: string): void {
    let bytes = 0;
    for (const sending of batch) {
      bytes += sending.bytes;
      this.#events.undeliverable?.(sending, reason);
    }
    this.#events.drained(bytes);
  }
}

const batchBytes = 1024 * 1024;
const batchRecords = 5_000;
