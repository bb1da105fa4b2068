import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const started = () => {
  const scenario = new Scenario({
    tasks: [taskDef('a'), taskDef('b')],
    workflows: [workflow('w', [simple('a1'), simple('b1')], { outputParameters: { x: '${a1.output}' } })],
  });
  const run = scenario.start('w');
  run.send({ type: 'Quarantine', reason: 'a defect' });
  return { scenario, run };
};

describe('a workflow that a defect has stopped', () => {
  it('sleeps, keeps what is reported, and takes only what repairs it', () => {
    const { scenario, run } = started();
    expect(scenario.decider.nextDue(run.state)).toEqual({});
    expect(run.pause()).toMatchObject({ rejection: { code: 'WORKFLOW_QUARANTINED' } });
    run.complete('a1');
    expect(run.summary).toEqual(['a1:COMPLETED']);
  });

  it('goes on after resume with what was reported meanwhile', () => {
    const { run } = started();
    run.complete('a1');
    run.resume();
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:SCHEDULED']);
  });

  it('can be terminated, without evaluating anything', () => {
    const { run } = started();
    run.terminate('give up');
    expect([run.status, run.seen.output]).toEqual(['TERMINATED', {}]);
  });

  it('is over once it is terminated: it cannot be resumed, and a retry goes on with it', () => {
    const { run } = started();
    run.terminate('give up');
    expect(run.resume()).toMatchObject({ rejection: { code: 'WORKFLOW_NOT_PAUSED' } });
    run.retry();
    expect(run.summary).toEqual(['a1:CANCELED', 'a1:SCHEDULED']);
    expect(run.complete('a1').complete('b1').status).toBe('COMPLETED');
  });

  it('is not stopped when it has ended', () => {
    const { run } = started();
    run.terminate('give up');
    const { length } = run.history;
    run.send({ type: 'Quarantine', reason: 'another defect' });
    expect(run.history).toHaveLength(length);
  });
});

describe('pure tasks without end', () => {
  it('do not grow the stack', () => {
    const tasks = Array.from({ length: 2_000 }, (_, i) => task('NOOP', `n${i}`));
    const scenario = new Scenario({ workflows: [workflow('w', tasks)] });
    expect(scenario.start('w').status).toBe('COMPLETED');
  });
});
