import { Fault } from '@partitura/model';
import { faultOf, KafkaCode, logClosed, nameOf, outcomeUnknown, unavailable } from '../errors.ts';
import type { BrokerAddress, KafkaLogOptions, Notify } from '../options.ts';
import type { Answers } from './answers.ts';
import {
  abandon,
  ask,
  brokerFactory,
  exchange,
  type BrokerFactory,
  type Frame,
  type KafkaJsBroker,
} from './kafkajs.ts';

/**
 * A broker serves the requests of one connection one after another, so what may wait long has a connection of its own,
 * a lane: long polls, appends, each group membership.
 */
export type Lane = string;
const main: Lane = 'main';
const bootstrap = -1;

/** Topics may be on their way to a broker that was just asked for them. */
const unknownTopicRoundsMs = [100, 400];

/** Who leads what, and the connections to them. */
export class Cluster {
  readonly #seeds: readonly BrokerAddress[];
  readonly #makeBroker: BrokerFactory;
  readonly #notify: Notify;
  readonly #addresses = new Map<number, BrokerAddress>();
  readonly #lanes = new Map<string, Promise<KafkaJsBroker>>();
  /** Leaders by topic; the index is the partition. */
  readonly #leaders = new Map<string, readonly number[]>();
  readonly #lookUps = new Map<string, Promise<readonly number[]>>();
  readonly #coordinators = new Map<string, number>();
  readonly requestMs: number;
  #closed = false;
  #reachable = true;

  constructor(options: KafkaLogOptions, notify: Notify) {
    this.#seeds = options.brokers.map(addressOf);
    this.#makeBroker = brokerFactory(options, notify);
    this.#notify = notify;
    this.requestMs = options.requestMs ?? 15_000;
  }

  /** The node that leads a partition now. Rejects with UNKNOWN_TOPIC or UNAVAILABLE. */
  async leader(topic: string, partition: number): Promise<number> {
    return this.leaderAtHand(topic, partition) ?? this.#lookUpLeader(topic, partition);
  }

  /** As {@link leader}, if it is known without asking. */
  leaderAtHand(topic: string, partition: number): number | undefined {
    const leader = this.#leaders.get(topic)?.[partition];
    return leader === undefined || leader < 0 ? undefined : leader;
  }

  /** Forgets who leads the partitions of a topic. */
  forget(topic: string): void {
    this.#leaders.delete(topic);
  }

  async #lookUpLeader(topic: string, partition: number): Promise<number> {
    for (const pauseMs of [...unknownTopicRoundsMs, undefined]) {
      const leader = (await this.#leadersOf(topic))[partition];
      if (leader !== undefined && leader >= 0) return leader;
      this.forget(topic);
      if (leader !== undefined) throw unavailable(`${topic}/${partition} has no leader now`);
      if (pauseMs !== undefined) await pause(pauseMs);
    }
    throw faultOf(KafkaCode.unknownTopicOrPartition, `${topic}/${partition}`);
  }

  /** Leaders of all partitions of a topic; none where it does not exist. One look-up at a time. */
  #leadersOf(topic: string): Promise<readonly number[]> {
    const known = this.#leaders.get(topic);
    if (known !== undefined && known.every((leader) => leader >= 0)) return Promise.resolve(known);
    const running = this.#lookUps.get(topic);
    if (running !== undefined) return running;
    const lookUp = this.metadata([topic])
      .then(({ topicMetadata }) => {
        const found = topicMetadata.find((t) => t.topic === topic);
        if (found === undefined || found.topicErrorCode === KafkaCode.unknownTopicOrPartition) return [];
        if (found.topicErrorCode !== 0 && found.partitionMetadata.length === 0)
          throw found.topicErrorCode === KafkaCode.invalidTopic
            ? faultOf(KafkaCode.unknownTopicOrPartition, topic, nameOf(found.topicErrorCode))
            : faultOf(found.topicErrorCode, topic);
        const leaders: number[] = [];
        for (const { partitionId, leader } of found.partitionMetadata) leaders[partitionId] = leader;
        this.#leaders.set(topic, leaders);
        return leaders;
      })
      .finally(() => this.#lookUps.delete(topic));
    this.#lookUps.set(topic, lookUp);
    return lookUp;
  }

  /** Number of partitions of those topics that exist. Always asks. */
  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    if (topics.length === 0) return counts; // none would mean all
    for (const { topic, topicErrorCode, partitionMetadata } of (await this.metadata(topics)).topicMetadata)
      if (topicErrorCode === KafkaCode.topicAuthorizationFailed) throw faultOf(topicErrorCode, `topic ${topic}`);
      else if (topicErrorCode === 0) counts.set(topic, partitionMetadata.length);
    return counts;
  }

  /** Asks any broker; no topics means all. */
  async metadata(topics: readonly string[]): Promise<Answers['Metadata']> {
    const answer = await this.askAny('Metadata', { topics, allowAutoTopicCreation: false });
    this.#learn(answer);
    return answer;
  }

  /** Asks one given node. */
  async metadataFrom(node: number, topics: readonly string[]): Promise<Answers['Metadata']> {
    return this.askNode(node, main, 'Metadata', { topics, allowAutoTopicCreation: false });
  }

  nodes(): readonly number[] {
    return [...this.#addresses.keys()];
  }

  #learn({ brokers }: Answers['Metadata']): void {
    for (const { nodeId, host, port } of brokers) {
      const known = this.#addresses.get(nodeId);
      if (known?.host === host && known.port === port) continue;
      this.#dropNode(nodeId);
      this.#addresses.set(nodeId, { host, port });
    }
  }

  /** The node that coordinates a group. Rejects with UNAVAILABLE while there is none. */
  async coordinator(group: string): Promise<number> {
    const known = this.#coordinators.get(group);
    if (known !== undefined) return known;
    const { errorCode, coordinator } = await this.askAny('GroupCoordinator', { groupId: group });
    if (errorCode !== 0) throw faultOf(errorCode, `coordinator of ${group}`);
    if (!this.#addresses.has(coordinator.nodeId)) this.#addresses.set(coordinator.nodeId, coordinator);
    this.#coordinators.set(group, coordinator.nodeId);
    return coordinator.nodeId;
  }

  forgetCoordinator(group: string): void {
    this.#coordinators.delete(group);
  }

  /** One of the small requests to any broker that answers. */
  async askAny<Api extends keyof Answers>(api: Api, body: object, requestMs?: number): Promise<Answers[Api]> {
    let last: unknown;
    for (const node of [...shuffled(this.nodes()), bootstrap])
      try {
        const answer = await this.askNode(node, main, api, body, requestMs);
        this.#noteReachable(true);
        return answer;
      } catch (error) {
        if (this.#closed) throw error;
        last = error;
      }
    this.#noteReachable(false);
    throw last;
  }

  /** One of the small requests to a node. Rejects with UNAVAILABLE when the network fails. */
  async askNode<Api extends keyof Answers>(
    node: number,
    lane: Lane,
    api: Api,
    body: object,
    requestMs?: number,
  ): Promise<Answers[Api]> {
    const broker = await this.#connected(node, lane);
    try {
      return await ask(broker, api, body, requestMs);
    } catch (error) {
      throw this.#broken(node, lane, broker, unavailable(`${api} to ${this.#nameOf(node)} failed`, error));
    }
  }

  /**
   * One of our own frames to a node, on a lane. Rejects with UNAVAILABLE if it was certainly not sent, and with
   * OUTCOME_UNKNOWN otherwise.
   */
  async exchange(node: number, lane: Lane, frame: Frame, requestMs = this.requestMs): Promise<Buffer> {
    const broker = await this.#connected(node, lane);
    const connection = broker.connectionPool.pool[0];
    if (connection?.isConnected() !== true)
      throw this.#broken(node, lane, broker, unavailable(`${this.#nameOf(node)} is not connected`));
    try {
      return await exchange(connection, frame, requestMs);
    } catch (cause) {
      const fault = outcomeUnknown(`${frame.apiName} to ${this.#nameOf(node)} failed`, cause);
      throw this.#broken(node, lane, broker, fault);
    }
  }

  async #connected(node: number, lane: Lane): Promise<KafkaJsBroker> {
    const key = `${node}/${lane}`;
    let connecting: Promise<KafkaJsBroker> | undefined;
    try {
      for (;;) {
        if (this.#closed) throw logClosed();
        // Whoever comes while it connects waits for the same connection.
        connecting = this.#lanes.get(key) ?? this.#connect(node);
        this.#lanes.set(key, connecting);
        const broker = await connecting;
        if (this.#isClosed()) abandon(broker);
        else if (broker.isConnected()) return broker;
        this.#forgetLane(key, connecting); // the broker closed it meanwhile
      }
    } catch (error) {
      this.#forgetLane(key, connecting);
      throw error instanceof Fault ? error : unavailable(`${this.#nameOf(node)} cannot be reached`, error);
    }
  }

  #forgetLane(key: string, lane: Promise<KafkaJsBroker> | undefined): void {
    if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
  }

  async #connect(node: number): Promise<KafkaJsBroker> {
    let last: unknown;
    const known = this.#addresses.get(node);
    for (const address of known === undefined ? shuffled(this.#seeds) : [known]) {
      const broker = await this.#makeBroker(address);
      try {
        await broker.connect();
        return broker;
      } catch (error) {
        abandon(broker);
        last = error;
      }
    }
    throw last;
  }

  #broken(node: number, lane: Lane, broker: KafkaJsBroker, fault: Fault): Fault {
    const key = `${node}/${lane}`;
    void this.#lanes.get(key)?.then(
      (current) => {
        if (current === broker) this.#lanes.delete(key);
      },
      () => undefined,
    );
    abandon(broker);
    return this.#closed ? logClosed() : fault;
  }

  #dropNode(node: number): void {
    for (const [key, lane] of this.#lanes)
      if (key.startsWith(`${node}/`)) {
        this.#lanes.delete(key);
        void lane.then(abandon, () => undefined);
      }
  }

  #nameOf(node: number): string {
    const address = this.#addresses.get(node);
    if (address !== undefined) return `broker ${address.host}:${address.port}`;
    return `any of ${this.#seeds.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  #noteReachable(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    if (reachable) this.#notify('info', 'Kafka answers again', {});
    else this.#notify('warn', 'Kafka does not answer', { brokers: this.#seeds });
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes.values()) void lane.then(abandon, () => undefined);
    this.#lanes.clear();
  }
}

function addressOf(broker: string): BrokerAddress {
  const match = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(broker.trim());
  if (match?.[1] === undefined || Number(match[2]) > 65_535)
    throw new Error(`"${broker}" is no broker address; host:port is needed`);
  return { host: match[1], port: Number(match[2]) };
}

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
