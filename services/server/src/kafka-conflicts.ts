import type { ServerConfig } from './settings.ts';

/** Names of the settings of our way to the brokers, as a person writes them. */
const kafkaNames = {
  kafkaCa: 'PARTITURA_KAFKA_CA',
  kafkaCert: 'PARTITURA_KAFKA_CERT',
  kafkaKey: 'PARTITURA_KAFKA_KEY',
  kafkaSaslMechanism: 'PARTITURA_KAFKA_SASL_MECHANISM',
  kafkaSaslUsername: 'PARTITURA_KAFKA_SASL_USERNAME',
  kafkaSaslPassword: 'PARTITURA_KAFKA_SASL_PASSWORD',
  kafkaSaslPasswordFile: 'PARTITURA_KAFKA_SASL_PASSWORD_FILE',
} as const;
type KafkaName = keyof typeof kafkaNames;

/** Rules between the settings of the way to the brokers. Empty when all is well. */
export function kafkaConflicts(config: ServerConfig): readonly string[] {
  const given = (Object.keys(kafkaNames) as KafkaName[]).filter((name) => config[name] !== undefined);
  const named = (names: readonly KafkaName[]): string => names.map((name) => kafkaNames[name]).join(', ');
  const has = (name: KafkaName): boolean => given.includes(name);
  if (config.log === 'embedded') {
    const useless = [...(config.kafkaTls ? ['PARTITURA_KAFKA_TLS'] : []), ...given.map((name) => kafkaNames[name])];
    return useless.length === 0 ? [] : [`${useless.join(', ')} need PARTITURA_LOG=kafka; the log is embedded`];
  }
  const problems: string[] = [];
  const files = given.filter((name) => name === 'kafkaCa' || name === 'kafkaCert' || name === 'kafkaKey');
  if (!config.kafkaTls && files.length > 0) problems.push(`${named(files)} need PARTITURA_KAFKA_TLS=true`);
  if (has('kafkaCert') !== has('kafkaKey'))
    problems.push('PARTITURA_KAFKA_CERT and PARTITURA_KAFKA_KEY belong together; one of them is missing');
  const login = given.filter((name) => name.startsWith('kafkaSasl') && name !== 'kafkaSaslMechanism');
  if (!has('kafkaSaslMechanism')) {
    if (login.length > 0) problems.push(`${named(login)} need PARTITURA_KAFKA_SASL_MECHANISM`);
    return problems;
  }
  if (!has('kafkaSaslUsername')) problems.push('PARTITURA_KAFKA_SASL_MECHANISM needs PARTITURA_KAFKA_SASL_USERNAME');
  const passwords = Number(has('kafkaSaslPassword')) + Number(has('kafkaSaslPasswordFile'));
  if (passwords !== 1)
    problems.push(
      `${passwords === 0 ? 'PARTITURA_KAFKA_SASL_MECHANISM needs' : 'give only'} one of PARTITURA_KAFKA_SASL_PASSWORD and PARTITURA_KAFKA_SASL_PASSWORD_FILE`,
    );
  return problems;
}
