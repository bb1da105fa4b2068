import type { Batch, Following, FollowRequest, Isolation } from '@partitura/log';
import type { Notify } from '../options.ts';

/** What may wait undelivered for one partition before it is left out of fetches. */
const readAheadBytes = 1_048_576;

export interface FollowerEvents {
  /** It may be fetched again after it had been left out. */
  readonly onRoom: (follower: Follower) => void;
  /** It will not be fetched any more. */
  readonly onOver: (follower: Follower) => void;
  readonly notify: Notify;
}

/** One followed partition: its position, what was read ahead, and its handler. */
export class Follower implements Following {
  readonly topic: string;
  readonly partition: number;
  /** `<topic>/<partition>` */
  readonly name: string;
  readonly isolation: Isolation;
  /** From one fetch to the next at least, in ms. */
  readonly patienceMs: number;
  /** Where the next fetch reads. */
  position: number;
  /** Bytes to ask for: grows when a batch is larger than what is usual. */
  maxBytes: number;
  /** In a fetch that is under way. */
  fetching = false;
  readonly #request: FollowRequest;
  readonly #events: FollowerEvents;
  #ahead: { readonly batch: Batch; readonly bytes: number }[] = [];
  #aheadBytes = 0;
  #delivering = false;
  #paused = false;
  #closed = false;
  #end: { readonly why: unknown } | undefined;

  constructor(request: FollowRequest, maxBytes: number, events: FollowerEvents) {
    this.#request = request;
    this.topic = request.topic;
    this.partition = request.partition;
    this.name = `${request.topic}/${request.partition}`;
    this.isolation = request.isolation ?? 'uncommitted';
    this.patienceMs = request.patienceMs ?? 0;
    this.position = request.from;
    this.maxBytes = maxBytes;
    this.#events = events;
  }

  get isOver(): boolean {
    return this.#closed || this.#end !== undefined;
  }

  /** Whether more may be read ahead. */
  get hasRoom(): boolean {
    return !this.isOver && !this.#paused && this.#aheadBytes < readAheadBytes;
  }

  take(batch: Batch, bytes: number): void {
    if (this.isOver) return;
    this.position = batch.nextOffset;
    this.#ahead.push({ batch, bytes });
    this.#aheadBytes += bytes;
    void this.#deliver();
  }

  /** Ends after what was read ahead has been handed over. */
  end(why: unknown): void {
    if (this.isOver) return;
    this.#end = { why };
    void this.#deliver();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ahead = [];
    this.#events.onOver(this);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    void this.#deliver();
    this.#events.onRoom(this);
  }

  async #deliver(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#ahead.length > 0 && !this.#closed && !this.#paused) {
        const hadRoom = this.hasRoom;
        const batch = joined(this.#ahead.map((ahead) => ahead.batch));
        this.#ahead = [];
        this.#aheadBytes = 0;
        if (!hadRoom) this.#events.onRoom(this);
        await this.#request.onBatch(batch);
      }
    } catch (why) {
      this.#end = { why };
      this.#ahead = [];
    } finally {
      this.#delivering = false;
    }
    if (this.#end !== undefined && this.#ahead.length === 0) this.#finish(this.#end.why);
  }

  #finish(why: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.onOver(this);
    try {
      this.#request.onEnd(why);
    } catch (error) {
      this.#events.notify('error', `onEnd of ${this.name} threw`, { error });
    }
  }
}

/** Batches that follow each other, as one. */
function joined(batches: readonly Batch[]): Batch {
  const last = batches.at(-1);
  if (last === undefined) throw new RangeError('nothing to join');
  return batches.length === 1 ? last : { ...last, records: batches.flatMap((batch) => batch.records) };
}
