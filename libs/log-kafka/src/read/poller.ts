import type { Isolation } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import { faultOf, movedCodes } from '../errors.ts';
import type { Notify, OnCarried } from '../options.ts';
import { fetchFrame, readFetched, type PartitionAnswer, type PartitionWish } from '../wire/fetch.ts';
import { decodeStored } from '../wire/stored-records.ts';
import type { Follower } from './follower.ts';

const maxWaitMs = 250;
const responseBytes = 16_777_216;
/** Long polls under way at a time: one for the many, the others for those that found it gone. */
const laneCount = 4;

/** What the followers of one poller have in common. */
export interface PollerKind {
  readonly node: number;
  readonly isolation: Isolation;
  /** From one poll to the next at least, in ms: what comes within it gathers at the broker. */
  readonly patienceMs: number;
}

export interface PollerEvents {
  /** Takes a follower back whose partition must be looked for anew, after a pause. */
  readonly onMoved: (follower: Follower, why: Fault) => void;
  readonly onCarried: OnCarried | undefined;
  readonly notify: Notify;
}

/**
 * Long polls to one broker for all partitions that are followed there. A partition that may be fetched again while a
 * long poll without it is under way goes into another one at once, instead of waiting for the end of the first.
 */
export class Poller {
  readonly #cluster: Cluster;
  readonly #kind: PollerKind;
  readonly #clientId: string;
  readonly #events: PollerEvents;
  readonly #followers = new Set<Follower>();
  readonly #freeLanes: string[];
  #scheduled = false;
  #lastAt = -Infinity;
  #isPatient = false;

  constructor(cluster: Cluster, kind: PollerKind, clientId: string, events: PollerEvents) {
    this.#cluster = cluster;
    this.#kind = kind;
    this.#clientId = clientId;
    this.#events = events;
    const name = `follow-${kind.isolation}-${kind.patienceMs}`;
    this.#freeLanes = Array.from({ length: laneCount }, (_, i) => `${name}-${laneCount - 1 - i}`);
  }

  add(follower: Follower): void {
    this.#followers.add(follower);
    this.schedule();
  }

  /** At the end of this turn of the event loop, so that partitions that come together share a poll. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const leftMs = this.#lastAt + this.#kind.patienceMs - performance.now();
    if (leftMs > 0) {
      if (this.#isPatient) return;
      this.#isPatient = true;
      setTimeout(() => {
        this.#isPatient = false;
        this.#dispatch();
      }, leftMs);
      return;
    }
    for (;;) {
      const lane = this.#freeLanes.at(-1);
      if (lane === undefined) return; // the next poll that ends takes along what waits
      const ready = this.#takeReady();
      if (ready.size === 0) return;
      this.#freeLanes.pop();
      this.#lastAt = performance.now();
      void this.#poll(lane, ready).finally(() => {
        for (const followers of ready.values()) for (const follower of followers) follower.fetching = false;
        this.#freeLanes.push(lane);
        this.#dispatch();
      });
    }
  }

  /** By partition: a request names each once, so only followers at the same position go together. */
  #takeReady(): Map<string, Follower[]> {
    const ready = new Map<string, Follower[]>();
    for (const follower of this.#followers) {
      if (follower.isOver) this.#followers.delete(follower);
      if (follower.fetching || !follower.hasRoom) continue;
      const beside = ready.get(follower.name);
      if (beside === undefined) ready.set(follower.name, [follower]);
      else if (beside[0]?.position === follower.position) beside.push(follower);
      else continue;
      follower.fetching = true;
    }
    return ready;
  }

  async #poll(lane: string, followers: ReadonlyMap<string, readonly Follower[]>): Promise<void> {
    try {
      const frame = fetchFrame(this.#clientId, {
        partitions: wishesOf(followers),
        isolation: this.#kind.isolation,
        maxWaitMs,
        maxBytes: responseBytes,
      });
      const { errorCode, partitions } = readFetched(await this.#cluster.exchange(this.#kind.node, lane, frame));
      if (errorCode !== 0) throw faultOf(errorCode, 'fetch');
      let records = 0;
      for (const answer of partitions)
        if (answer.bytes.length > 0 || answer.errorCode !== 0)
          for (const follower of followers.get(`${answer.topic}/${answer.partition}`) ?? [])
            records += this.#hand(follower, answer);
      if (records > 0) this.#events.onCarried?.('fetched', records);
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('UNAVAILABLE', String(error), { retryable: true });
      for (const same of followers.values()) for (const follower of same) this.#giveBack(follower, fault);
    }
  }

  /** Returns how many records it was. */
  #hand(follower: Follower, answer: PartitionAnswer): number {
    if (follower.isOver) return 0;
    const { topic, partition, errorCode } = answer;
    const where = follower.name;
    if (errorCode !== 0) {
      const fault = faultOf(errorCode, `follow ${where} at ${follower.position}`);
      if (fault.retryable || fault.code === 'UNKNOWN_TOPIC' || movedCodes.has(errorCode))
        this.#giveBack(follower, fault);
      else follower.end(fault);
      return 0;
    }
    try {
      const aborted = this.#kind.isolation === 'committed' ? answer.aborted : undefined;
      const { records, nextOffset, wanted } = decodeStored(answer.bytes, follower.position, aborted, where);
      if (wanted !== undefined) follower.maxBytes = Math.max(follower.maxBytes, wanted);
      if (nextOffset === follower.position) return 0;
      const { highWatermark, logStart, lastStable } = answer;
      follower.take(
        { topic, partition, records, nextOffset, highWatermark, logStart, lastStable },
        answer.bytes.length,
      );
      return records.length;
    } catch (error) {
      this.#events.notify('error', `${where} cannot be read at ${follower.position}`, { error });
      follower.end(error);
      return 0;
    }
  }

  #giveBack(follower: Follower, why: Fault): void {
    this.#followers.delete(follower);
    this.#events.onMoved(follower, why);
  }
}

function wishesOf(followers: ReadonlyMap<string, readonly Follower[]>): PartitionWish[] {
  const wishes: PartitionWish[] = [];
  for (const [follower] of followers.values()) {
    if (follower === undefined) continue;
    const { topic, partition, position, maxBytes } = follower;
    wishes.push({ topic, partition, from: position, maxBytes });
  }
  // Only the first with data is served beyond the limit, so those come first whose batches are larger.
  return wishes.some((wish) => wish.maxBytes !== wishes[0]?.maxBytes)
    ? wishes.sort((a, b) => b.maxBytes - a.maxBytes)
    : wishes;
}
