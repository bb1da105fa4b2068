import { flag, int, list, listOf, oneOf, shownConfig, text, url, type ConfigOf } from '@partitura/config';
import { logLevels } from '@partitura/telemetry';
import { kafkaConflicts } from './kafka-conflicts.ts';

export const roles = ['api', 'decider', 'projector', 'system-worker'] as const;
export type Role = (typeof roles)[number];

const namespace = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

/** Everything that can be set; the README's table is generated from here. */
export const settings = {
  roles: listOf(roles)
    .default([...roles], 'all')
    .describe('what this process does'),
  host: text().default('127.0.0.1').describe('address to listen on; anything but loopback needs API keys'),
  port: int({ min: 0, max: 65535 })
    .default(8080)
    .describe('port of the api, `/health` and `/metrics`; 0 picks a free one and prints it'),
  namespace: text()
    .check((value) => namespace.test(value), 'must be letters, digits, dots, dashes or underscores, at most 50')
    .default('partitura')
    .describe('prefix of all topics and consumer groups'),
  partitions: int({ min: 1, max: 1024 })
    .optional()
    .describe('number of partitions when the installation is created (embedded 2, Kafka 8); a contract afterwards'),
  log: oneOf(['embedded', 'kafka'])
    .default('embedded')
    .describe('where the journal lives: in `dataDir` of this one process, or on Kafka'),
  dataDir: text().default('.partitura').describe('directory of the embedded log and the embedded database'),
  kafkaBrokers: list().default([], '–').describe('`host:port,…`; required with `log=kafka`'),
  kafkaTls: flag().default(false).describe('speak TLS with the brokers'),
  kafkaCa: text().optional().describe('PEM file of the authorities to trust; absent: those that Node trusts'),
  kafkaCert: text().optional().describe('PEM file of the certificate that shows brokers who we are'),
  kafkaKey: text().optional().describe('PEM file of its private key, without passphrase'),
  kafkaSaslMechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('how we log in to the brokers; absent: not at all'),
  kafkaSaslUsername: text().optional().describe('name to log in with'),
  kafkaSaslPassword: text().optional().hidden().describe('password to log in with'),
  kafkaSaslPasswordFile: text().optional().describe('file that holds the password; instead of it'),
  kafkaIntegrations: text()
    .optional()
    .describe('JSON file of other Kafka clusters that tasks may name: `{"<name>": {"brokers": ["host:port"], …}}`'),
  taskKinds: list().default([], '–').describe('plug-ins that add task kinds: names of packages, or paths of modules'),
  replicationFactor: int({ min: 1, max: 7 })
    .optional()
    .describe('replicas of topics that are created; absent: what the brokers say'),
  journalRetentionHours: int({ min: 1, max: 1_000_000 })
    .optional()
    .describe('how long journal entries stay on the log before only the archive has them; absent: for ever'),
  schemaRegistryUrl: url('http', 'https')
    .optional()
    .describe('Confluent-compatible registry for Avro commands; asked at start only'),
  databaseUrl: url('postgres', 'postgresql')
    .optional()
    .from('DATABASE_URL')
    .hidden()
    .describe('Postgres of the read model; absent: an embedded one in `dataDir`'),
  key: text()
    .check((value) => value.length >= 16, 'must have at least 16 characters')
    .optional()
    .hidden()
    .describe('installation key: commands between partitions carry a MAC under it'),
  apiKeys: text()
    .optional()
    .hidden()
    .describe('API keys as JSON: `[{"id","roles","hash","taskTypes"?}]`; see `make-key`. Absent: nobody has to log in'),
  apiKeysFile: text().optional().describe('file with the API keys'),
  httpAllow: list()
    .default([], '–')
    .describe('private hosts and networks (CIDR) that HTTP tasks may call; all while listening on loopback'),
  logLevel: oneOf(logLevels).default('info').describe('how much is logged, as JSON lines on standard output'),
  endedInMemory: int({ min: 0, max: 1_000_000 })
    .default(5_000)
    .describe(
      'ended workflows that each partition keeps in memory for a minute; later ones come back from the archive',
    ),
  drainMs: int({ min: 0, max: 600_000 }).default(15_000).describe('how long a stop waits for work in hand'),
  fsync: flag()
    .default(true)
    .describe('embedded log: wait for the disk before acknowledging; turn off only for experiments'),
};
export type ServerConfig = ConfigOf<typeof settings>;

/** Names of the environment that are not settings but may be set. */
export const otherEnvironment = ['PARTITURA_CONFIG'];

/** What administrators may be shown: every setting as text, secrets as `***`. */
export function shownSettings(config: ServerConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(shownConfig(settings, config)).map(([name, value]) => [name, String(value)]),
  );
}

const hasRole = ({ roles: chosen }: ServerConfig, role: Role): boolean => chosen.includes(role);

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
export const isLoopback = (host: string): boolean => loopback.has(host);

/** What no single setting can see: rules between settings. Empty when all is well. */
export function conflicts(config: ServerConfig): readonly string[] {
  const problems: string[] = [];
  if (!isLoopback(config.host) && config.apiKeys === undefined && config.apiKeysFile === undefined)
    problems.push(
      `host ${config.host} is reachable from outside, but nobody has to log in: set PARTITURA_API_KEYS_FILE, or listen on 127.0.0.1`,
    );
  if (config.log === 'kafka' && config.kafkaBrokers.length === 0)
    problems.push('log=kafka needs PARTITURA_KAFKA_BROKERS');
  if (config.log === 'embedded' && config.kafkaBrokers.length > 0)
    problems.push('PARTITURA_KAFKA_BROKERS is given, but the log is embedded; set PARTITURA_LOG=kafka');
  problems.push(...kafkaConflicts(config));
  // Without projector workflows run all the same; only reads find nothing.
  if (config.log === 'embedded' && roles.some((role) => role !== 'projector' && !config.roles.includes(role)))
    problems.push(
      'the embedded log lives in one process, so that process must have all roles (but projector, for who never reads); use log=kafka to spread roles',
    );
  if (
    config.log === 'kafka' &&
    config.databaseUrl === undefined &&
    config.roles.some((role) => role !== 'decider') &&
    config.roles.length < roles.length
  )
    problems.push('roles in several processes share one database: set DATABASE_URL');
  if (config.journalRetentionHours !== undefined && config.databaseUrl === undefined && hasRole(config, 'projector'))
    problems.push(
      'PARTITURA_JOURNAL_RETENTION_HOURS leaves old history to the archive alone, and the embedded database does not outlive a crash of the machine: set DATABASE_URL',
    );
  return problems;
}
