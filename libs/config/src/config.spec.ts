import { describe, expect, it } from '@jest/globals';
import { ConfigError, flag, int, listOf, oneOf, readConfig, settingsTable, shownConfig, text, url } from './index.ts';

const settings = {
  roles: listOf(['api', 'decider']).default(['api', 'decider'], 'all').describe('what runs here'),
  port: int({ min: 0, max: 65535 }).default(8080).describe('where the api listens'),
  log: oneOf(['embedded', 'kafka']).default('embedded').describe('the log'),
  databaseUrl: url('postgres', 'postgresql').optional().from('DATABASE_URL').hidden().describe('read model'),
  verbose: flag().default(false).describe('says more'),
  name: text().describe('has no default'),
};

const problemsOf = (environment: Record<string, string>, flags: string[] = [], file?: string): readonly string[] => {
  try {
    readConfig(settings, {
      environment,
      flags,
      ...(file === undefined ? {} : { file: { path: 'p.json', text: file } }),
    });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('a configuration', () => {
  it('takes flags over the environment, the environment over the file, the file over defaults', () => {
    const config = readConfig(settings, {
      environment: { PARTITURA_PORT: '2', PARTITURA_NAME: 'env' },
      flags: ['--port=1', '--verbose', 'yes'],
      file: { path: 'p.json', text: '{"name":"file","log":"kafka","roles":["api"]}' },
    });
    expect(config).toEqual({
      roles: ['api'],
      port: 1,
      log: 'kafka',
      databaseUrl: undefined,
      verbose: true,
      name: 'env',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reports everything that is wrong at once', () => {
    const problems = problemsOf(
      { PARTITURA_PORT: 'x', PARTITURA_LOG: 'disk', PARTITURA_PROT: '1', PARTITURA_ROLES: 'api,foo' },
      ['--nmae', 'a'],
    );
    expect(problems).toEqual([
      '--nmae is no option; did you mean --name?',
      'PARTITURA_ROLES knows no "foo"; known are api, decider',
      'PARTITURA_PORT must be a whole number, not "x"',
      'PARTITURA_LOG must be one of embedded, kafka, not "disk"',
      'PARTITURA_NAME is missing: has no default',
      'PARTITURA_PROT is no setting; did you mean PARTITURA_PORT?',
    ]);
  });

  it('never repeats a secret, not even a wrong one', () => {
    const problems = problemsOf({ PARTITURA_NAME: 'n', DATABASE_URL: 'mysql://user:hunter2@db' });
    expect(problems).toEqual(['DATABASE_URL has a value that cannot be used']);
    expect(problemsOf({ PARTITURA_NAME: 'n' }, ['--database-url', 'postgres://u:hunter2@db/x'])).toEqual([
      '--database-url would show a secret in the list of processes; set DATABASE_URL instead',
    ]);
    const config = readConfig(settings, {
      environment: { PARTITURA_NAME: 'n', DATABASE_URL: 'postgres://u:hunter2@db/x' },
    });
    expect(JSON.stringify(shownConfig(settings, config))).not.toContain('hunter2');
  });

  it('refuses a file that is no JSON object, and unknown names in it', () => {
    expect(problemsOf({ PARTITURA_NAME: 'n' }, [], '[1]')).toEqual(['p.json must hold a JSON object']);
    expect(problemsOf({ PARTITURA_NAME: 'n' }, [], '{"prot":1}')).toEqual([
      '"prot" in p.json is no setting; did you mean "port"?',
    ]);
  });

  it('treats an empty variable as absent and bounds numbers', () => {
    expect(readConfig(settings, { environment: { PARTITURA_NAME: 'n', PARTITURA_PORT: '' } }).port).toBe(8080);
    expect(problemsOf({ PARTITURA_NAME: 'n', PARTITURA_PORT: '70000' })).toEqual([
      'PARTITURA_PORT must lie within 0..65535, not 70000',
    ]);
  });

  it('describes itself as a table', () => {
    expect(settingsTable(settings).split('\n')[3]).toBe(
      '| `PARTITURA_PORT` | `--port` | integer 0..65535 | `8080` | where the api listens |',
    );
  });
});
