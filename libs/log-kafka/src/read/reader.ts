import type { Batch, FetchOptions, FollowRequest } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import { faultOf, KafkaCode, logClosed, movedCodes } from '../errors.ts';
import type { Notify, OnCarried } from '../options.ts';
import { fetchFrame, readFetched } from '../wire/fetch.ts';
import { decodeStored } from '../wire/stored-records.ts';
import { Follower } from './follower.ts';
import { Poller } from './poller.ts';

const partitionBytes = 1_048_576;
const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** Reads partitions from any offset, without a consumer group. */
export class Reader {
  readonly #cluster: Cluster;
  readonly #clientId: string;
  readonly #notify: Notify;
  readonly #onCarried: OnCarried | undefined;
  readonly #pollers = new Map<string, Poller>();
  readonly #pollerOf = new WeakMap<Follower, Poller>();
  readonly #followers = new Set<Follower>();
  readonly #freeLanes = new Map<number, string[]>();
  #lanes = 0;
  #closed = false;

  constructor(cluster: Cluster, clientId: string, notify: Notify, onCarried: OnCarried | undefined) {
    this.#cluster = cluster;
    this.#clientId = clientId;
    this.#notify = notify;
    this.#onCarried = onCarried;
  }

  follow(request: FollowRequest): Follower {
    const follower = new Follower(request, partitionBytes, {
      onRoom: (it) => this.#pollerOf.get(it)?.schedule(),
      onOver: (it) => this.#followers.delete(it),
      notify: this.#notify,
    });
    if (this.#closed)
      queueMicrotask(() => {
        follower.end(logClosed());
      });
    else {
      this.#followers.add(follower);
      void this.#place(follower, firstPauseMs);
    }
    return follower;
  }

  /** One read on a connection that nobody else uses meanwhile. */
  async fetch(topic: string, partition: number, from: number, options: FetchOptions = {}): Promise<Batch> {
    const { maxBytes = partitionBytes, maxWaitMs = 0, isolation = 'uncommitted' } = options;
    const where = `${topic}/${partition}`;
    const node = await this.#cluster.leader(topic, partition);
    const frame = fetchFrame(this.#clientId, {
      partitions: [{ topic, partition, from, maxBytes }],
      isolation,
      maxWaitMs,
      maxBytes,
    });
    const answer = await this.#onFreeLane(node, (lane) =>
      this.#cluster.exchange(node, lane, frame, maxWaitMs + this.#cluster.requestMs),
    ).then(readFetched, (error: unknown) => {
      this.#cluster.forget(topic);
      // Reading twice does no harm, so the outcome is of no interest.
      throw error instanceof Fault && error.code === 'OUTCOME_UNKNOWN'
        ? new Fault('UNAVAILABLE', error.message, { retryable: true, cause: error.cause })
        : error;
    });
    const [found] = answer.partitions;
    const code = answer.errorCode !== 0 ? answer.errorCode : (found?.errorCode ?? KafkaCode.networkException);
    if (code !== 0 || found === undefined) {
      if (movedCodes.has(code) || code === KafkaCode.unknownTopicOrPartition) this.#cluster.forget(topic);
      throw faultOf(code, `fetch of ${where} at ${from}`);
    }
    const aborted = isolation === 'committed' ? found.aborted : undefined;
    const { records, nextOffset } = decodeStored(found.bytes, from, aborted, where);
    const { highWatermark, logStart, lastStable } = found;
    return { topic, partition, records, nextOffset, highWatermark, logStart, lastStable };
  }

  close(): void {
    this.#closed = true;
    for (const follower of [...this.#followers]) follower.close();
  }

  async #onFreeLane<T>(node: number, use: (lane: string) => Promise<T>): Promise<T> {
    let free = this.#freeLanes.get(node);
    if (free === undefined) this.#freeLanes.set(node, (free = []));
    const lane = free.pop() ?? `fetch-${this.#lanes++}`;
    try {
      return await use(lane);
    } finally {
      free.push(lane);
    }
  }

  /** Gives a follower to the poller of its leader; tries until there is one. */
  async #place(follower: Follower, pauseMs: number): Promise<void> {
    if (this.#isOver(follower)) return;
    try {
      const node = await this.#cluster.leader(follower.topic, follower.partition);
      if (this.#isOver(follower)) return;
      const poller = this.#pollerFor(node, follower);
      this.#pollerOf.set(follower, poller);
      poller.add(follower);
    } catch (error) {
      if (error instanceof Fault && !error.retryable) follower.end(error);
      else this.#placeLater(follower, pauseMs);
    }
  }

  #placeLater(follower: Follower, pauseMs: number): void {
    setTimeout(() => void this.#place(follower, Math.min(2 * pauseMs, longestPauseMs)), pauseMs);
  }

  /** Those who wait alike share long polls. */
  #pollerFor(node: number, { isolation, patienceMs }: Follower): Poller {
    const name = `${node}/${isolation}/${patienceMs}`;
    let poller = this.#pollers.get(name);
    if (poller === undefined) {
      poller = new Poller(this.#cluster, { node, isolation, patienceMs }, this.#clientId, {
        onMoved: (follower, why) => {
          this.#notify('debug', `${follower.topic}/${follower.partition} is looked for again`, { why: why.message });
          this.#cluster.forget(follower.topic);
          this.#placeLater(follower, firstPauseMs);
        },
        onCarried: this.#onCarried,
        notify: this.#notify,
      });
      this.#pollers.set(name, poller);
    }
    return poller;
  }

  #isOver(follower: Follower): boolean {
    if (this.#closed) follower.close();
    return follower.isOver;
  }
}
