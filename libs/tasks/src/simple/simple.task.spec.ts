import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, taskDef, workflow } from '../testing/shapes.ts';

describe('a sequence of worker tasks', () => {
  it('runs one after the other and ends with the last output', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a'), taskDef('b')],
      workflows: [workflow('w', [simple('a1'), simple('b1', { inputParameters: { v: '${a1.output.k}' } })])],
    });
    const run = scenario.start('w', { n: 5 });
    expect(run.summary).toEqual(['a1:SCHEDULED']);

    const record = scenario.poll('a');
    expect(record).toMatchObject({ referenceName: 'a1', dispatch: 1, workflowName: 'w' });
    run.complete('a1', { k: 1 });
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:SCHEDULED']);
    expect(run.task('b1').input).toEqual({ v: 1 });

    run.complete('b1', { z: 2 });
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.output).toEqual({ z: 2 });
  });
});
