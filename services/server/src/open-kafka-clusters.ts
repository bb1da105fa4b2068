import type { KafkaClusters } from '@partitura/service-system-worker';
import { openKafkaLog } from '@partitura/log-kafka';
import type { Logger } from '@partitura/telemetry';
import type { KafkaIntegrations } from './kafka-integrations.ts';
import { isLoopback, type ServerConfig } from './settings.ts';

/** How tasks reach other people's Kafka clusters: by configured names, and by address where that is allowed. */
export function openKafkaClusters(
  config: ServerConfig,
  { byName }: KafkaIntegrations,
  instance: string,
  logger: Logger,
): KafkaClusters {
  return {
    names: new Set(byName.keys()),
    allowed: isLoopback(config.host) ? 'everything' : config.httpAllow,
    open: (cluster) =>
      openKafkaLog({
        ...(byName.get(cluster) ?? { brokers: cluster.split(',').map((address) => address.trim()) }),
        clientId: `${instance}-publish`,
        notify: (level, message, details) => logger[level](details, message),
      }),
  };
}
