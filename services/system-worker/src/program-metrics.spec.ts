import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '@partitura/telemetry';
import { programMetrics } from './program-metrics.ts';

describe('the metrics of programs', () => {
  it('tell how long they ran, and how many were ended, by language', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const onRun = programMetrics(metrics);
    onRun({ language: 'javascript', seconds: 0.002, killed: false });
    onRun({ language: 'javascript', seconds: 4.2, killed: true });
    onRun({ language: 'jq', seconds: 0.2, killed: false });
    const text = await metrics.text();
    expect(text).toContain('partitura_script_eval_seconds_bucket{le="0.003",language="javascript"} 1');
    expect(text).toContain('partitura_script_eval_seconds_count{language="javascript"} 2');
    expect(text).toContain('partitura_script_eval_seconds_count{language="jq"} 1');
    expect(text).toContain('partitura_script_killed_total{language="javascript"} 1');
    expect(text).not.toContain('partitura_script_killed_total{language="jq"}');
  });
});
