import { describe, expect, it } from '@jest/globals';
import { createMetrics, silentLogger } from '@partitura/telemetry';
import { observeJournal } from './journal-telemetry.ts';

describe('alarms of partitions', () => {
  it('are all counted and all said, but for dead letters, which outsiders can cause without end', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const said: string[] = [];
    const logger = { ...silentLogger, error: (_fields: object, message: string) => void said.push(message) };
    const observer = observeJournal(logger, metrics, { monotonic: () => 0 });
    for (let i = 0; i < 1_000; i++) observer.alarm({ partition: 0, code: 'DEAD_LETTER', message: `letter ${i}` });
    for (let i = 0; i < 30; i++) observer.alarm({ partition: i, code: 'JOURNAL_TRUNCATED', message: `cut ${i}` });
    expect(said).toHaveLength(20 + 30);
    expect(said.at(-1)).toBe('cut 29');
    const text = await metrics.text();
    expect(text).toContain('partitura_alarms_total{code="DEAD_LETTER"} 1000');
    expect(text).toContain('partitura_alarms_total{code="JOURNAL_TRUNCATED"} 30');
  });
});
