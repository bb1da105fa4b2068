import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, shownConfig, type Sources } from '@partitura/config';
import { createLogger } from '@partitura/telemetry';
import { apiKeysOf } from './api-keys.ts';
import { systemClock } from './clock.ts';
import { kafkaAccess } from './kafka-access.ts';
import { makeKey } from './make-key.ts';
import { kafkaIntegrations } from './kafka-integrations.ts';
import { rebuild } from './rebuild-read-model.ts';
import { runServer } from './run-server.ts';
import { conflicts, otherEnvironment, settings, type ServerConfig } from './settings.ts';
import { welcome } from './welcome.ts';

/** Exit codes: 1 a defect or something the machine lacks, 2 a configuration that cannot work, 3 lost what it needs. */
const exitCodes = { failed: 1, configuration: 2, lost: 3 } as const;

const commands = ['rebuild-read-model', 'make-key ID ROLE…'] as const;

function configure(flags: readonly string[]): ServerConfig {
  const path = process.env['PARTITURA_CONFIG'];
  const file: Sources['file'] = path === undefined || path === '' ? undefined : { path, text: readFile(path) };
  const config = readConfig(
    settings,
    { environment: process.env, flags, ...(file === undefined ? {} : { file }) },
    otherEnvironment,
  );
  const problems = [
    ...conflicts(config),
    ...kafkaAccess(config).problems,
    ...apiKeysOf(config).problems,
    ...kafkaIntegrations(config.kafkaIntegrations).problems,
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([
      `PARTITURA_CONFIG names ${path}, which cannot be read: ${error instanceof Error ? error.message : ''}`,
    ]);
  }
}

async function main(): Promise<void> {
  const [first = '', ...rest] = process.argv.slice(2);
  if (first === 'rebuild-read-model') {
    const config = configure(rest);
    const logger = createLogger({ level: 'warn' });
    await rebuild(config, { clock: systemClock, logger, tell: (text) => console.log(text) });
    return;
  }
  if (first === 'make-key') {
    await makeKey(rest, (text) => console.log(text));
    return;
  }
  if (first !== '' && !first.startsWith('--'))
    throw new ConfigError([`${first} is no command; known are ${commands.join(', ')}, and none to start the server`]);
  const config = configure(process.argv.slice(2));
  const logger = createLogger({ level: config.logLevel });
  logger.info({ settings: shownConfig(settings, config) }, 'starting');
  const server = await runServer(config, {
    clock: systemClock,
    logger,
    onLost: (what, why) => {
      logger.error({ error: why }, what);
      void stop(exitCodes.lost);
    },
  });

  let stopping = false;
  async function stop(code: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    await server.close();
    process.exit(code);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // The second time means now.
      if (stopping) process.exit(exitCodes.failed);
      logger.info({ signal }, 'stopping: finishing what is in hand');
      void stop(0);
    });
  console.log(welcome(config, server));
}

process.on('unhandledRejection', (error) => {
  console.error('Unexpected failure; the process ends so that nothing goes on half-way.', error);
  process.exit(exitCodes.failed);
});

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    console.error(error.message);
    process.exit(exitCodes.configuration);
  }
  console.error(`Partitura could not start: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Error && process.env['PARTITURA_LOG_LEVEL'] === 'debug') console.error(error.stack);
  process.exit(exitCodes.failed);
});
