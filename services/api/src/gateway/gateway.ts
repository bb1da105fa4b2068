import { DoneRanges, type Clock, type Log, type Member, type Ownership } from '@partitura/log';
import type { TaskRecord } from '@partitura/model';
import { groupNames, murmur2, topicNames, type Queue } from '@partitura/wire';
import { cardOf, encodeCard, httpPeer, type OfferRequest, type Peer, type PeerCard } from './peers.ts';
import { Poll } from './poll.ts';
import { Recent } from './recent.ts';
import type { LastPoll, Polled, Polling, PollRequest, QueueSize, Receiver, TaskQueues } from './port.ts';
import type { StartedReports } from './started-reports.ts';
import { TaskQueue, type Offer } from './task-queue.ts';

/** Queues that nobody polled for this long are not read any more. */
const forgetAfterMs = 120_000;
const tidyEveryMs = 30_000;
/** How often topics that did not exist yet are looked for, while somebody polls them. */
const lookEveryMs = 250;
const queuesMax = 10_000;
const handedOutMax = 50_000;
const parkedMax = 50_000;
/** How long a start waits for its share of the partitions. */
const joinMs = 10_000;

export interface GatewayOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  readonly instance: string;
  readonly card: PeerCard;
  readonly reports: StartedReports;
  readonly connect?: (card: PeerCard) => Peer;
  readonly onAlarm: (what: string, why: unknown) => void;
}

/**
 * Hands tasks from the task topics to HTTP workers. Partition i of a topic belongs to the instance that owns number
 * (hash(topic) + i) mod P, so that a newly polled type needs no rebalance; a poll that finds nothing here waits here and
 * at the peers that own the other partitions.
 */
export class Gateway implements Omit<TaskQueues, 'takeReport' | 'flushReports' | 'undelivered'> {
  readonly #options: GatewayOptions;
  readonly #topics;
  readonly #groups;
  readonly #queues = new Map<string, TaskQueue>();
  /** Partition counts of the task topics that exist. */
  readonly #counts = new Map<string, number>();
  readonly #polls = new Recent<string, LastPoll>(queuesMax);
  /** Which queue a task came from, so that the answer to its result can bring the next one. */
  readonly #handedOut = new Recent<string, Queue>(handedOutMax);
  /** What waits for a topic that does not exist yet. */
  readonly #awaited = new Map<string, Set<() => void>>();
  #members: readonly Member[] = [];
  readonly #peers = new Map<string, Peer>();
  #ownership: Ownership | undefined;
  #looking: (() => void) | undefined;
  #tidying: (() => void) | undefined;
  #parked = 0;
  #closed = false;
  #joined = false;

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#topics = topicNames(options.namespace);
    this.#groups = groupNames(options.namespace);
  }

  /** Resolves when it knows its share of the partitions, or when that takes too long: see {@link hasJoined}. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    let joined: () => void = () => undefined;
    const whenJoined = new Promise<void>((resolve) => (joined = resolve));
    gateway.#ownership = await options.log.own({
      group: gateway.#groups.gateway,
      topic: gateway.#topics.commands,
      count: options.partitions,
      instance: options.instance,
      userData: () => encodeCard(options.card),
      onAcquire: () => gateway.#assignAll(),
      onRelease: () => gateway.#assignAll(),
      onMembers: (members) => {
        gateway.#members = members;
        gateway.#joined = true;
        gateway.#meetPeers();
        gateway.#assignAll();
        joined();
      },
    });
    const inTime = options.clock.after(joinMs, joined);
    await whenJoined;
    inTime();
    gateway.#tidy();
    return gateway;
  }

  /** Whether the group has told this instance which partitions are its own. */
  get hasJoined(): boolean {
    return this.#joined;
  }

  /** Polls that wait for tasks, on behalf of clients of this instance. */
  get parked(): number {
    return this.#parked;
  }

  poll(request: PollRequest): Polling {
    this.#remember(request);
    const queue = this.#queue(request);
    if (queue === undefined) return nothing(`more than ${queuesMax} queues are polled`);
    if (this.#parked >= parkedMax) return nothing(`more than ${parkedMax} polls wait here`);
    if (queue.note !== undefined) return nothing(queue.note);
    let settle: (polled: Polled) => void;
    const polled = new Promise<Polled>((resolve) => (settle = resolve));
    const { workerId } = request;
    const poll = new Poll<TaskRecord>({
      count: request.count,
      to: request,
      settle: (tasks) => {
        this.#parked -= 1;
        const at = this.#options.clock.now();
        for (const task of tasks) this.#handedOut.set(task.taskId, queue.queue);
        const { note } = queue;
        settle({
          tasks: tasks.map((task) => (workerId === undefined ? { task, at } : { task, workerId, at })),
          ...(note !== undefined && { notice: note }),
        });
      },
    });
    this.#parked += 1;
    queue.park(poll, request.timeoutMs);
    if (request.timeoutMs > 0) this.#alsoAtPeers(queue, request, poll);
    return { polled, cancel: () => poll.end() };
  }

  queueOf(taskId: string): Queue | undefined {
    return this.#handedOut.get(taskId);
  }

  /** A peer's client waits here. Ids of what is not claimed within a second are void. */
  pollForPeer({ queue: wanted, count, waitMs }: OfferRequest): {
    readonly polled: Promise<readonly Offer[]>;
    readonly cancel: () => void;
  } {
    const queue = this.#queue(wanted);
    if (queue === undefined || queue.note !== undefined)
      return { polled: Promise.resolve([]), cancel: () => undefined };
    let settle: (offers: readonly Offer[]) => void;
    const polled = new Promise<readonly Offer[]>((resolve) => (settle = resolve));
    const poll = new Poll<Offer>({ count, to: {}, settle: (offers) => settle(offers) });
    queue.parkForPeer(poll, waitMs);
    return { polled, cancel: () => poll.end() };
  }

  claimForPeer(queue: Queue, ids: readonly number[], to: Receiver): Promise<readonly boolean[]> {
    return this.#queues.get(this.#topicOf(queue))?.claim(ids, to) ?? Promise.resolve(ids.map(() => false));
  }

  declineForPeer(queue: Queue, ids: readonly number[]): void {
    this.#queues.get(this.#topicOf(queue))?.decline(ids);
  }

  async sizes(queues?: readonly Queue[]): Promise<readonly QueueSize[]> {
    const wanted = queues ?? (await this.#allQueues());
    return Promise.all(wanted.map((queue) => this.#sizeOf(queue)));
  }

  async pollData(type?: string): Promise<readonly LastPoll[]> {
    const own = this.localPollData(type);
    const others = await Promise.all([...this.#peers.values()].map((peer) => peer.pollData(type).catch(() => [])));
    return mergePollData([own, ...others]);
  }

  localPollData(type?: string): readonly LastPoll[] {
    return [...this.#polls.values()].filter((data) => type === undefined || data.type === type);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#looking?.();
    this.#tidying?.();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#ownership?.close();
  }

  /** A poll that found nothing here waits at those who own the other partitions, too. */
  #alsoAtPeers(queue: TaskQueue, request: PollRequest, poll: Poll<TaskRecord>): void {
    const isKnown = this.#counts.has(queue.topic);
    if (poll.isSettled || (isKnown && this.#peers.size === 0)) return;
    const over = new AbortController();
    poll.whenSettled(() => over.abort());
    const ask = (): void => {
      if (poll.wants === 0) return;
      for (const peer of this.#peersOf(queue)) void this.#parkAt(peer, queue.queue, request, poll, over.signal);
    };
    if (isKnown) ask();
    else this.#whenFound(queue.topic, ask, over.signal);
  }

  async #parkAt(
    peer: Peer,
    queue: Queue,
    request: PollRequest,
    poll: Poll<TaskRecord>,
    signal: AbortSignal,
  ): Promise<void> {
    const { timeoutMs: waitMs } = request;
    try {
      const offers = await peer.offers({ queue, count: poll.wants, waitMs }, signal);
      const taken = offers.slice(0, poll.wants);
      const declined = offers.slice(taken.length);
      if (declined.length > 0)
        await peer.decline(
          queue,
          declined.map(({ id }) => id),
        );
      if (taken.length === 0) return;
      const claimed = peer.claim(
        queue,
        taken.map(({ id }) => id),
        request,
      );
      await Promise.all(
        taken.map(({ task }, i) =>
          poll.giveIf(
            claimed.then((ours) => ours[i] === true),
            task,
          ),
        ),
      );
      poll.end();
    } catch (error) {
      // A peer that is gone takes nothing with it: unclaimed offers fall back, and the next rebalance moves its numbers.
      if (!signal.aborted) this.#options.onAlarm('a peer could not be asked for tasks', error);
    }
  }

  #topicOf(queue: Queue): string {
    return this.#topics.tasks(queue.type, queue.domain);
  }

  #queue({ type, domain }: Queue): TaskQueue | undefined {
    const queue = { type, ...(domain === undefined ? {} : { domain }) };
    const topic = this.#topicOf(queue);
    const known = this.#queues.get(topic);
    if (known !== undefined) return known;
    if (this.#queues.size >= queuesMax || this.#closed) return undefined;
    const { log, clock, reports, onAlarm } = this.#options;
    const group = this.#groups.queue(queue.type, queue.domain);
    const made = new TaskQueue({ queue, topic, group, log, clock, reports, onAlarm });
    this.#queues.set(topic, made);
    if (this.#counts.has(topic)) this.#assign(made);
    else void this.#look();
    return made;
  }

  /** Topics are made when their first task is dispatched: until then their pollers wait for them. */
  async #look(): Promise<void> {
    this.#looking?.();
    this.#looking = undefined;
    const missing = [...this.#queues.values()].filter((queue) => !this.#counts.has(queue.topic));
    if (missing.length === 0 || this.#closed) return;
    try {
      const found = await this.#options.log.describeTopics(missing.map((queue) => queue.topic));
      for (const [topic, { partitions }] of found) this.#counts.set(topic, partitions);
      for (const queue of missing) {
        if (!found.has(queue.topic)) continue;
        this.#assign(queue);
        for (const act of this.#awaited.get(queue.topic) ?? []) act();
        this.#awaited.delete(queue.topic);
      }
    } catch (error) {
      this.#options.onAlarm('task topics could not be looked up', error);
    }
    const later = missing.some((queue) => !this.#counts.has(queue.topic) && queue.hasParked)
      ? lookEveryMs
      : lookEveryMs * 8;
    this.#looking = this.#options.clock.after(later, () => void this.#look());
  }

  /** Peers can be asked for a queue once its partitions are known. */
  #whenFound(topic: string, act: () => void, signal: AbortSignal): void {
    const waiting = this.#awaited.get(topic) ?? new Set();
    this.#awaited.set(topic, waiting.add(act));
    signal.addEventListener('abort', () => waiting.delete(act), { once: true });
  }

  #assignAll(): void {
    for (const queue of this.#queues.values()) this.#assign(queue);
  }

  #assign(queue: TaskQueue): void {
    const owned = this.#ownership?.owned() ?? new Set();
    const mine = new Set<number>();
    for (let i = 0; i < (this.#counts.get(queue.topic) ?? 0); i++)
      if (owned.has(this.#numberOf(queue.topic, i))) mine.add(i);
    queue.own(mine);
  }

  #numberOf(topic: string, partition: number): number {
    return ((murmur2(topic) & 0x7fffffff) + partition) % this.#options.partitions;
  }

  #meetPeers(): void {
    const { instance, connect = httpPeer } = this.#options;
    const present = new Set(this.#members.map((member) => member.instance));
    for (const known of this.#peers.keys()) if (!present.has(known)) this.#peers.delete(known);
    for (const member of this.#members) {
      const card = member.instance === instance || this.#peers.has(member.instance) ? undefined : cardOf(member);
      if (card !== undefined) this.#peers.set(member.instance, connect(card));
    }
  }

  #peersOf(queue: TaskQueue): readonly Peer[] {
    if (this.#peers.size === 0) return [];
    const count = this.#counts.get(queue.topic) ?? 0;
    const numbers = new Set(Array.from({ length: count }, (_, i) => this.#numberOf(queue.topic, i)));
    return this.#members
      .filter((member) => member.numbers.some((number) => numbers.has(number)))
      .map((member) => this.#peers.get(member.instance))
      .filter((peer) => peer !== undefined);
  }

  async #allQueues(): Promise<readonly Queue[]> {
    const topics = await this.#options.log.listTopics();
    return topics.map((topic) => this.#topics.queueOf(topic)).filter((queue) => queue !== undefined);
  }

  async #sizeOf(queue: Queue): Promise<QueueSize> {
    const { log } = this.#options;
    const topic = this.#topicOf(queue);
    const count = (await log.describeTopics([topic])).get(topic)?.partitions ?? 0;
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const [offsets, committed] = await Promise.all([
      Promise.all(partitions.map(({ partition }) => log.offsets(topic, partition))),
      log.committed(this.#groups.queue(queue.type, queue.domain), partitions),
    ]);
    const positions = new Map(committed.map((position) => [position.partition, position]));
    let waiting = 0;
    let unacknowledged = 0;
    for (const [partition, { start, end }] of offsets.entries()) {
      // What a peer reads is known here only by its last commit.
      const { offset = start, metadata = '' } = positions.get(partition) ?? {};
      const elsewhere = new DoneRanges(Math.max(start, offset), metadata);
      const load = this.#queues.get(topic)?.load(partition, end);
      waiting += load?.waiting ?? Math.max(0, end - elsewhere.committed - elsewhere.above);
      unacknowledged += load?.unacknowledged ?? 0;
    }
    return { ...queue, waiting, unacknowledged };
  }

  #remember({ type, domain, workerId }: PollRequest): void {
    const at = this.#options.clock.now();
    const queue = { type, ...(domain === undefined ? {} : { domain }) };
    this.#polls.set(`${type}\0${domain ?? ''}`, { at, ...queue, ...(workerId === undefined ? {} : { workerId }) });
  }

  #tidy(): void {
    const { clock } = this.#options;
    for (const [topic, queue] of this.#queues) {
      if (queue.hasParked || clock.monotonic() - queue.lastPolled < forgetAfterMs) continue;
      this.#queues.delete(topic);
      void queue.close();
    }
    this.#tidying = clock.after(tidyEveryMs, () => this.#tidy());
  }
}

function nothing(notice: string): Polling {
  return { polled: Promise.resolve({ tasks: [], notice }), cancel: () => undefined };
}

function mergePollData(lists: readonly (readonly LastPoll[])[]): readonly LastPoll[] {
  const latest = new Map<string, LastPoll>();
  for (const data of lists.flat()) {
    const key = `${data.type}\0${data.domain ?? ''}`;
    if ((latest.get(key)?.at ?? -1) < data.at) latest.set(key, data);
  }
  return [...latest.values()];
}
