import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { task, taskDef, workflow } from '../testing/shapes.ts';

const asking = (def = {}) =>
  new Scenario({
    tasks: [taskDef('hm', def)],
    workflows: [workflow('w', [task('HUMAN', 'hm', { inputParameters: { q: '?' } })])],
  });

describe('a human task', () => {
  it('is in progress until somebody answers', () => {
    const scenario = asking();
    const run = scenario.start('w');
    scenario.advance(10_000_000);
    expect(run.task('hm')).toMatchObject({ status: 'IN_PROGRESS', input: { q: '?' } });
    expect(run.complete('hm', { ans: 'y' }).seen.output).toEqual({ ans: 'y' });
  });

  it('is timed out and asked again by a task definition of its name', () => {
    const scenario = asking({ timeoutSeconds: 1, timeoutPolicy: 'RETRY', retryCount: 1, retryDelaySeconds: 0 });
    const run = scenario.start('w');
    scenario.advance(1_000);
    expect(run.summary).toEqual(['hm:TIMED_OUT', 'hm:IN_PROGRESS']);
  });

  it('is cancelled with its workflow', () => {
    const run = asking().start('w');
    run.terminate('x');
    expect(run.task('hm').status).toBe('CANCELED');
  });
});
