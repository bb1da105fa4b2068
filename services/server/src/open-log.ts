import { join } from 'node:path';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import { ConfigError } from '@partitura/config';
import { openKafkaLog, type OnCarried } from '@partitura/log-kafka';
import type { Logger, Metrics } from '@partitura/telemetry';
import { kafkaAccess } from './kafka-access.ts';
import type { ServerConfig } from './settings.ts';

/** The log that the settings name. Rejects with `ConfigError` when files that they name cannot be used. */
export async function openLog(
  config: ServerConfig,
  instance: string,
  clock: Clock,
  logger: Logger,
  metrics?: Metrics,
): Promise<Log> {
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
      ...(metrics !== undefined && { onCarried: recordsPerRequest(metrics) }),
    });
  }
  return openEmbeddedLog({
    directory: join(config.dataDir, 'log'),
    clock,
    fsync: config.fsync,
    onTrouble: (message, error) => child.error({ error }, message),
  });
}

/** One record a request is what an idle system has; many is what keeps a busy one cheap. */
function recordsPerRequest(metrics: Metrics): OnCarried {
  const name = 'kafka_records_per_request';
  const help = 'Records that one request to a broker carried';
  const records = metrics.histogram(name, help, [1, 2, 4, 8, 16, 32, 64, 128, 256, 1_024], ['how']);
  const of = { appended: records.of({ how: 'appended' }), fetched: records.of({ how: 'fetched' }) };
  return (how, count) => of[how].observe(count);
}
