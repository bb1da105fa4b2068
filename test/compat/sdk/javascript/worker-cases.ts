import { simpleTask, type Task } from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { COMPLETED, eventually, greet, states, type Cases, type Clients } from './flows.ts';

/** The task that this worker gets, if there is one. */
async function polled({ api }: Clients, type: string, worker: string): Promise<Task | undefined> {
  const [task] = await api.taskResource.batchPoll(type, worker, undefined, 1, 100);
  return task;
}

/** What the workers of `workers.ts` do, and what a client does that is its own worker. */
export const workerCases: Cases = {
  async workers_do_tasks(clients) {
    await clients.registered(
      'chain',
      [greet('first', '${workflow.input.name}'), greet('second', '${first.output.greeting}')],
      (flow) => flow.outputParameters({ greeting: '${second.output.greeting}' }),
    );
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => clients.start('chain', { name: `n${n}` })));
    for (const [n, id] of ids.entries()) {
      const run = await clients.ended(id);
      assert.deepEqual(run.output, { greeting: `Hello, Hello, n${n}` });
      assert.deepEqual(
        run.tasks.map(({ seq }) => seq),
        [1, 2],
      );
      for (const { workerId, scheduledTime = 0, startTime = 0, endTime = 0 } of run.tasks)
        assert.ok(workerId !== undefined && scheduledTime <= startTime && startTime <= endTime);
    }
  },

  async workers_register_their_tasks(clients) {
    await clients.registered('introduction', [simpleTask('one', 'introduce', { name: '${workflow.input.name}' })]);
    const run = await clients.ended(await clients.start('introduction', { name: 'Ada' }));
    assert.deepEqual(run.output, { introduction: 'This is Ada' });
    const { retryCount, timeoutSeconds, responseTimeoutSeconds } = await clients.metadata.getTask('introduce');
    assert.deepEqual([retryCount, timeoutSeconds, responseTimeoutSeconds], [7, 90, 45]);
  },

  async workers_serve_domains(clients) {
    await clients.registered('domains', [simpleTask('one', 'paint', {})]);
    const nobody = await clients.start('domains');
    const run = await clients.ended(await clients.start('domains', {}, { taskToDomain: { paint: 'blue' } }));
    assert.deepEqual([run.output, run.tasks[0]?.domain], [{ colour: 'blue' }, 'blue']);
    assert.deepEqual(states(await clients.run(nobody)), ['one:SCHEDULED']);
  },

  async workers_write_logs(clients) {
    await clients.registered('logs', [simpleTask('one', 'ponder', {})]);
    const run = await clients.ended(await clients.start('logs'));
    const taskId = run.tasks[0]?.taskId ?? '';
    await clients.tasks.addTaskLog(taskId, 'said "afterwards"');
    const logs = await eventually(async () => {
      const found = await clients.tasks.getTaskLogs(taskId);
      return found.length === 3 ? found : undefined;
    });
    assert.deepEqual(
      logs.map(({ log }) => log),
      ['call 1', 'call 2', 'said "afterwards"'],
    );
    assert.ok(logs.every((log) => log.taskId === taskId && Number(log.createdTime) > 0));
  },

  async workers_ask_to_be_called_again(clients) {
    await clients.registered('pondering', [simpleTask('one', 'ponder', {})]);
    const id = await clients.start('pondering');
    await eventually(async () => (await clients.run(id)).tasks[0]?.outputData?.['progress']);
    const run = await clients.ended(id);
    assert.deepEqual([states(run), run.output, run.tasks[0]?.pollCount], [['one:COMPLETED'], { calls: 2 }, 2]);
  },

  async failed_attempts_are_retried(clients) {
    await clients.taskDef('falter', { retryCount: 2 });
    await clients.registered('faltering', [simpleTask('one', 'falter', { failures: '${workflow.input.failures}' })]);
    const [twice, thrice] = await Promise.all([2, 3].map((failures) => clients.start('faltering', { failures })));
    let run = await clients.ended(twice ?? '');
    assert.deepEqual(run.output, { attempt: 2 });
    assert.deepEqual(states(run), ['one:FAILED', 'one:FAILED', 'one:COMPLETED']);
    assert.match(String(run.tasks[0]?.reasonForIncompletion), /attempt 0 failed/);
    run = await clients.ended(thrice ?? '');
    assert.deepEqual([run.status, run.failedReferenceTaskNames], ['FAILED', ['one']]);
    assert.match(String(run.reasonForIncompletion), /attempt 2 failed/);
  },

  async terminal_errors_are_not_retried(clients) {
    await clients.registered('hopeless', [simpleTask('one', 'falter', { terminal: true })]);
    const run = await clients.ended(await clients.start('hopeless'));
    assert.deepEqual([run.status, states(run)], ['FAILED', ['one:FAILED_WITH_TERMINAL_ERROR']]);
  },

  async silent_workers_time_out(clients) {
    await clients.taskDef('silent', { retryCount: 1, responseTimeoutSeconds: 1 });
    await clients.registered('silence', [simpleTask('one', 'silent', {})]);
    const id = await clients.start('silence');
    const lost = await eventually(() => polled(clients, 'silent', 'silent-worker'));
    const again = await eventually(() => polled(clients, 'silent', 'other-worker'));
    assert.deepEqual([again.retryCount, again.retriedTaskId], [1, lost.taskId]);
    await clients.workflows.updateTask(lost.taskId ?? '', id, 'COMPLETED', { late: 1 });
    await clients.workflows.updateTask(again.taskId ?? '', id, 'COMPLETED', { n: 2 });
    const run = await clients.ended(id);
    assert.deepEqual([run.output, states(run)], [{ n: 2 }, ['one:TIMED_OUT', 'one:COMPLETED']]);
    assert.match(String(run.tasks[0]?.reasonForIncompletion), /responseTimeout/);
  },

  async leases_are_extended(clients) {
    await clients.taskDef('toil', { retryCount: 0, responseTimeoutSeconds: 4 });
    await clients.registered('toiling', [simpleTask('one', 'toil', { seconds: 5.5 })]);
    const run = await clients.ended(await clients.start('toiling'));
    assert.deepEqual([states(run), run.output], [['one:COMPLETED'], { retries: 0 }]);
  },

  async tasks_are_polled_by_hand(clients) {
    const { api, tasks, workflows } = clients;
    await clients.registered('polled', [simpleTask('one', 'polled_task', { number: '${workflow.input.number}' })]);
    assert.deepEqual(await api.taskResource.batchPoll('polled_task', 'hand', undefined, 5, 100), []);
    const ids = await Promise.all([0, 1, 2, 3].map((number) => clients.start('polled', { number })));
    await eventually(async () =>
      (await tasks.getQueueSizeForTask(['polled_task']))['polled_task'] === 4 ? true : undefined,
    );
    const all: Task[] = [];
    await eventually(async () => {
      all.push(...(await api.taskResource.batchPoll('polled_task', 'hand', undefined, 5, 500)));
      return all.length === 4 ? true : undefined;
    });
    assert.deepEqual(all.map(({ workflowInstanceId }) => workflowInstanceId).sort(), [...ids].sort());
    for (const { taskId = '', workflowInstanceId = '' } of all) {
      const shown = await tasks.getTask(taskId);
      assert.deepEqual([shown.status, shown.workerId], ['IN_PROGRESS', 'hand']);
      await workflows.updateTask(taskId, workflowInstanceId, COMPLETED, { by: 'hand' });
    }
    for (const id of ids) assert.deepEqual((await clients.ended(id)).output, { by: 'hand' });
    assert.deepEqual(await tasks.getQueueSizeForTask(['polled_task']), { polled_task: 0 });
    const [poller] = await tasks.getTaskPollData('polled_task');
    assert.deepEqual([poller?.queueName, poller?.workerId], ['polled_task', 'hand']);
  },
};
