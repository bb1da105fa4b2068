import { readFileSync } from 'node:fs';
import { isJsonObject, type Json } from '@partitura/model';
import type { KafkaLogOptions } from '@partitura/log-kafka';
import { kafkaAccess } from './kafka-access.ts';

/** Other people's Kafka clusters that tasks may name. */
export interface KafkaIntegrations {
  readonly byName: ReadonlyMap<string, Pick<KafkaLogOptions, 'brokers' | 'tls' | 'sasl'>>;
  readonly problems: readonly string[];
}

const fields = ['ca', 'cert', 'key', 'saslMechanism', 'saslUsername', 'saslPassword', 'saslPasswordFile'] as const;
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/**
 * Reads `{ "<name>": { "brokers": ["host:port"], "tls": true, "ca": "<file>", … } }`: what the settings of our own way
 * to the brokers say, for each cluster. Nothing that is secret is in any of the problems.
 */
export function kafkaIntegrations(path: string | undefined): KafkaIntegrations {
  if (path === undefined) return { byName: new Map(), problems: [] };
  const problems: string[] = [];
  const byName = new Map<string, Pick<KafkaLogOptions, 'brokers' | 'tls' | 'sasl'>>();
  for (const [name, entry] of Object.entries(readObject(path, problems))) {
    const found = readIntegration(entry);
    problems.push(...found.problems.map((problem) => `integration ${name} of ${path}: ${problem}`));
    if (found.options !== undefined) byName.set(name, found.options);
  }
  return { byName, problems };
}

function readObject(path: string, problems: string[]): Readonly<Record<string, Json>> {
  try {
    const json = JSON.parse(readFileSync(path, 'utf8')) as Json;
    if (isJsonObject(json)) return json;
    problems.push(`${path} must hold an object: a cluster for each name`);
  } catch (error) {
    // The message of a SyntaxError shows a piece of the file, which may hold a password.
    const why =
      error instanceof SyntaxError ? 'it is not JSON' : error instanceof Error ? error.message : String(error);
    problems.push(`PARTITURA_KAFKA_INTEGRATIONS names ${path}, which cannot be read: ${why}`);
  }
  return {};
}

function readIntegration(entry: Json): {
  readonly options?: Pick<KafkaLogOptions, 'brokers' | 'tls' | 'sasl'>;
  readonly problems: readonly string[];
} {
  if (!isJsonObject(entry)) return { problems: ['it must be an object'] };
  const problems: string[] = [];
  const unknown = Object.keys(entry).filter((key) => !['brokers', 'tls', ...fields].includes(key));
  if (unknown.length > 0) problems.push(`there are no settings ${unknown.join(', ')}`);
  const { brokers, tls } = entry;
  if (!Array.isArray(brokers) || brokers.length === 0 || !brokers.every((each) => typeof each === 'string'))
    problems.push('brokers must be a list of host:port');
  const given = (key: (typeof fields)[number]): string | undefined => {
    const value = entry[key];
    if (value === undefined || typeof value === 'string') return value;
    problems.push(`${key} must be a text`);
    return undefined;
  };
  const mechanism = given('saslMechanism');
  const known = mechanisms.find((each) => each === mechanism);
  if (mechanism !== undefined && known === undefined)
    problems.push(`saslMechanism must be one of ${mechanisms.join(', ')}`);
  const access = kafkaAccess({
    kafkaTls: tls === true,
    kafkaCa: given('ca'),
    kafkaCert: given('cert'),
    kafkaKey: given('key'),
    kafkaSaslMechanism: known,
    kafkaSaslUsername: given('saslUsername'),
    kafkaSaslPassword: given('saslPassword'),
    kafkaSaslPasswordFile: given('saslPasswordFile'),
  });
  problems.push(...access.problems);
  if (known !== undefined && access.sasl === undefined)
    problems.push('saslMechanism needs saslUsername and a password');
  if (problems.length > 0) return { problems };
  return {
    problems,
    options: {
      brokers: brokers as readonly string[],
      ...(access.tls !== undefined && { tls: access.tls }),
      ...(access.sasl !== undefined && { sasl: access.sasl }),
    },
  };
}
