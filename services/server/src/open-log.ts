import { join } from 'node:path';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import { ConfigError } from '@partitura/config';
import { openKafkaLog } from '@partitura/log-kafka';
import type { Logger } from '@partitura/telemetry';
import { kafkaAccess } from './kafka-access.ts';
import type { ServerConfig } from './settings.ts';

/** The log that the settings name. Rejects with `ConfigError` when files that they name cannot be used. */
export async function openLog(config: ServerConfig, instance: string, clock: Clock, logger: Logger): Promise<Log> {
  const child = logger.child({ part: 'log' });
  if (config.log === 'kafka') {
    const { problems, ...access } = kafkaAccess(config);
    if (problems.length > 0) throw new ConfigError(problems);
    if (access.sasl?.mechanism === 'plain' && access.tls === undefined)
      child.warn({}, 'the password for the brokers is sent in the clear: set PARTITURA_KAFKA_TLS, or use SCRAM');
    return openKafkaLog({
      ...access,
      brokers: config.kafkaBrokers,
      clientId: instance,
      notify: (level, message, details) => child[level](details, message),
    });
  }
  return openEmbeddedLog({
    directory: join(config.dataDir, 'log'),
    clock,
    fsync: config.fsync,
    onTrouble: (message, error) => child.error({ error }, message),
  });
}
