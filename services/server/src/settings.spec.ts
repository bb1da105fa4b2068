import { describe, expect, it } from '@jest/globals';
import { readConfig, settingsTable, shownConfig } from '@partitura/config';
import { apiKeysOf } from './api-keys.ts';
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
    for (const host of ['0.0.0.0', '::', '10.0.0.7', 'example.org']) {
      expect(problems({ PARTITURA_HOST: host })).toEqual([expect.stringContaining('nobody has to log in')]);
    }
    expect(problems({ PARTITURA_HOST: '0.0.0.0', PARTITURA_API_KEYS_FILE: 'keys.json' })).toEqual([]);
    expect(problems({ PARTITURA_HOST: '::1' })).toEqual([]);
  });

  it('refuse to forget the journal when only a database without durability would have it', () => {
    const retention = { PARTITURA_JOURNAL_RETENTION_HOURS: '24' };
    expect(problems(retention)).toEqual([expect.stringContaining('set DATABASE_URL')]);
    expect(problems({ ...retention, DATABASE_URL: 'postgres://localhost/partitura' })).toEqual([]);
    const decider = { PARTITURA_LOG: 'kafka', PARTITURA_KAFKA_BROKERS: 'localhost:9092', PARTITURA_ROLES: 'decider' };
    expect(problems({ ...retention, ...decider })).toEqual([]);
  });

  it('read API keys, and say what is wrong with them without quoting them', () => {
    const hash = `scrypt:32768:8:1:c2FsdHNhbHRzYWx0c2Fs:${'a'.repeat(43)}`;
    const read = (apiKeys: unknown) =>
      apiKeysOf({ apiKeys: typeof apiKeys === 'string' ? apiKeys : JSON.stringify(apiKeys), apiKeysFile: undefined });
    expect(read([{ id: 'ci', roles: ['definer', 'operator'], hash, taskTypes: ['a'] }]).keys?.get('ci')).toMatchObject({
      roles: ['definer', 'operator'],
      taskTypes: new Set(['a']),
    });
    for (const [keys, why] of [
      ['hunter2', 'no JSON'],
      [[], '1 to'],
      [[{ id: 'a b', roles: ['admin'], hash }], 'id must be'],
      [[{ id: 'a', roles: ['king'], hash }], 'roles must be'],
      [[{ id: 'a', roles: [], hash }], 'roles must be'],
      [[{ id: 'a', roles: ['admin'], hash: 'hunter2' }], 'hash must be'],
      [[{ id: 'a', roles: ['admin'], hash: hash.replace('32768', '1024') }], 'N from 16384'],
      [[{ id: 'a', roles: ['admin'], hash, secret: 'hunter2' }], 'unknown member secret'],
      [
        [
          { id: 'a', roles: ['admin'], hash },
          { id: 'a', roles: ['reader'], hash },
        ],
        'there twice',
      ],
    ] as const) {
      const { problems: told } = read(keys);
      expect(told).toEqual([expect.stringContaining(why)]);
      expect(told.join('')).not.toContain('hunter2');
    }
    expect(apiKeysOf({ apiKeys: '[]', apiKeysFile: 'f' }).problems).toEqual([expect.stringContaining('only one')]);
    expect(apiKeysOf({ apiKeys: undefined, apiKeysFile: '/nowhere' }).problems).toHaveLength(1);
    expect(apiKeysOf({ apiKeys: undefined, apiKeysFile: undefined })).toEqual({ problems: [] });
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
