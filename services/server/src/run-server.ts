import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { CommandBus } from '@partitura/command-bus';
import { DefinitionsCopy } from '@partitura/definitions';
import type { Clock } from '@partitura/log';
import { PositionBoard, ReadModel } from '@partitura/read-model';
import { startApi } from '@partitura/service-api';
import { startDecider } from '@partitura/service-decider';
import { startProjector } from '@partitura/service-projector';
import { startSystemWorker } from '@partitura/service-system-worker';
import { createMetrics, Health, type Logger, type PartHealth } from '@partitura/telemetry';
import { definitionCodec, registerSchemas, topicNames } from '@partitura/wire';
import { apiKeysOf } from './api-keys.ts';
import { Closing } from './closing.ts';
import { openInstallation } from './installation.ts';
import { kafkaIntegrations } from './kafka-integrations.ts';
import { loadPlugIns } from './load-plug-ins.ts';
import { openDatabase } from './open-database.ts';
import { openKafkaClusters } from './open-kafka-clusters.ts';
import { openLog } from './open-log.ts';
import { startOperationsServer } from './operations-server.ts';
import { keptTokenSecret } from './token-secret.ts';
import { isLoopback, shownSettings, type Role, type ServerConfig } from './settings.ts';

export interface RunningServer {
  readonly url: string;
  readonly partitions: number;
  /** Drains: takes nothing new, finishes what is in hand within the configured bound. Idempotent. */
  close(): Promise<void>;
}

export const version = '0.1.0';

/**
 * Starts the chosen roles in this process and connects them. What was opened before a failure is closed again.
 *
 * @param onLost something this process cannot go on without has ended: it should drain and exit
 */
export async function runServer(
  config: ServerConfig,
  ports: { readonly clock: Clock; readonly logger: Logger; readonly onLost: (what: string, why: unknown) => void },
): Promise<RunningServer> {
  const { clock, logger, onLost } = ports;
  const closing = new Closing(clock, logger, config.drainMs);
  try {
    return await start(config, clock, logger, closing, onLost);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function start(
  config: ServerConfig,
  clock: Clock,
  logger: Logger,
  closing: Closing,
  onLost: (what: string, why: unknown) => void,
): Promise<RunningServer> {
  const { namespace, roles } = config;
  const has = (...wanted: Role[]): boolean => wanted.some((role) => roles.includes(role));
  const instance = `${hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const key = config.key === undefined ? undefined : new TextEncoder().encode(config.key);
  const { keys: apiKeys } = apiKeysOf(config);
  const metrics = createMetrics();
  const health = new Health();
  const part = (name: string): Logger => logger.child({ part: name });

  const plugIns = await loadPlugIns(config.taskKinds);
  const log = await openLog(config, instance, clock, logger, metrics);
  closing.add('log', () => log.close());
  const partitions = await openInstallation(log, {
    kind: config.log,
    namespace,
    partitions: config.partitions,
    replicationFactor: config.replicationFactor,
  });
  if (key === undefined && config.log === 'kafka' && has('decider'))
    logger.warn({}, "without PARTITURA_KEY the topics' ACLs alone keep outsiders from writing internal commands");

  if (key === undefined && apiKeys !== undefined && config.log === 'kafka' && has('api'))
    logger.warn({}, 'without PARTITURA_KEY other processes do not take the tokens that this one gives out');

  const common = { log, clock, namespace, partitions, instance, metrics };

  const definitions = has('api', 'decider')
    ? await DefinitionsCopy.open({
        log,
        clock,
        topic: topicNames(namespace).definitions,
        decode: (value) => definitionCodec.decode(value),
        onEnd: (why) => onLost('definitions cannot be followed any more', why),
        onUnreadable: (offset, error) => logger.error({ offset, error }, 'a definition cannot be read and is left out'),
      })
    : undefined;
  if (definitions !== undefined) closing.add('definitions', async () => definitions.close());

  const database = has('api', 'projector', 'system-worker') ? await openDatabase(config, clock, logger) : undefined;
  if (database !== undefined) closing.add('database', () => database.close());
  const board = database === undefined ? undefined : new PositionBoard(database, clock);
  if (board !== undefined) closing.add('read positions', () => board.close());
  const readModel = database === undefined ? undefined : new ReadModel(database);

  const bus = has('api', 'system-worker')
    ? await CommandBus.open({
        ...common,
        sender: { as: 'product', ...(key === undefined ? {} : { key }) },
        onAlarm: (what, why) => part('command-bus').warn({ error: why }, what),
      })
    : undefined;
  if (bus !== undefined) closing.add('command bus', async () => bus.close());

  const run = <R extends { health(): PartHealth }>(role: Role, running: R, close: () => Promise<void>): R => {
    health.add(role, () => running.health());
    closing.add(role, close);
    return running;
  };

  if (has('projector') && database !== undefined && board !== undefined) {
    const projector = await startProjector({ ...common, database, board, logger: part('projector') });
    run('projector', projector, () => projector.close());
  }
  if (has('decider') && definitions !== undefined) {
    const registered =
      config.schemaRegistryUrl === undefined
        ? undefined
        : await registerSchemas({ url: config.schemaRegistryUrl, topic: topicNames(namespace).commands });
    const decider = await startDecider({
      ...common,
      definitions,
      taskKinds: plugIns.taskKinds,
      ...(key === undefined ? {} : { key }),
      ...(config.replicationFactor === undefined ? {} : { replicationFactor: config.replicationFactor }),
      ...(registered === undefined ? {} : { registered }),
      settings: {
        drainMs: config.drainMs,
        closedMemoryCount: config.endedInMemory,
        ...(config.journalRetentionHours !== undefined && {
          journalRetentionMs: config.journalRetentionHours * 3_600_000,
        }),
      },
      // What is removed soon is written once: a moment later it is settled from the commit log into files.
      ...(config.log === 'embedded' && { trimQueuesEveryMs: 2_000 }),
      logger: part('decider'),
    });
    run('decider', decider, () => decider.close());
  }
  if (has('system-worker') && bus !== undefined && readModel !== undefined && board !== undefined) {
    const systemWorker = await startSystemWorker({
      ...common,
      bus,
      readModel,
      positions: board,
      executors: { allowPrivate: isLoopback(config.host) ? 'everything' : config.httpAllow },
      taskKinds: plugIns.taskKinds,
      plugIns: plugIns.loaded,
      kafkaClusters: openKafkaClusters(config, kafkaIntegrations(config.kafkaIntegrations), instance, part('kafka')),
      onKafka: config.log === 'kafka',
      logger: part('system-worker'),
    });
    run('system-worker', systemWorker, () => systemWorker.close(config.drainMs));
  }
  const listening =
    has('api') && bus !== undefined && readModel !== undefined && board !== undefined && definitions !== undefined
      ? await startApi({
          ...common,
          host: config.host,
          port: config.port,
          bus,
          readModel,
          positions: board,
          definitions,
          taskKinds: plugIns.taskKinds,
          version,
          configuration: shownSettings(config),
          ...(apiKeys !== undefined && { apiKeys, tokenSecret: key ?? keptTokenSecret(config.dataDir) }),
          health,
          logger: part('api'),
        }).then((api) => run('api', api, () => api.close()))
      : await startOperationsServer({ host: config.host, port: config.port, health, metrics });
  if (!has('api')) closing.add('operations server', () => listening.close());

  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return { url: `http://${host}:${listening.port}`, partitions, close: () => closing.close() };
}
