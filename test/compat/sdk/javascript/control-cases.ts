import { simpleTask, subWorkflowTask } from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { COMPLETED, eventually, FAILED, greet, manual, refusal, states, type Cases } from './flows.ts';

/** What operators and callers do to runs. */
export const controlCases: Cases = {
  async unregistered_definitions_run(clients) {
    const workflowDef = clients.flow('nowhere', [greet('one', '${workflow.input.name}')]).toWorkflowDef();
    const request = { version: 1, workflowDef, correlationId: 'inline', priority: 9 };
    const run = await clients.ended(await clients.start('nowhere', { name: 'you' }, request));
    assert.deepEqual([run.output, run.correlationId, run.priority], [{ greeting: 'Hello, you' }, 'inline', 9]);
    await refusal(/No such workflow/, clients.metadata.getWorkflowDef('nowhere'));
  },

  async idempotency_keys_hold(clients) {
    await clients.registered('once', [manual('one')]);
    const start = (idempotencyKey: string, idempotencyStrategy: string) =>
      clients.start('once', {}, { idempotencyKey, idempotencyStrategy });
    const first = await start('order-1', 'RETURN_EXISTING');
    assert.equal(await start('order-1', 'RETURN_EXISTING'), first);
    await refusal(/order-1/, start('order-1', 'FAIL'));
    assert.notEqual(await start('order-2', 'FAIL'), first);
  },

  async test_runs_leave_no_trace(clients) {
    const flow = clients.flow('tried', [manual('one'), manual('two', { n: '${one.output.n}' })]);
    const run = await clients.workflows.testWorkflow({
      name: 'tried',
      version: 1,
      workflowDef: flow.toWorkflowDef(),
      taskRefToMockOutput: {
        one: [{ status: 'COMPLETED', output: { n: 3 } }],
        two: [{ status: 'FAILED', output: {} }],
      },
    });
    assert.deepEqual([run.tasks?.[0]?.outputData, run.tasks?.[1]?.inputData], [{ n: 3 }, { n: 3 }]);
    assert.equal(run.tasks?.[1]?.status, 'FAILED');
    await refusal(/No such workflow/, clients.workflows.getWorkflowStatus(run.workflowId ?? '', false, false));
  },

  async runs_pause_and_resume(clients) {
    await clients.registered('paused', [manual('one'), manual('two')]);
    const id = await clients.start('paused');
    await clients.openTask(id, 'one');
    await clients.workflows.pause(id);
    await clients.workflows.pause(id);
    assert.equal((await clients.run(id)).status, 'PAUSED');
    await clients.report(id, 'one');
    assert.deepEqual(states(await clients.run(id)), ['one:COMPLETED']);
    await clients.workflows.resume(id);
    await clients.report(id, 'two');
    assert.equal((await clients.ended(id)).status, 'COMPLETED');
    await refusal(/./, clients.workflows.pause(id));
  },

  async runs_are_terminated(clients) {
    await clients.registered('terminated', [manual('one')]);
    const id = await clients.start('terminated');
    await clients.openTask(id, 'one');
    await clients.workflows.terminate(id, 'not wanted any more');
    const run = await clients.run(id);
    assert.deepEqual([run.status, run.reasonForIncompletion], ['TERMINATED', 'not wanted any more']);
    assert.deepEqual(states(run), ['one:CANCELED']);
    await clients.workflows.terminate(id, 'again');
  },

  async runs_restart(clients) {
    await clients.registered('restarted', [manual('old')]);
    const id = await clients.start('restarted', { n: 1 }, { version: 1 });
    await refusal(/./, clients.workflows.restart(id, false));
    await clients.report(id, 'old');
    await clients.ended(id);
    await clients.workflows.restart(id, false);
    const restarted = await clients.run(id);
    assert.deepEqual([states(restarted), restarted.input], [['old:SCHEDULED'], { n: 1 }]);
    await clients.report(id, 'old');
    await clients.ended(id);
    await clients.registered('restarted', [manual('new')], (flow) => flow, 2);
    await clients.workflows.restart(id, true);
    assert.deepEqual(states(await clients.run(id)), ['new:SCHEDULED']);
    await clients.report(id, 'new');
    assert.equal((await clients.ended(id)).workflowVersion, 2);
  },

  async runs_are_retried(clients) {
    await clients.noRetries('fragile');
    await clients.registered('retried', [manual('one'), simpleTask('two', 'fragile', {})]);
    const id = await clients.start('retried');
    await clients.report(id, 'one');
    await refusal(/still running/, clients.workflows.retry(id, false));
    await clients.report(id, 'two', FAILED);
    await clients.ended(id);
    await clients.workflows.retry(id, false);
    assert.deepEqual(states(await clients.run(id)), ['one:COMPLETED', 'two:FAILED', 'two:SCHEDULED']);
    await clients.report(id, 'two');
    assert.equal((await clients.ended(id)).status, 'COMPLETED');
  },

  async children_are_retried(clients) {
    await clients.noRetries('fragile_inside');
    await clients.registered('fragile_child', [simpleTask('inner', 'fragile_inside', {})]);
    await clients.registered('fragile_parent', [subWorkflowTask('child', 'fragile_child', 1)]);
    const id = await clients.start('fragile_parent');
    const child = await eventually(async () => (await clients.run(id)).tasks[0]?.subWorkflowId);
    await clients.report(child, 'inner', FAILED);
    assert.equal((await clients.ended(id)).status, 'FAILED');
    await clients.workflows.retry(id, true);
    await clients.report(child, 'inner', COMPLETED, { n: 1 });
    const run = await clients.ended(id);
    assert.deepEqual([run.status, run.tasks[0]?.subWorkflowId], ['COMPLETED', child]);
  },

  async runs_go_back(clients) {
    await clients.registered('back', [manual('one'), manual('two')]);
    const id = await clients.start('back');
    for (const reference of ['one', 'two']) await clients.report(id, reference, COMPLETED, { round: 1 });
    const taskId = (await clients.ended(id)).tasks[1]?.taskId ?? '';
    assert.equal(await clients.workflows.reRun(id, { reRunFromTaskId: taskId, taskInput: { again: true } }), id);
    const run = await clients.run(id);
    assert.deepEqual([states(run), run.tasks[1]?.inputData], [['one:COMPLETED', 'two:SCHEDULED'], { again: true }]);
    await clients.report(id, 'two', COMPLETED, { round: 2 });
    assert.deepEqual((await clients.ended(id)).output, { round: 2 });
    await clients.workflows.goBackToTask(id, ({ referenceTaskName }) => referenceTaskName === 'one');
    assert.deepEqual(states(await clients.run(id)), ['one:SCHEDULED']);
  },

  async tasks_are_skipped(clients) {
    await clients.registered('skipped', [manual('one'), manual('two'), manual('three', { n: '${two.output.n}' })]);
    const id = await clients.start('skipped');
    await clients.openTask(id, 'one');
    await clients.workflows.skipTasksFromWorkflow(id, 'two', { taskOutput: { n: 5 } });
    await clients.report(id, 'one');
    assert.deepEqual((await clients.openTask(id, 'three')).inputData, { n: 5 });
    await clients.report(id, 'three');
    const run = await clients.ended(id);
    assert.deepEqual(states(run).sort(), ['one:COMPLETED', 'three:COMPLETED', 'two:SKIPPED']);
  },

  async variables_are_changed(clients) {
    const tasks = [manual('one'), manual('two', { colour: '${workflow.variables.colour}' })];
    await clients.registered('variables', tasks, (flow) => flow.variables({ colour: 'red' }));
    const id = await clients.start('variables');
    await clients.openTask(id, 'one');
    const changed = await clients.workflows.updateVariables(id, { colour: 'green' });
    assert.deepEqual(changed.variables, { colour: 'green' });
    await clients.report(id, 'one');
    assert.deepEqual((await clients.openTask(id, 'two')).inputData, { colour: 'green' });
  },

  async runs_are_removed(clients) {
    await clients.registered('removed_run', [manual('one')]);
    const id = await clients.start('removed_run');
    await clients.openTask(id, 'one');
    await refusal(/./, clients.workflows.deleteWorkflow(id));
    await clients.report(id, 'one');
    await clients.ended(id);
    await clients.workflows.deleteWorkflow(id);
    await refusal(/No such workflow/, clients.workflows.getWorkflowStatus(id, false, false));
    await refusal(/No such workflow/, clients.workflows.deleteWorkflow(id));
  },

  async many_are_changed_at_once(clients) {
    const bulk = clients.api.workflowBulkResource;
    await clients.noRetries('fragile_many');
    await clients.registered('many', [simpleTask('one', 'fragile_many', {})]);
    const ids = await Promise.all([1, 2, 3].map(() => clients.start('many')));
    const asked = [...ids, 'no-such-workflow'];
    const statuses = async () => [...new Set(await Promise.all(ids.map(async (id) => (await clients.run(id)).status)))];
    const all = (answer: { bulkErrorResults?: object; bulkSuccessfulResults?: readonly unknown[] }) => {
      assert.deepEqual(Object.keys(answer.bulkErrorResults ?? {}), ['no-such-workflow']);
      assert.deepEqual([...(answer.bulkSuccessfulResults ?? [])].sort(), [...ids].sort());
    };
    all(await bulk.pauseWorkflow1(asked));
    assert.deepEqual(await statuses(), ['PAUSED']);
    all(await bulk.resumeWorkflow(asked));
    assert.deepEqual(await statuses(), ['RUNNING']);
    all(await bulk.terminate(asked, 'all of them'));
    assert.equal((await clients.run(ids[0] ?? '')).reasonForIncompletion, 'all of them');
    all(await bulk.restart(asked));
    for (const id of ids) {
      await clients.report(id, 'one', FAILED);
      assert.equal((await clients.ended(id)).status, 'FAILED');
    }
    all(await bulk.retry(asked));
    for (const id of ids) {
      await clients.report(id, 'one');
      assert.equal((await clients.ended(id)).status, 'COMPLETED');
    }
  },
};
