import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@partitura/config';
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
});
