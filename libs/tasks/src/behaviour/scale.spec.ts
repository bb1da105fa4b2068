import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

/** What one entry may hold in these specs; a decision may go beyond by what its last step does. */
const bounds = { eventsPerDecision: 100, bytesPerDecision: 1_000_000 };
const events = ({ history }: Handle): readonly number[] => history.map((entry) => entry.events.length);
const largest = (run: Handle): number => Math.max(...events(run));

const dynamic = task('FORK_JOIN_DYNAMIC', 'fd', {
  inputParameters: { forkTaskName: 'a', forkTaskInputs: '${workflow.input.xs}' },
});
const loop = (times: number, more: JsonObject = {}) =>
  task('DO_WHILE', 'lp', {
    loopCondition: `$.lp.iteration < ${times}`,
    loopOver: [task('SET_VARIABLE', 'n', { inputParameters: { n: '${lp.output.iteration}' } })],
    ...more,
  });
const scenarioOf = (tasks: readonly JsonObject[], eventsPerDecision = bounds.eventsPerDecision) =>
  new Scenario({
    ...bounds,
    eventsPerDecision,
    tasks: [taskDef('a'), taskDef('c')],
    workflows: [workflow('w', tasks), workflow('small', [simple('c1')])],
  });
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

describe('a dynamic fork of more tasks than an entry holds', () => {
  const branches = 1_200;
  const forked = () => {
    const scenario = scenarioOf([dynamic, join('j1', []), simple('c1')]);
    return { scenario, run: scenario.start('w', { xs: numbers(branches) }) };
  };

  it('is written in entries of bounded size, and stores its tasks once', () => {
    const { run } = forked();
    expect(run.seen.tasks).toHaveLength(branches + 2);
    expect(largest(run)).toBeLessThanOrEqual(bounds.eventsPerDecision + 3);
    expect(Object.keys(run.task('fd').input as JsonObject).sort()).toEqual([
      'forkTaskInputs',
      'forkTaskName',
      'forkedTasks',
    ]);
    expect(run.task(`_a_${branches - 1}`).input).toEqual({ input: branches - 1, __index: branches - 1 });
  });

  it('joins them all', () => {
    const { run } = forked();
    for (let i = 0; i < branches; i++) run.complete(`_a_${i}`, { i });
    expect(Object.keys(run.task('j1').output as object)).toHaveLength(branches);
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('is cancelled in parts, half-way too; others have their turn between', () => {
    const scenario = scenarioOf([dynamic, join('j1', []), simple('c1')]);
    scenario.holdsPostponedWork = true;
    const run = scenario.start('w', { xs: numbers(branches) });
    for (let i = 0; i < 8; i++) {
      scenario.continueWork(run.id);
      expect(scenario.start('small').status).toBe('RUNNING');
    }
    const { length } = run.seen.tasks;
    run.terminate('enough');
    while (scenario.decider.hasPostponedWork(run.state)) scenario.continueWork(run.id);
    expect(run.seen.tasks).toHaveLength(length);
    expect(run.summary.every((line) => !line.endsWith(':SCHEDULED'))).toBe(true);
    expect(largest(run)).toBeLessThanOrEqual(bounds.eventsPerDecision + 3);
    expect(scenario.decider.isClosed(run.state)).toBe(true);
  });
});

describe('the snapshot of a run of thousands of tasks', () => {
  it('is written ahead while the run goes on, and is of the state that it is asked for', () => {
    const branches = 2_500;
    const scenario = scenarioOf([dynamic, join('j1', []), simple('c1')]);
    const run = scenario.start('w', { xs: numbers(branches) });
    const { decider } = scenario;
    const encoder = decider.stateEncoder?.(run.state);
    let steps = 0;
    for (; encoder?.step(run.state) === true; steps++) if (steps % 3 === 0) run.complete(`_a_${steps}`, { steps });
    expect(steps).toBeGreaterThan(branches / 32);
    run.complete('_a_2', { last: true });
    const bytes = encoder?.encode(run.state) ?? new Uint8Array();
    expect(Buffer.compare(bytes, decider.encodeState(run.state))).toBe(0);
    const restored = decider.decodeState(decider.stateVersion, bytes);
    expect(Buffer.compare(decider.encodeState(restored), bytes)).toBe(0);
  });

  it('is not divided when it is small', () => {
    const scenario = scenarioOf([simple('c1')]);
    expect(scenario.decider.stateEncoder?.(scenario.start('w').state)).toBeUndefined();
  });
});

describe('a loop of more iterations than an entry holds', () => {
  it('is written in entries of bounded size', () => {
    const run = scenarioOf([loop(600)]).start('w');
    expect(run.status).toBe('COMPLETED');
    expect(run.task('lp').output).toMatchObject({ iteration: 600, 600: { n: {} } });
    expect(largest(run)).toBeLessThanOrEqual(bounds.eventsPerDecision + 5);
  });

  it('writes as much for a late iteration as for an early one', () => {
    const run = scenarioOf([loop(600)]).start('w');
    const bytes = run.history.slice(0, -1).map((entry) => JSON.stringify(entry.events).length / entry.events.length);
    const [early = 0, late = 0] = [bytes[2], bytes.at(-2)];
    expect(late / early).toBeLessThan(1.2);
  });

  it('does not grow when it keeps the last few only', () => {
    const sizeAfter = (times: number): number => {
      const scenario = scenarioOf([loop(times, { inputParameters: { keepLastN: 3 } }), simple('c1')]);
      return scenario.decider.encodeState(scenario.start('w').state).length;
    };
    expect(sizeAfter(400) / sizeAfter(100)).toBeLessThan(1.2);
  });
});
