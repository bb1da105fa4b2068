import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { task, workflow } from '../testing/shapes.ts';
import { eventTask } from './event.task.ts';

const event = (sink: string, more: JsonObject = {}) =>
  task('EVENT', 'ev', { sink, inputParameters: { k: '${workflow.input.k}' }, ...more });
const startOf = (sink: string, more: JsonObject = {}) => {
  const scenario = new Scenario({ workflows: [workflow('w', [event(sink, more)])] });
  return { scenario, run: scenario.start('w', { k: 9, s: 'there' }, { correlationId: 'c' }) };
};

describe('an EVENT task', () => {
  it.each([
    ['conductor', 'conductor:w:ev'],
    ['conductor:go', 'conductor:w:go'],
    ['conductor:${workflow.input.s}', 'conductor:w:there'],
    ['kafka:orders', 'kafka:orders'],
  ])('sends its input and where it comes from to %s', (sink, produced) => {
    const { scenario, run } = startOf(sink);
    const rendered = sink.replace('${workflow.input.s}', 'there');
    expect(run.task('ev').input).toEqual({ k: 9, sink: rendered, asyncComplete: false });
    expect(scenario.poll('EVENT')?.input.value).toEqual({
      k: 9,
      sink: rendered,
      asyncComplete: false,
      workflowInstanceId: run.id,
      workflowType: 'w',
      workflowVersion: 1,
      correlationId: 'c',
      taskToDomain: {},
      event_produced: produced,
    });
  });

  it.each([
    ['conductorx', () => 'Invalid / Unsupported sink specified: conductorx'],
    ['bogus:q', (id: string) => `Error loading queue:bogus:q, for task:${id}, error: Unknown queue type bogus`],
    ['nowhere', (id: string) => `Error loading queue:nowhere, for task:${id}, error: Illegal event nowhere`],
  ])('fails when there is no sink %s', (sink, reason) => {
    const { run } = startOf(sink);
    expect(run.task('ev')).toMatchObject({ status: 'FAILED', reason: reason(run.task('ev').taskId) });
    expect(run.status).toBe('FAILED');
  });

  it('that is completed by others stays open once it was sent, and is not sent again', () => {
    const { scenario, run } = startOf('conductor:go', { asyncComplete: true });
    const record = scenario.poll('EVENT');
    run.report('ev', 'IN_PROGRESS', { ...record?.input.object });
    expect(run.task('ev')).toMatchObject({ status: 'IN_PROGRESS', output: { event_produced: 'conductor:w:go' } });
    expect(scenario.poll('EVENT')).toBeUndefined();
    run.complete('ev', { done: 1 });
    expect(run.task('ev').output).toEqual({ done: 1 });
    expect(run.status).toBe('COMPLETED');
  });

  it('needs a sink', () => {
    expect(eventTask.check?.({ ...event(''), name: 'x' } as never)).toEqual([
      'sink field is required for taskType: EVENT taskName: x',
    ]);
  });
});
