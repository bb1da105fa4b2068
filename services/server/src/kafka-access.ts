import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import type { KafkaLogOptions } from '@partitura/log-kafka';
import type { ServerConfig } from './settings.ts';

type KafkaSettings = Pick<
  ServerConfig,
  | 'kafkaTls'
  | 'kafkaCa'
  | 'kafkaCert'
  | 'kafkaKey'
  | 'kafkaSaslMechanism'
  | 'kafkaSaslUsername'
  | 'kafkaSaslPassword'
  | 'kafkaSaslPasswordFile'
>;

/** How brokers are spoken to and what they are shown, with the files read; `problems` is all that is wrong with those. */
export interface KafkaAccess extends Pick<KafkaLogOptions, 'tls' | 'sasl'> {
  readonly problems: readonly string[];
}

/** Nothing of what is read here, nor a password, is in any of the problems. */
export function kafkaAccess(config: KafkaSettings): KafkaAccess {
  const problems: string[] = [];
  const read = (setting: string, path: string | undefined): string | undefined => {
    if (path === undefined) return undefined;
    try {
      const text = readFileSync(path, 'utf8');
      if (text.trim() !== '') return text;
      problems.push(`${setting} names ${path}, which is empty`);
    } catch (error) {
      problems.push(`${setting} names ${path}, which cannot be read: ${error instanceof Error ? error.message : ''}`);
    }
    return undefined;
  };
  const tls = config.kafkaTls ? tlsOf(config, read, problems) : undefined;
  const sasl = saslOf(config, read);
  return { problems, ...(tls !== undefined && { tls }), ...(sasl !== undefined && { sasl }) };
}

type Read = (setting: string, path: string | undefined) => string | undefined;

function tlsOf(config: KafkaSettings, read: Read, problems: string[]): true | ConnectionOptions {
  const files = {
    ca: read('PARTITURA_KAFKA_CA', config.kafkaCa),
    cert: read('PARTITURA_KAFKA_CERT', config.kafkaCert),
    key: read('PARTITURA_KAFKA_KEY', config.kafkaKey),
  };
  const given = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined)) as ConnectionOptions;
  const parts = [
    ['PARTITURA_KAFKA_CA', { ca: given.ca }],
    ['PARTITURA_KAFKA_CERT and PARTITURA_KAFKA_KEY', { cert: given.cert, key: given.key }],
  ] as const;
  for (const [setting, part] of parts)
    try {
      createSecureContext(part);
    } catch (error) {
      problems.push(`${setting} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  return Object.keys(given).length === 0 ? true : given;
}

function saslOf(config: KafkaSettings, read: Read): KafkaLogOptions['sasl'] {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPasswordFile: file } = config;
  // Editors end files with a line feed; passwords do not.
  const fromFile = read('PARTITURA_KAFKA_SASL_PASSWORD_FILE', file)?.replace(/\r?\n$/, '');
  const password = config.kafkaSaslPassword ?? fromFile;
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}
