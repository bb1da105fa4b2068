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

  it('is refused with FAIL_ON_RUNNING, differently while it runs and when it is over', () => {
    const scenario = scenarioOf();
    const again = start('FAIL_ON_RUNNING', 5);
    scenario.send(id, again);
    const taken = { rejection: { code: 'IDEMPOTENCY_CONFLICT' } };
    const spent = { rejection: { code: 'KEY_SPENT' } };
    expect(scenario.send(id, again)).toMatchObject(taken);
    const run = scenario.run(id);
    run.pause();
    expect(scenario.send(id, again)).toMatchObject(taken);
    run.resume();
    run.complete('a1');
    const seen = JSON.stringify(run.seen);
    expect(scenario.send(id, again)).toMatchObject(spent);
    expect(JSON.stringify(run.seen)).toBe(seen);
    expect(scenario.decider.decideClosed('FAILED w.1', again, id)).toMatchObject(spent);
    expect(scenario.decider.decideClosed('RUNNING w.1', again, id)).toMatchObject(taken);
  });

  it('has another id in each generation of its key', () => {
    const ids = [0, 1, 2, 11].map((generation) => keyedWorkflowId('w', 'k', generation));
    expect(ids[0]).toBe(id);
    expect(new Set(ids).size).toBe(4);
    const scenario = scenarioOf();
    scenario.send(id, start('FAIL_ON_RUNNING'));
    scenario.run(id).complete('a1');
    expect(scenario.send(ids[1] ?? id, start('FAIL_ON_RUNNING', 2)).kind).toBe('accepted');
    expect([scenario.run(id).status, scenario.run(ids[1] ?? id).status]).toEqual(['COMPLETED', 'RUNNING']);
  });

  it.each(['FAIL', 'FAIL_ON_RUNNING', 'RETURN_EXISTING', undefined])(
    'says that the key is spent when its workflow was removed, with strategy %s',
    (strategy) => {
      const scenario = scenarioOf();
      scenario.send(id, start(strategy));
      const run = scenario.run(id).complete('a1');
      run.send({ type: 'RemoveWorkflow', onlyEnded: true });
      expect(scenario.send(id, start(strategy))).toMatchObject({ rejection: { code: 'KEY_SPENT' } });
      expect(scenario.decider.decideClosed('GONE', start(strategy), id)).toMatchObject({
        rejection: { code: 'KEY_SPENT' },
      });
    },
  );
});
