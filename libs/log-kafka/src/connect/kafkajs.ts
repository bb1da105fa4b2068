/**
 * The only file that knows the inside of kafkajs. We use its connections (TLS, SASL, framing, time-outs) and its codecs
 * of the small requests; what it does with records, groups and retries we do ourselves.
 */
import { Kafka, logLevel, type ISocketFactory, type KafkaConfig } from 'kafkajs';
import { createRequire } from 'node:module';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Answers } from './answers.ts';
import type { BrokerAddress, KafkaLogOptions, Notify } from '../options.ts';

const supported = '2.2.4';
const require = createRequire(import.meta.url);

/** One connection pool to one broker: a connection for fetches and one for everything else. */
export interface KafkaJsBroker {
  readonly versions: Readonly<Partial<Record<number, { minVersion: number; maxVersion: number }>>>;
  readonly connectionPool: {
    readonly pool: readonly KafkaJsConnection[];
    getConnection(index: number): Promise<KafkaJsConnection>;
    send(request: SmallRequest): Promise<unknown>;
  };
  isConnected(): boolean;
  connect(): Promise<void>;
}

export interface KafkaJsConnection {
  readonly clientId: string;
  readonly socket?: Socket;
  readonly requestQueue: {
    push(request: { entry: Entry; expectResponse: boolean; requestTimeout: number; sendRequest: () => void }): void;
  };
  isConnected(): boolean;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

interface Entry {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly resolve: (answer: { readonly payload: Buffer }) => void;
  readonly reject: (error: Error) => void;
}

interface SmallRequest {
  readonly request: unknown;
  readonly response: { decode: (payload: Buffer) => unknown; parse: (decoded: unknown) => unknown };
  readonly requestTimeout?: number;
}

interface KafkaJsCluster {
  readonly connectionPoolBuilder: { build(address: { host: string; port: number }): Promise<unknown> };
  readonly brokerPool: { createBroker(options: { connectionPool: unknown; logger: unknown }): KafkaJsBroker };
}

interface ApiDefinition {
  readonly versions: readonly string[];
  protocol(choice: { version: number }): (body: object) => SmallRequest;
}

type ApiName =
  | 'Metadata'
  | 'ListOffsets'
  | 'GroupCoordinator'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'JoinGroup'
  | 'SyncGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'CreateTopics'
  | 'DescribeConfigs'
  | 'DeleteRecords';

const { requests } = require('kafkajs/src/protocol/requests') as { requests: Readonly<Record<ApiName, ApiDefinition>> };
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as Readonly<Record<ApiName, number>>;
const RequestQueue = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueuePrototype };

interface RequestQueuePrototype {
  readonly enforceRequestTimeout: boolean;
  readonly requestTimeout: number;
  readonly inflight: ReadonlyMap<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
  scheduleRequestTimeoutCheck(): void;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs re-arms a 1 ms timer for ever after a first response, which costs 4 to 8 % of a core while nothing happens.
 * Nothing needs the timer unless requests wait. Another one looks for late requests ten times a second on every
 * connection; a tenth of the time-out is often enough.
 */
function calmTimers(): void {
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: RequestQueuePrototype) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    const everyMs = Math.min(Math.max(this.requestTimeout / 10, 100), 1_000);
    this.requestTimeoutIntervalId = setInterval(() => {
      const now = Date.now();
      for (const request of this.inflight.values())
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      if (!this.isConnected()) this.destroy();
    }, everyMs);
  };
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueuePrototype) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const waitMs = Math.max(this.throttledUntil - Date.now(), 0) || 10;
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, waitMs);
  };
}

/** Makes unconnected brokers for addresses. */
export type BrokerFactory = (address: BrokerAddress) => Promise<KafkaJsBroker>;

export function brokerFactory(options: KafkaLogOptions, notify: Notify): BrokerFactory {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== supported) throw new Error(`kafkajs ${supported} is needed, found ${version}`);
  calmTimers();
  const kafka = new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'partitura',
    connectionTimeout: 3_000,
    requestTimeout: options.requestMs ?? 15_000,
    socketFactory,
    ...(options.tls === undefined ? {} : { ssl: options.tls }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logLevel.ERROR,
    // What matters of its errors reaches callers as faults; the rest is for those who debug connections.
    logCreator: () => (entry) => {
      notify('debug', `kafkajs: ${entry.log.message}`, {});
    },
  });
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === 'private:Kafka:createCluster');
  if (symbol === undefined) throw new Error('kafkajs has no createCluster');
  const createCluster = (kafka as unknown as Record<symbol, (options: object) => KafkaJsCluster>)[symbol];
  const cluster = createCluster?.({ allowAutoTopicCreation: false });
  if (cluster === undefined) throw new Error('kafkajs has no createCluster');
  const logger = kafka.logger();
  return async (address) => {
    const { host, port } = options.reach?.(address) ?? address;
    const connectionPool = await cluster.connectionPoolBuilder.build({ host, port });
    return cluster.brokerPool.createBroker({ connectionPool, logger });
  };
}

/** As kafkajs makes them, but without Nagle's delay. */
const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  // The types say an object; what comes is what the options say, or null.
  const tls = ssl as ConnectionOptions | boolean | null;
  const socket =
    tls === null || tls === false
      ? connectPlain({ host, port }, onConnect)
      : connectTls(
          { host, port, ...(isIP(host) === 0 && { servername: host }), ...(tls === true ? {} : tls) },
          onConnect,
        );
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  return socket;
};

/** Sends one of the small requests through kafkajs' codecs, in the newest version that both sides know. */
export async function ask<Api extends keyof Answers>(
  broker: KafkaJsBroker,
  api: Api,
  body: object,
  requestTimeout?: number,
): Promise<Answers[Api]> {
  const definition = requests[api];
  const version = Math.min(
    Math.max(...definition.versions.map(Number)),
    broker.versions[apiKeys[api]]?.maxVersion ?? 0,
  );
  const { request, response } = definition.protocol({ version })(body);
  // `decode` only reads; `parse` would turn codes into exceptions.
  const lenient = { decode: response.decode.bind(response), parse: (decoded: unknown) => decoded };
  return (await broker.connectionPool.send({
    request,
    response: lenient,
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  })) as Answers[Api];
}

/** A request that we encode ourselves: the whole frame, with four bytes for the correlation id at offset 8. */
export interface Frame {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly bytes: Buffer;
}

/** Sends a frame as it is; resolves to the body of the response. */
export async function exchange(connection: KafkaJsConnection, frame: Frame, requestTimeout: number): Promise<Buffer> {
  if (!connection.isAuthenticated()) await connection.authenticate();
  const { apiKey, apiName, apiVersion, bytes } = frame;
  const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
    const correlationId = connection.nextCorrelationId();
    bytes.writeInt32BE(correlationId, 8);
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout,
      sendRequest: () => connection.socket?.write(bytes),
    });
  });
  return payload;
}

/** Ends the connections of a broker now, whatever is under way on them. */
export function abandon(broker: KafkaJsBroker): void {
  for (const connection of broker.connectionPool.pool) {
    connection.rejectRequests(new Error('connection given up'));
    connection.disconnect().catch(() => undefined);
    connection.socket?.destroy();
  }
}
