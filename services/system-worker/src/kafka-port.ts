import type { Clock, Log } from '@partitura/log';
import type { KafkaPort, KafkaRequest } from '@partitura/tasks/executors';
import { TopicPublisher } from './topic-publisher.ts';

/** How other people's Kafka clusters are reached. */
export interface KafkaClusters {
  /** Names of the configured ones. */
  readonly names: ReadonlySet<string>;
  /** Hosts that definitions may name themselves, without credentials: all, or those of a list. */
  readonly allowed: 'everything' | readonly string[];
  /** @param cluster A configured name, or `host:port,…`. Rejects with a Fault. */
  open(cluster: string): Promise<Log>;
}

interface Cluster {
  readonly log: Promise<Log>;
  readonly publisher: Promise<TopicPublisher>;
}

const clustersMax = 32;

/** Publishes to other people's clusters. Connections are opened when they are first used, and kept. */
export class KafkaPublishers implements KafkaPort {
  readonly #clusters: KafkaClusters;
  readonly #clock: Clock;
  readonly #open = new Map<string, Cluster>();

  constructor(clusters: KafkaClusters, clock: Clock) {
    this.#clusters = clusters;
    this.#clock = clock;
  }

  async publish({ cluster, topic, key, value, headers, connectMs, answerMs }: KafkaRequest): Promise<void> {
    const refusal = this.#refusal(cluster);
    if (refusal !== undefined) throw new Error(refusal);
    const { publisher } = this.#connected(cluster);
    const connected = await this.#within(connectMs, publisher, `no connection to ${cluster}`);
    await this.#within(answerMs, connected.publish(topic, { key, value, headers }), `no answer of ${cluster}`);
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(async ({ log }) => (await log.catch(() => undefined))?.close()));
  }

  #refusal(cluster: string): string | undefined {
    const { names, allowed } = this.#clusters;
    if (names.has(cluster) || allowed === 'everything') return undefined;
    const hosts = cluster.split(',').map((address) => address.trim().replace(/:\d+$/, ''));
    const stranger = hosts.find((host) => !allowed.includes(host));
    return stranger === undefined
      ? undefined
      : `${stranger} is no configured integration, nor a host that tasks may reach`;
  }

  #connected(cluster: string): Cluster {
    const known = this.#open.get(cluster);
    if (known !== undefined) return known;
    const log = this.#clusters.open(cluster);
    const fresh: Cluster = { log, publisher: log.then((opened) => new TopicPublisher(opened)) };
    this.#forgetOldest();
    this.#open.set(cluster, fresh);
    fresh.publisher.catch(() => this.#open.delete(cluster));
    return fresh;
  }

  #forgetOldest(): void {
    if (this.#open.size < clustersMax) return;
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    this.#open.delete(oldest[0]);
    void oldest[1].log.then(
      (log) => log.close(),
      () => undefined,
    );
  }

  #within<T>(ms: number, promise: Promise<T>, otherwise: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ms, () => reject(new Error(`${otherwise} within ${ms} ms`)));
      void promise.then(resolve, reject).finally(cancel);
    });
  }
}
