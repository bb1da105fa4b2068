import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const MiB = 1024 * 1024;
/** As the product has them. */
const bounds = { eventsPerDecision: 500, bytesPerDecision: 2 * MiB };
const entryBytes = 6 * MiB;

const largest = ({ history }: Handle): number =>
  Math.max(...history.map(({ events }) => Buffer.byteLength(JSON.stringify(events))));
const text = (bytes: number): string => 'x'.repeat(bytes);
const scenarioOf = (tasks: readonly JsonObject[], more: JsonObject = {}) =>
  new Scenario({
    ...bounds,
    tasks: ['a', 'b', 'c'].map((name) => taskDef(name)),
    workflows: [workflow('w', tasks, more), workflow('mend', [simple('c1')])],
  });

describe('what is as large as it may be fits into entries', () => {
  const almost = 3_000_000;

  it('an output, the input that is made of it, and the end that repeats it', () => {
    const scenario = scenarioOf([simple('a1'), simple('b1', { inputParameters: { of: '${a1.output.text}' } })]);
    const run = scenario.start('w').complete('a1', { text: text(almost) });
    expect((run.task('b1').input as { readonly of: string }).of).toHaveLength(almost);
    run.complete('b1', { text: text(almost) });
    expect([run.status, Object.keys(run.seen.output as object)]).toEqual(['COMPLETED', ['text']]);
    expect(largest(run)).toBeLessThan(entryBytes);
  });

  it('the end that a task of such an output causes by failing', () => {
    const run = scenarioOf([simple('a1')]).start('w');
    run.report('a1', 'FAILED', { text: text(almost) }, { reason: 'no' });
    expect([run.status, run.task('a1').status]).toEqual(['FAILED', 'FAILED']);
    expect(largest(run)).toBeLessThan(entryBytes);
  });

  it('with a failure workflow, which then hears of the failed one without its data', () => {
    const scenario = scenarioOf([simple('a1')], { failureWorkflow: 'mend' });
    const run = scenario.start('w', { text: text(MiB) });
    run.report('a1', 'FAILED', { text: text(almost) }, { reason: 'no' });
    const [start] = scenario.effects.flatMap((effect) =>
      effect.kind === 'SendCommand' && effect.command.type === 'StartWorkflow' ? [effect.command] : [],
    );
    const { failedWorkflow, reason } = start?.input.object as { failedWorkflow: JsonObject; reason: string };
    expect(reason).toMatch(/^Task run-1~.* failed with status: FAILED and reason: 'no'$/);
    expect(failedWorkflow).toMatchObject({ workflowId: run.id, status: 'FAILED', failedReferenceTaskNames: ['a1'] });
    expect(Object.keys(failedWorkflow)).not.toContain('output');
    expect(largest(run)).toBeLessThan(entryBytes);
  });

  it('with a failure workflow for whose input there is no room, which is told instead of started', () => {
    const scenario = scenarioOf([simple('a1')], { failureWorkflow: 'mend' });
    const run = scenario.start('w', { text: text(almost) });
    run.report('a1', 'FAILED', { text: text(almost) }, { reason: 'no' });
    expect(run.seen.output['conductor.failure_workflow']).toMatch(
      /^Error workflow mend failed to start\. {2}reason: The payload size: \d+ of its input is greater than the permissible limit: \d+ bytes$/,
    );
    expect(largest(run)).toBeLessThan(entryBytes);
  });

  it('the reasons of all that permissive tasks left undone', () => {
    const refs = Array.from({ length: 250 }, (_, i) => `a${i}`);
    const run = scenarioOf(refs.map((ref) => simple(ref, { permissive: true }))).start('w');
    for (const ref of refs) run.fail(ref, text(500));
    expect(run.status).toBe('FAILED');
    expect(run.seen.reason).toHaveLength(64 * 1024);
  });
});

describe('a JOIN of very long names', () => {
  const branches = 2_000;
  const forked = (nameBytes: number): Handle => {
    const fd = task('FORK_JOIN_DYNAMIC', 'fd', {
      inputParameters: { forkTaskName: text(nameBytes), forkTaskInputs: '${workflow.input.xs}' },
    });
    return scenarioOf([fd, join('j1', []), simple('c1')]).start('w', { xs: Array.from({ length: branches }, () => 0) });
  };

  it('has an entry of its own where it needs one', () => {
    const run = forked(1_390);
    expect([run.status, run.task('j1').status]).toEqual(['RUNNING', 'IN_PROGRESS']);
    expect(largest(run)).toBeLessThan(entryBytes);
  });

  it('that fit into no entry fails, and says why', () => {
    const run = forked(1_490);
    expect([run.status, run.task('j1').status]).toEqual(['FAILED', 'FAILED_WITH_TERMINAL_ERROR']);
    expect(run.task('j1').reason).toMatch(/^The payload size: \d+ of task: .* is greater than the permissible limit/);
    expect(largest(run)).toBeLessThan(entryBytes);
  });
});
