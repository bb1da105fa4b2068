import type { Clock } from '@partitura/log';
import { rebuildReadModel } from '@partitura/service-projector';
import type { Logger } from '@partitura/telemetry';
import { Closing } from './closing.ts';
import { openInstallation } from './installation.ts';
import { openDatabase } from './open-database.ts';
import { openLog } from './open-log.ts';
import type { ServerConfig } from './settings.ts';

/**
 * Builds the read model anew from the journal (or the archive where the journal was trimmed). Beside a running
 * installation on Kafka readers see the old rows until the new ones are complete; an embedded one must be stopped.
 */
export async function rebuild(
  config: ServerConfig,
  ports: { readonly clock: Clock; readonly logger: Logger; readonly tell: (text: string) => void },
): Promise<void> {
  const { clock, logger, tell } = ports;
  const closing = new Closing(clock, logger, config.drainMs);
  try {
    const log = await openLog(config, 'rebuild', clock, logger);
    closing.add('log', () => log.close());
    const { namespace, partitions: wanted, replicationFactor } = config;
    const count = await openInstallation(log, { kind: config.log, namespace, partitions: wanted, replicationFactor });
    const database = await openDatabase(config, clock, logger);
    closing.add('database', () => database.close());
    for (let partition = 0; partition < count; partition++) {
      tell(`partition ${partition + 1} of ${count} …`);
      const [rebuilt] = await rebuildReadModel({ log, namespace, partitions: [partition], database });
      tell(
        `partition ${partition + 1} of ${count}: ${rebuilt?.entries ?? 0} entries from the ${rebuilt?.source ?? 'journal'}`,
      );
    }
  } finally {
    await closing.close();
  }
}
