import { join } from 'node:path';
import type { Clock, Log } from '@partitura/log';
import { openEmbeddedLog } from '@partitura/log-embedded';
import { openKafkaLog } from '@partitura/log-kafka';
import type { Logger } from '@partitura/telemetry';
import type { ServerConfig } from './settings.ts';

/** The log that the settings name. */
export function openLog(config: ServerConfig, instance: string, clock: Clock, logger: Logger): Promise<Log> {
  const child = logger.child({ part: 'log' });
  if (config.log === 'kafka')
    return openKafkaLog({
      brokers: config.kafkaBrokers,
      clientId: instance,
      notify: (level, message, details) => child[level](details, message),
    });
  return openEmbeddedLog({
    directory: join(config.dataDir, 'log'),
    clock,
    fsync: config.fsync,
    onTrouble: (message, error) => child.error({ error }, message),
  });
}
