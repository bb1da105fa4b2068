import { describe, expect, it } from '@jest/globals';
import { readWorkflowDef } from '@partitura/engine';
import { taskKinds } from '../task-kinds.ts';
import { Definitions } from '../testing/definitions.ts';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, workflow } from '../testing/shapes.ts';

const loopOver = (ref: string) =>
  workflow('w', [
    task('DO_WHILE', 'lp', { loopCondition: '$.lp.iteration < 2', loopOver: [{ ...simple(ref), name: 'a' }] }),
  ]);

describe('a reference name with two underscores', () => {
  it('is one like any other, also in a loop', () => {
    const run = new Scenario({ workflows: [loopOver('my__a')] }).start('w');
    run.complete('my__a__1', { v: 1 }).complete('my__a__2', { v: 2 });
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').output).toEqual({ iteration: 2, 1: { my__a: { v: 1 } }, 2: { my__a: { v: 2 } } });
  });

  it('and a number at its end is refused at registration', () => {
    const surroundings = { kinds: taskKinds, definitions: new Definitions() };
    const { problems } = readWorkflowDef(loopOver('a__1'), surroundings);
    expect(problems.map(({ message }) => message).join()).toContain('a__1');
    expect(readWorkflowDef(loopOver('my__a'), surroundings).problems).toEqual([]);
  });
});
