import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '@partitura/config';
import { createLogger } from '@partitura/telemetry';
import { startKafka, type Kafka, type SecuredAccess } from '@partitura/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import { kafkaAccess } from './kafka-access.ts';
import { openLog } from './open-log.ts';
import { conflicts, settings } from './settings.ts';

describe('the way to brokers that ask who is there', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kafka-access-'));
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  let kafka: Kafka;
  let access: SecuredAccess;

  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const configOf = (environment: Record<string, string>) => {
    const config = readConfig(settings, { environment: { PARTITURA_LOG: 'kafka', ...environment } });
    expect(conflicts(config)).toEqual([]);
    return config;
  };
  /** Writes to the log that these settings name, and reads it back. */
  const roundTrip = async (environment: Record<string, string>): Promise<string> => {
    const log = await openLog(configOf(environment), 'spec', systemClock, logger);
    try {
      const config = { cleanup: 'delete', retentionMs: -1, timestamps: 'create', maxMessageBytes: 1_000_000 } as const;
      await log.createTopics([{ topic: 'access', partitions: 1, config }]);
      const value = new TextEncoder().encode(JSON.stringify(Object.keys(environment)));
      const { baseOffset } = await log.append('access', 0, [{ key: null, value }]);
      const { records } = await log.fetch('access', 0, baseOffset);
      return new TextDecoder().decode(records[0]!.value) === new TextDecoder().decode(value) ? 'works' : 'differs';
    } finally {
      await log.close();
    }
  };
  const login = (mechanism: string): Record<string, string> => ({
    PARTITURA_KAFKA_SASL_MECHANISM: mechanism,
    PARTITURA_KAFKA_SASL_USERNAME: access.username,
    PARTITURA_KAFKA_SASL_PASSWORD: access.password,
  });
  const tls = (): Record<string, string> => ({
    PARTITURA_KAFKA_TLS: 'true',
    PARTITURA_KAFKA_CA: file('ca.pem', access.ca),
  });

  beforeAll(async () => {
    kafka = await startKafka({ secured: true });
    access = kafka.secured!;
  }, 180_000);
  afterAll(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true });
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('logs in by %s, with and without TLS', async (mechanism) => {
    const unencrypted = { PARTITURA_KAFKA_BROKERS: access.unencryptedBroker, ...login(mechanism) };
    expect(await roundTrip(unencrypted)).toBe('works');
    expect(await roundTrip({ PARTITURA_KAFKA_BROKERS: access.broker, ...tls(), ...login(mechanism) })).toBe('works');
  });

  it('takes the password from a file', async () => {
    const { PARTITURA_KAFKA_SASL_PASSWORD: password = '', ...rest } = login('scram-sha-512');
    const path = file('password', `${password}\n`);
    const environment = { PARTITURA_KAFKA_BROKERS: access.unencryptedBroker, ...rest };
    expect(await roundTrip({ ...environment, PARTITURA_KAFKA_SASL_PASSWORD_FILE: path })).toBe('works');
  });

  it('shows a certificate of its own', async () => {
    const mutual = { PARTITURA_KAFKA_BROKERS: access.mutualBroker, ...tls() };
    const own = {
      PARTITURA_KAFKA_CERT: file('client.pem', access.certificate),
      PARTITURA_KAFKA_KEY: file('client.key', access.key),
    };
    expect(await roundTrip({ ...mutual, ...own })).toBe('works');
    await expect(roundTrip(mutual)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('fails without the right password or the right authority', async () => {
    const secured = { PARTITURA_KAFKA_BROKERS: access.broker };
    const wrong = { ...login('scram-sha-256'), PARTITURA_KAFKA_SASL_PASSWORD: 'not the password' };
    await expect(roundTrip({ ...secured, ...tls(), ...wrong })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const stranger = { ...secured, PARTITURA_KAFKA_TLS: 'true', ...login('plain') };
    await expect(roundTrip(stranger)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('has told no password to the log, but that one was sent in the clear', () => {
    const text = lines.join('\n');
    expect(text).toContain('sent in the clear');
    expect(text).not.toContain(access.password);
    expect(text).not.toContain('not the password');
    expect(text).not.toContain('PRIVATE KEY');
  });

  it('knows all files that cannot be used before anything is tried', () => {
    const { problems } = kafkaAccess(
      configOf({
        PARTITURA_KAFKA_BROKERS: 'b:1',
        PARTITURA_KAFKA_TLS: 'true',
        PARTITURA_KAFKA_CA: join(directory, 'nowhere.pem'),
        PARTITURA_KAFKA_CERT: file('bad.pem', 'no certificate'),
        PARTITURA_KAFKA_KEY: file('other.key', access.key),
        PARTITURA_KAFKA_SASL_MECHANISM: 'plain',
        PARTITURA_KAFKA_SASL_USERNAME: 'u',
        PARTITURA_KAFKA_SASL_PASSWORD_FILE: file('empty', '\n'),
      }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^PARTITURA_KAFKA_CA names .*nowhere.pem, which cannot be read/),
      expect.stringMatching(/^PARTITURA_KAFKA_CERT and PARTITURA_KAFKA_KEY cannot be used/),
      expect.stringMatching(/^PARTITURA_KAFKA_SASL_PASSWORD_FILE names .*, which is empty/),
    ]);
  });
});
