import { describe, expect, it } from '@jest/globals';
import { boundedLabel, createLogger, createMetrics } from './index.ts';

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

  it('carries the fields of its parent', () => {
    expect(JSON.parse(recorded((logger) => logger.child({ partition: 3 }).warn({ lag: 2 }, 'slow')))).toMatchObject({
      level: 'warn',
      partition: 3,
      lag: 2,
      msg: 'slow',
    });
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

  it('keep label sets bounded', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other']);
  });
});
