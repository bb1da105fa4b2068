import { describe, expect, it } from '@jest/globals';
import { keyedWorkflowId, type Json, type Outcome, type TaskRecord, type WorkflowCommand } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';
import { startWorkflowExecutor } from './start-workflow.executor.ts';

const startIt = (startWorkflow: Json, answer: Outcome | (() => Outcome | undefined) = { kind: 'accepted' }) => {
  const scenario = new Scenario({
    tasks: [taskDef('a')],
    workflows: [workflow('w', [task('START_WORKFLOW', 's1', { inputParameters: { startWorkflow } }), simple('a1')])],
  });
  const run = scenario.start('w', {}, { correlationId: 'c', taskToDomain: { x: 'blue' } });
  const record = scenario.poll('START_WORKFLOW') as TaskRecord;
  const sent: { readonly id: string; readonly to: string; readonly command: WorkflowCommand }[] = [];
  const executor = startWorkflowExecutor({
    workflows: {
      command: (id, to, command) => {
        sent.push({ id, to, command });
        return Promise.resolve(typeof answer === 'function' ? (answer() ?? { kind: 'accepted' }) : answer);
      },
      execution: () => Promise.resolve(undefined),
      tasks: () => Promise.resolve(undefined),
      task: () => Promise.resolve(undefined),
    },
  });
  const execute = () => executor.execute(record, new AbortController().signal);
  return { run, sent, execute };
};

describe('a START_WORKFLOW task', () => {
  it('starts the workflow with what the request says, and for the rest with what its own workflow has', async () => {
    const { run, sent, execute } = startIt({ name: 't', version: '2', input: { p: 1 } });
    const done = await execute();
    expect(sent[0]?.command).toMatchObject({
      type: 'StartWorkflow',
      name: 't',
      version: 2,
      correlationId: 'c',
      taskToDomain: { x: 'blue' },
      priority: 0,
    });
    expect(done).toEqual({ status: 'COMPLETED', output: { workflowId: sent[0]?.to } });
    run.complete('s1', done.output);
    expect(run.task('a1').status).toBe('SCHEDULED');
    expect(run.task('s1').input).toEqual({ startWorkflow: { name: 't', version: '2', input: { p: 1 } } });
  });

  it('starts nothing twice when it is handed out again', async () => {
    const { sent, execute } = startIt({ name: 't' });
    await execute();
    await execute();
    expect([sent[1]?.id, sent[1]?.to]).toEqual([sent[0]?.id, sent[0]?.to]);
  });

  it('with an idempotency key means the newest run of that key', async () => {
    const outcomes: Outcome[] = [{ kind: 'rejected', code: 'KEY_SPENT', reason: 'over' }, { kind: 'accepted' }];
    const { sent, execute } = startIt({ name: 't', idempotencyKey: 'k' }, () => outcomes.shift());
    expect(await execute()).toEqual({ status: 'COMPLETED', output: { workflowId: keyedWorkflowId('t', 'k', 1) } });
    expect(sent.map(({ to }) => to)).toEqual([keyedWorkflowId('t', 'k'), keyedWorkflowId('t', 'k', 1)]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    const refused = startIt({ name: 't', idempotencyKey: 'k', idempotencyStrategy: 'FAIL' }, () => ({
      kind: 'rejected',
      code: 'IDEMPOTENCY_CONFLICT',
      reason: 'taken',
    }));
    expect(await refused.execute()).toMatchObject({ status: 'FAILED', reason: 'taken' });
  });

  it('fails when the start is refused', async () => {
    const reason = 'No such workflow defined. name=t, version=null';
    const { execute } = startIt({ name: 't' }, { kind: 'rejected', code: 'DEFINITION_NOT_FOUND', reason });
    expect(await execute()).toEqual({ status: 'FAILED', output: {}, reason });
  });

  it.each([
    [null, "Missing 'startWorkflow' in input data."],
    ['t', 'Error reading StartWorkflowRequest. an object is needed, not "t"'],
    [{}, "startWorkflow validation failed. 'name' -> Workflow name cannot be null or empty. "],
    [{ name: 't', version: 'x' }, 'Error reading StartWorkflowRequest. version must be an integer, not "x"'],
    [
      { name: 't', priority: 100 },
      "startWorkflow validation failed. 'priority' -> priority: 100 should be between 0 and 99. ",
    ],
  ])('says what is wrong with %j', async (request, reason) => {
    const { sent, execute } = startIt(request);
    expect(await execute()).toEqual({ status: 'FAILED', output: {}, reason });
    expect(sent).toEqual([]);
  });
});
