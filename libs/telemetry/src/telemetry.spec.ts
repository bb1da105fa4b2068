import { describe, expect, it } from '@jest/globals';
import { boundedLabel, createLogger, createMetrics, rationed } from './index.ts';

function recorded(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger({ level: 'debug', destination: { write: (line: string) => void (text += line) } }));
  return text;
}

describe('a log line', () => {
  it('shows no secret field, no credentials of a URL and no terminal escape', () => {
    const text = recorded((logger) => {
      logger.info({ password: 'hunter2', nested: { token: 'hunter2' } }, 'connects to postgres://me:hunter2@db:5432/x');
      logger.error(
        { error: new Error('failed at kafka://u:hunter2@h', { cause: new Error('amqp://u:hunter2@h') }) },
        'a\nb\u001b[31mred',
      );
    });
    expect(text).not.toContain('hunter2');
    expect(text).toContain('postgres://***@db');
    expect(text).not.toContain('\u001b');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse(text.trim().split('\n')[1] ?? '').error.cause.name).toBe('Error');
  });

  it('is one line without controls, whatever names its fields and messages quote', () => {
    const hostile = 'a\r\n{"level":"info"}\u001b]0;x\u0007\u009b31m\u007f\u2028\u2029\u0085b';
    const text = recorded((logger) => {
      logger.child({ topic: hostile }).warn({ route: hostile, [hostile]: { deep: [hostile] } }, hostile);
    });
    expect(text.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toMatchObject({ topic: hostile, route: hostile, [hostile]: { deep: [hostile] } });
  });

  it('carries the fields of its parent', () => {
    expect(JSON.parse(recorded((logger) => logger.child({ partition: 3 }).warn({ lag: 2 }, 'slow')))).toMatchObject({
      level: 'warn',
      partition: 3,
      lag: 2,
      msg: 'slow',
    });
  });
});

describe('lines that outsiders can cause', () => {
  it('are said a few at a time; the next one that is said counts what was kept back', () => {
    const said: unknown[] = [];
    let now = 0;
    const say = rationed((fields, message) => said.push([fields, message]), {
      lines: 2,
      perMs: 1_000,
      monotonic: () => now,
    });
    for (let i = 0; i < 5; i++) say({ i }, 'refused');
    now = 999;
    say({ i: 5 }, 'refused');
    now = 1_000;
    say({ i: 6 }, 'refused');
    say({ i: 7 }, 'refused');
    expect(said).toEqual([
      [{ i: 0 }, 'refused'],
      [{ i: 1 }, 'refused'],
      [{ i: 6, keptBack: 4 }, 'refused'],
      [{ i: 7 }, 'refused'],
    ]);
  });
});

describe('metrics', () => {
  it('are shown as text, the same metric asked for twice is one', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter('commands_total', 'commands', ['outcome']).add(2, { outcome: 'accepted' });
    metrics.counter('commands_total', 'commands', ['outcome']).add(1, { outcome: 'accepted' });
    metrics.gauge('lag', 'lag', [], (gauge) => gauge.set(7));
    metrics.histogram('batch', 'batch', [1, 10]).observe(5);
    const text = await metrics.text();
    expect(text).toContain('partitura_commands_total{outcome="accepted"} 3');
    expect(text).toContain('partitura_lag 7');
    expect(text).toContain('partitura_batch_bucket{le="10"} 1');
  });

  it('count each observation in its bucket and all larger ones, by labels', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const took = metrics.histogram('took', 'took', [1, 10], ['route']);

    const mine = took.of({ route: 'a' });
    for (const value of [0.5, 1, 5, 11]) mine.observe(value);
    took.observe(2, { route: 'a' });
    took.observe(3, { route: 'b"' });
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('partitura_took'));
    expect(lines).toEqual([
      'partitura_took_bucket{le="1",route="a"} 2',
      'partitura_took_bucket{le="10",route="a"} 4',
      'partitura_took_bucket{le="+Inf",route="a"} 5',
      'partitura_took_sum{route="a"} 19.5',
      'partitura_took_count{route="a"} 5',
      'partitura_took_bucket{le="1",route="b\\""} 0',
      'partitura_took_bucket{le="10",route="b\\""} 1',
      'partitura_took_bucket{le="+Inf",route="b\\""} 1',
      'partitura_took_sum{route="b\\""} 3',
      'partitura_took_count{route="b\\""} 1',
    ]);
  });

  it('keep label sets bounded', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other']);
  });
});
