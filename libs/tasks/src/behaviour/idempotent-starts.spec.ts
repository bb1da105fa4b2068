import { describe, expect, it } from '@jest/globals';
import { keyedWorkflowId, Payload, type StartWorkflow } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, taskDef, workflow } from '../testing/shapes.ts';

const id = keyedWorkflowId('w', 'k');
const scenarioOf = () =>
  new Scenario({
    tasks: [taskDef('a')],
    workflows: [workflow('w', [simple('a1', { inputParameters: { n: '${workflow.input.n}' } })])],
  });
const start = (strategy: string | undefined, n = 1): StartWorkflow => ({
  type: 'StartWorkflow',
  name: 'w',
  input: Payload.of({ n }),
  priority: 0,
  taskToDomain: {},
  idempotencyKey: 'k',
  ...(strategy !== undefined && { idempotencyStrategy: strategy }),
  replyWhenEnded: false,
});

describe('a start with an idempotency key', () => {
  it('has the same id wherever it comes from, and another one for another workflow', () => {
    expect(keyedWorkflowId('w', 'k')).toBe(id);
    expect([keyedWorkflowId('w', 'k2'), keyedWorkflowId('x', 'k'), keyedWorkflowId('w","k', '')]).not.toContain(id);
  });

  it('means the workflow that is there, running or not, with RETURN_EXISTING and without a strategy', () => {
    const scenario = scenarioOf();
    for (const strategy of [undefined, 'RETURN_EXISTING']) {
      scenario.send(id, start(strategy));
      expect(scenario.send(id, start(strategy, 2)).kind).toBe('repeated');
    }
    const run = scenario.run(id);
    run.complete('a1');
    expect(scenario.send(id, start('RETURN_EXISTING', 3)).kind).toBe('repeated');
    expect([run.status, run.history.filter(({ events }) => events[0]?.type === 'WorkflowStarted')]).toMatchObject([
      'COMPLETED',
      [{}],
    ]);
  });

  it('is refused with FAIL, also when that workflow has ended', () => {
    const scenario = scenarioOf();
    scenario.send(id, start('FAIL'));
    const refusal = { rejection: { code: 'IDEMPOTENCY_CONFLICT' } };
    expect(scenario.send(id, start('FAIL'))).toMatchObject(refusal);
    scenario.run(id).complete('a1');
    expect(scenario.send(id, start('FAIL'))).toMatchObject(refusal);
    expect(scenario.decider.decideClosed('COMPLETED w.1', start('FAIL'), id)).toMatchObject(refusal);
    expect(scenario.decider.decideClosed('COMPLETED w.1', start('RETURN_EXISTING'), id)).toEqual({ kind: 'repeated' });
  });

  it('is refused with FAIL_ON_RUNNING while it runs; afterwards the workflow begins again with what is new', () => {
    const scenario = scenarioOf();
    scenario.send(id, start('FAIL_ON_RUNNING'));
    expect(scenario.send(id, start('FAIL_ON_RUNNING'))).toMatchObject({ rejection: { code: 'IDEMPOTENCY_CONFLICT' } });
    const run = scenario.run(id).complete('a1');
    scenario.definitions.putWorkflow(
      workflow('w', [simple('a1', { inputParameters: { m: '${workflow.input.n}' } })], { version: 2 }),
    );
    expect(scenario.send(id, start('FAIL_ON_RUNNING', 5))).toMatchObject({ kind: 'accepted' });
    expect([run.status, run.task('a1').input, run.seen.started?.version]).toEqual(['RUNNING', { m: 5 }, 2]);
    expect(scenario.decider.decideClosed('FAILED w.1', start('FAIL_ON_RUNNING'), id)).toEqual({ kind: 'revive' });
  });
});
