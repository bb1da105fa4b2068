import { describe, expect, it } from '@jest/globals';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const branches = 40;
const refs = Array.from({ length: branches }, (_, i) => `a${i}`);
const wide = workflow('w', [
  fork(
    'f',
    refs.map((ref) => [simple(ref)]),
  ),
  join('j1', refs),
  simple('c1'),
]);
const long = workflow(
  'w',
  Array.from({ length: 50 }, (_, i) => task('SET_VARIABLE', `s${i}`, { inputParameters: { n: i } })),
);

const scenarioOf = (def: Parameters<typeof workflow>[2], eventsPerDecision = 12) =>
  new Scenario({ tasks: [taskDef('a'), taskDef('c')], workflows: [def as never], eventsPerDecision });

describe('a decision that is larger than an entry may be', () => {
  it('is continued in later entries and comes to the same end', () => {
    const run = scenarioOf(wide).start('w');
    expect(run.history.length).toBeGreaterThan(5);
    for (const { events } of run.history) expect(events.length).toBeLessThanOrEqual(12 + 3);
    expect(run.summary).toEqual(['f:COMPLETED', ...refs.map((ref) => `${ref}:SCHEDULED`), 'j1:IN_PROGRESS']);
  });

  it('gives every task an id of its own', () => {
    const run = scenarioOf(wide).start('w');
    expect(new Set(run.seen.tasks.map(({ taskId }) => taskId)).size).toBe(branches + 2);
  });

  it('runs a long chain of pure tasks to its end', () => {
    const run = scenarioOf(long).start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.variables).toEqual({ n: 49 });
    expect(run.history.length).toBeGreaterThan(10);
  });

  it('is bounded by bytes too', () => {
    const big = simple('a1', { inputParameters: { x: '${workflow.input.x}' } });
    const scenario = new Scenario({
      tasks: [taskDef('a')],
      workflows: [workflow('w', [fork('f', [[big], [{ ...big, taskReferenceName: 'a2' }]]), join('j1', ['a1', 'a2'])])],
      bytesPerDecision: 10_000,
    });
    const run = scenario.start('w', { x: 'x'.repeat(9_000) });
    expect(run.history.length).toBeGreaterThan(1);
    expect(run.task('j1').status).toBe('IN_PROGRESS');
  });

  it('cancels many tasks in parts, with the end fixed by the first', () => {
    const scenario = scenarioOf(wide);
    const run = scenario.start('w');
    const before = run.history.length;
    run.terminate('stop');
    expect(run.history.length - before).toBeGreaterThan(3);
    expect(run.history[before]!.events[0]).toMatchObject({ type: 'WorkflowEnded', status: 'TERMINATED' });
    expect(run.summary.filter((line) => line.endsWith(':CANCELED'))).toHaveLength(branches + 1);
    expect(scenario.decider.isClosed(run.state)).toBe(true);
  });

  it('is not closed while tasks remain to be cancelled', () => {
    const scenario = scenarioOf(wide);
    const run = scenario.start('w');
    scenario.holdsPostponedWork = true;
    run.terminate('stop');
    expect(scenario.decider.isClosed(run.state)).toBe(false);
    expect(scenario.decider.hasPostponedWork(run.state)).toBe(true);
  });
});

describe('while work is postponed', () => {
  const started = () => {
    const scenario = scenarioOf(wide);
    scenario.holdsPostponedWork = true;
    return { scenario, run: scenario.start('w') };
  };
  const goOn = (scenario: Scenario) => {
    scenario.holdsPostponedWork = false;
    for (const run of scenario.runs) scenario.continueWork(run.id);
  };

  it('reports about tasks that exist are decided at once, and followed later', () => {
    const { scenario, run } = started();
    expect(scenario.decider.mayInterrupt(run.state, { type: 'PauseWorkflow' })).toBe(true);
    run.complete('a0', { v: 0 });
    expect(run.task('a0').status).toBe('COMPLETED');
    goOn(scenario);
    for (const ref of refs.slice(1)) run.complete(ref);
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: { a0: { v: 0 } } });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('a failure of a task that exists ends the workflow when the work goes on', () => {
    const { scenario, run } = started();
    run.fail('a0', 'no');
    expect(run.status).toBe('RUNNING');
    goOn(scenario);
    expect(run.status).toBe('FAILED');
    expect(run.summary.every((line) => !line.endsWith(':SCHEDULED'))).toBe(true);
  });

  it('termination replaces it', () => {
    const { scenario, run } = started();
    const { length } = run.seen.tasks;
    run.terminate('stop');
    goOn(scenario);
    expect(run.status).toBe('TERMINATED');
    expect(run.seen.tasks).toHaveLength(length);
    expect(run.summary.some((line) => line.endsWith(':SCHEDULED'))).toBe(false);
  });

  it('pause holds it back until resume', () => {
    const { scenario, run } = started();
    run.pause();
    expect(scenario.decider.hasPostponedWork(run.state)).toBe(false);
    run.complete('a0');
    run.resume();
    expect(scenario.decider.hasPostponedWork(run.state)).toBe(true);
    goOn(scenario);
    for (const ref of refs.slice(1)) run.complete(ref);
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('what a termination has cut off is made up for by a retry', () => {
    const { scenario, run } = started();
    run.terminate('stop');
    scenario.holdsPostponedWork = false;
    for (const each of scenario.runs) scenario.continueWork(each.id);
    run.retry();
    for (const ref of refs) run.complete(ref);
    expect(run.task('j1').status).toBe('COMPLETED');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });
});
