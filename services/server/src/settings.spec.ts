import { describe, expect, it } from '@jest/globals';
import { readConfig, settingsTable, shownConfig } from '@partitura/config';
import { conflicts, settings } from './settings.ts';

const problems = (environment: Record<string, string>): readonly string[] =>
  conflicts(readConfig(settings, { environment }));

describe('the settings of a server', () => {
  it('run everything embedded on loopback when nothing is set', () => {
    const config = readConfig(settings, { environment: {} });
    expect(config).toMatchObject({
      log: 'embedded',
      host: '127.0.0.1',
      port: 8080,
      namespace: 'partitura',
      dataDir: '.partitura',
    });
    expect(conflicts(config)).toEqual([]);
  });

  it('refuse to listen to the world without authentication', () => {
    expect(problems({ PARTITURA_HOST: '0.0.0.0' })).toEqual([expect.stringContaining('no authentication')]);
  });

  it('refuse Kafka without brokers, brokers without Kafka, and an embedded log that is spread', () => {
    expect(problems({ PARTITURA_LOG: 'kafka' })).toEqual(['log=kafka needs PARTITURA_KAFKA_BROKERS']);
    expect(problems({ PARTITURA_KAFKA_BROKERS: 'b:9092' })).toHaveLength(1);
    expect(problems({ PARTITURA_ROLES: 'decider' })).toEqual([expect.stringContaining('one process')]);
  });

  it('refuse roles in several processes without a shared database', () => {
    const kafka = { PARTITURA_LOG: 'kafka', PARTITURA_KAFKA_BROKERS: 'b:9092' };
    expect(problems({ ...kafka, PARTITURA_ROLES: 'api' })).toEqual([expect.stringContaining('DATABASE_URL')]);
    expect(problems({ ...kafka, PARTITURA_ROLES: 'decider' })).toEqual([]);
    expect(problems({ ...kafka, PARTITURA_ROLES: 'api', DATABASE_URL: 'postgres://u:p@h/d' })).toEqual([]);
  });

  it('tell everything that is wrong with the way to the brokers at once, and no password', () => {
    const kafka = { PARTITURA_LOG: 'kafka', PARTITURA_KAFKA_BROKERS: 'b:9092' };
    const secret = { PARTITURA_KAFKA_SASL_PASSWORD: 'hunter2hunter2' };
    expect(problems({ ...secret, PARTITURA_KAFKA_TLS: 'true', PARTITURA_KAFKA_CA: 'ca.pem' })).toEqual([
      'PARTITURA_KAFKA_TLS, PARTITURA_KAFKA_CA, PARTITURA_KAFKA_SASL_PASSWORD need PARTITURA_LOG=kafka; the log is embedded',
    ]);
    expect(problems({ ...kafka, ...secret, PARTITURA_KAFKA_CERT: 'c.pem', PARTITURA_ROLES: 'decider' })).toEqual([
      'PARTITURA_KAFKA_CERT need PARTITURA_KAFKA_TLS=true',
      'PARTITURA_KAFKA_CERT and PARTITURA_KAFKA_KEY belong together; one of them is missing',
      'PARTITURA_KAFKA_SASL_PASSWORD need PARTITURA_KAFKA_SASL_MECHANISM',
    ]);
    const scram = { ...kafka, PARTITURA_KAFKA_SASL_MECHANISM: 'scram-sha-512' };
    expect(problems(scram)).toEqual([
      'PARTITURA_KAFKA_SASL_MECHANISM needs PARTITURA_KAFKA_SASL_USERNAME',
      expect.stringContaining('needs one of PARTITURA_KAFKA_SASL_PASSWORD and'),
    ]);
    const login = { ...scram, ...secret, PARTITURA_KAFKA_SASL_USERNAME: 'u' };
    expect(problems({ ...login, PARTITURA_KAFKA_SASL_PASSWORD_FILE: 'f' })).toEqual([
      expect.stringContaining('give only one'),
    ]);
    expect(problems(login)).toEqual([]);
    const shown = JSON.stringify(shownConfig(settings, readConfig(settings, { environment: login })));
    expect(shown).toContain('"kafkaSaslPassword":"***"');
    expect(shown).not.toContain('hunter2');
    expect(settingsTable(settings)).toContain('| `PARTITURA_KAFKA_SASL_PASSWORD` | – |');
  });
});
