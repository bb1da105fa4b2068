import {
  Consistency,
  humanTask,
  ReturnStrategy,
  subWorkflowTask,
  waitTaskDuration,
  type Task,
  type WorkflowTask,
} from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  COMPLETED,
  FAILED_WITH_TERMINAL_ERROR,
  greet,
  manual,
  outputOf,
  refusal,
  states,
  type Cases,
  type Clients,
  type Run,
} from './flows.ts';

/** The SDK has builders only for waits that end by themselves. */
const wait = (reference: string): WorkflowTask => ({ name: reference, taskReferenceName: reference, type: 'WAIT' });

const execute = ({ workflows }: Clients, name: string, strategy: ReturnStrategy, seconds = 20) =>
  workflows.executeWorkflow({ name, input: {} }, name, 1, randomUUID(), '', seconds, Consistency.DURABLE, strategy);

const references = (tasks: readonly Task[] = []) => tasks.map(({ referenceTaskName }) => referenceTaskName);

/** Synchronous execution, signals, reports by reference, people and time. */
export const executionCases: Cases = {
  async runs_end_synchronously(clients) {
    const flow = await clients.registered('sync', [greet('one', '${workflow.input.name}')], (made) =>
      made.outputParameters({ said: '${one.output.greeting}' }),
    );
    const request = { name: 'sync', input: { name: 'you' } };
    const run = await clients.workflows.executeWorkflow(request, 'sync', 1, randomUUID());
    assert.deepEqual([run.status, run.output, run.input], ['COMPLETED', { said: 'Hello, you' }, { name: 'you' }]);
    assert.deepEqual(references(run.tasks), ['one']);
    assert.deepEqual((await flow.execute({ name: 'me' })).output, { said: 'Hello, me' });
  },

  async execution_waits_for_a_task(clients) {
    await clients.registered('until', [greet('first', 'x'), manual('second')]);
    const run = await clients.workflows.executeWorkflow(
      { name: 'until', input: {} },
      'until',
      1,
      randomUUID(),
      'first',
    );
    assert.equal(run.status, 'RUNNING');
    assert.deepEqual([run.tasks?.[0]?.referenceTaskName, run.tasks?.[0]?.status], ['first', 'COMPLETED']);
    await clients.workflows.terminate(run.workflowId ?? '', 'seen');
  },

  async execution_gives_up_waiting(clients) {
    await clients.registered('slow', [manual('one')]);
    const began = Date.now();
    const run = await execute(clients, 'slow', ReturnStrategy.TARGET_WORKFLOW, 1);
    assert.ok(Date.now() - began > 900);
    assert.ok(run.isRunning());
    await clients.report(run.getWorkflowId(), 'one');
    assert.equal((await clients.ended(run.getWorkflowId())).status, 'COMPLETED');
  },

  async execution_shows_what_blocks(clients) {
    await clients.registered('child_blocks', [wait('inner')]);
    await clients.registered('blocks', [subWorkflowTask('child', 'child_blocks', 1)]);
    const target = await execute(clients, 'blocks', ReturnStrategy.TARGET_WORKFLOW);
    assert.ok(target.isTargetWorkflow());
    assert.deepEqual(references(target.getWorkflow().tasks), ['child']);
    const blocking = await execute(clients, 'blocks', ReturnStrategy.BLOCKING_WORKFLOW);
    assert.ok(blocking.isBlockingWorkflow());
    assert.notEqual(blocking.getWorkflowId(), blocking.getTargetWorkflowId());
    assert.deepEqual(references(blocking.getWorkflow().tasks), ['inner']);
    const task = await execute(clients, 'blocks', ReturnStrategy.BLOCKING_TASK);
    assert.deepEqual([task.isBlockingTask(), task.getBlockingTask().referenceTaskName], [true, 'inner']);
    const input = await execute(clients, 'blocks', ReturnStrategy.BLOCKING_TASK_INPUT);
    assert.deepEqual([input.isBlockingTaskInput(), input.getTaskInput()], [true, {}]);
  },

  async signals_complete_waiting_tasks(clients) {
    await clients.registered('signals', [wait('first'), wait('second')]);
    const id = await clients.start('signals');
    await clients.openTask(id, 'first');
    const answer = await clients.workflows.signal(id, COMPLETED, { n: 1 }, ReturnStrategy.TARGET_WORKFLOW);
    assert.deepEqual(states(answer.getWorkflow() as Run), ['first:COMPLETED', 'second:IN_PROGRESS']);
    await clients.workflows.signalAsync(id, COMPLETED, { n: 2 });
    const run = await clients.ended(id);
    assert.equal(run.status, 'COMPLETED');
    // This SDK wraps what it is given.
    assert.deepEqual(outputOf(run, 'first'), { taskOutput: { n: 1 } });
    assert.deepEqual(outputOf(run, 'second'), { taskOutput: { n: 2 } });
    await refusal(/no-such-workflow/, clients.workflows.signal('no-such-workflow', COMPLETED, {}));
  },

  async tasks_are_reported_by_reference(clients) {
    await clients.registered('by_reference', [manual('first'), manual('second'), manual('third')]);
    const id = await clients.start('by_reference');
    const { taskId } = await clients.openTask(id, 'first');
    assert.equal(await clients.workflows.updateTaskByRefName('first', id, COMPLETED, { n: 1 }), taskId);
    await clients.openTask(id, 'second');
    const run = (await clients.tasks.updateTaskSync(id, 'second', COMPLETED, { n: 2 }, 'somebody')) as Run;
    assert.deepEqual(states(run), ['first:COMPLETED', 'second:COMPLETED', 'third:SCHEDULED']);
    assert.deepEqual([outputOf(run, 'first'), outputOf(run, 'second')], [{ n: 1 }, { n: 2 }]);
    assert.equal(run.tasks[1]?.workerId, 'somebody');
    await clients.report(id, 'third', FAILED_WITH_TERMINAL_ERROR);
    assert.equal((await clients.ended(id)).status, 'FAILED');
    await refusal(/./, clients.tasks.updateTaskSync(id, 'third', COMPLETED, {}));
  },

  async people_complete_tasks(clients) {
    const approve = humanTask('approve', { displayName: 'Approval' });
    await clients.registered('people', [approve], (flow) => flow.outputParameters({ ok: '${approve.output.ok}' }));
    const id = await clients.start('people');
    const { taskId = '', status, taskType } = await clients.openTask(id, 'approve');
    assert.deepEqual([taskType, status], ['HUMAN', 'IN_PROGRESS']);
    await clients.workflows.updateTask(taskId, id, COMPLETED, { ok: true });
    assert.deepEqual((await clients.ended(id)).output, { ok: true });
  },

  async waits_end_by_themselves(clients) {
    await clients.registered('waits', [waitTaskDuration('pause', '1 seconds')]);
    const run = await clients.ended(await clients.start('waits'));
    const { endTime = 0, scheduledTime = 0 } = run.tasks[0] ?? {};
    assert.equal(run.status, 'COMPLETED');
    assert.ok(endTime - scheduledTime >= 900);
  },

  async workflows_time_out(clients) {
    await clients.registered('hurry', [manual('one')], (flow) => flow.timeoutPolicy('TIME_OUT_WF').timeoutSeconds(1));
    const run = await clients.ended(await clients.start('hurry'));
    assert.deepEqual([run.status, states(run)], ['TIMED_OUT', ['one:CANCELED']]);
    assert.match(String(run.reasonForIncompletion), /timed out/i);
  },
};
