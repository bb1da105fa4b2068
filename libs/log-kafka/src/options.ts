import type { ConnectionOptions } from 'node:tls';

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** Where to reach a broker that advertises an address which is not reachable from here, as through a tunnel. */
  readonly reach?: (address: BrokerAddress) => BrokerAddress;
  /** Name under which brokers know us in their logs and quotas. Default `partitura`. */
  readonly clientId?: string;
  readonly tls?: boolean | ConnectionOptions;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** How long an unanswered request may take. Default 15,000. */
  readonly requestMs?: number;
  /** After this silence a member of a group counts as dead; bounds take-over. Default 10,000; brokers want 6,000 or more. */
  readonly sessionMs?: number;
  /** How long a group waits for its members to join again. Default 10,000. */
  readonly rebalanceMs?: number;
  /** How often a member shows that it lives, and so how soon it hears of a rebalance. Default 500. */
  readonly heartbeatMs?: number;
  readonly notify?: Notify;
  readonly onCarried?: OnCarried;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Hears of every request that carried records, once it was answered: many records a request is what keeps the cost low. */
export type OnCarried = (how: 'appended' | 'fetched', records: number) => void;

/** What an operator may want to know: lost and found brokers, rebalances, faults that are retried inside. */
export type Notify = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;
