import {
  dynamicForkTask,
  dynamicTask,
  forkTaskJoin,
  httpTask,
  inlineTask,
  joinTask,
  jsonJqTask,
  newLoopTask,
  setVariableTask,
  simpleTask,
  startWorkflowTask,
  subWorkflowTask,
  switchTask,
  terminateTask,
} from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { eventually, FAILED, greet, manual, outputOf, states, type Cases } from './flows.ts';

/** The tasks of the language, built with the SDK's own builders. */
export const operatorCases: Cases = {
  async forks_are_joined(clients) {
    const branches = [[greet('a', 'a'), greet('a2', '${a.output.greeting}')], [greet('b', 'b')]];
    const flow = clients.flow('forked', []).fork(branches);
    await flow.outputParameters({ a: '${a2.output.greeting}', b: '${b.output.greeting}' }).register(true);
    await clients.registered('forked_simply', forkTaskJoin('fork', [greet('a', 'a'), greet('b', 'b')]));
    const run = await clients.ended(await clients.start('forked'));
    assert.deepEqual(run.output, { a: 'Hello, Hello, a', b: 'Hello, b' });
    assert.deepEqual([...new Set(run.tasks.map(({ taskType }) => taskType))].sort(), ['FORK', 'JOIN', 'greet']);
    assert.equal((await clients.ended(await clients.start('forked_simply'))).status, 'COMPLETED');
  },

  async forks_are_made_at_run_time(clients) {
    const fork = {
      ...dynamicForkTask('fork'),
      inputParameters: { dynamicTasks: '${workflow.input.tasks}', dynamicTasksInput: '${workflow.input.inputs}' },
    };
    await clients.registered('forked_dynamically', [fork, joinTask('join', [])]);
    const references = ['x', 'y', 'z'];
    const tasks = references.map((taskReferenceName) => ({ name: 'greet', taskReferenceName, type: 'SIMPLE' }));
    const inputs = Object.fromEntries(references.map((name) => [name, { name }]));
    const run = await clients.ended(await clients.start('forked_dynamically', { tasks, inputs }));
    assert.deepEqual(
      outputOf(run, 'join'),
      Object.fromEntries(references.map((name) => [name, { greeting: `Hello, ${name}` }])),
    );
  },

  async loops_repeat(clients) {
    const body = [greet('one', '${loop.output.iteration}')];
    await clients.registered('looped', [newLoopTask('loop', 3, body)]);
    const run = await clients.ended(await clients.start('looped'));
    assert.deepEqual(states(run), ['loop:COMPLETED', 'one__1:COMPLETED', 'one__2:COMPLETED', 'one__3:COMPLETED']);
    assert.equal(outputOf(run, 'loop')['iteration'], 3);
  },

  async switches_choose(clients) {
    const [left, straight] = [[greet('left', 'left')], [greet('straight', 'on')]];
    const byValue = switchTask('switch', '${workflow.input.way}', { left }, straight);
    const byScript = {
      ...byValue,
      evaluatorType: 'javascript' as const,
      expression: "$.switchCaseValue == 'left' ? 'left' : 'nowhere'",
    };
    for (const [name, made] of Object.entries({ switched_by_value: byValue, switched_by_script: byScript })) {
      await clients.registered(name, [made]);
      for (const [way, taken] of [
        ['left', 'left'],
        ['right', 'straight'],
      ]) {
        const run = await clients.ended(await clients.start(name, { way }));
        assert.deepEqual(states(run), ['switch:COMPLETED', `${taken}:COMPLETED`]);
      }
    }
  },

  async tasks_are_chosen_at_run_time(clients) {
    const chosen = dynamicTask('chosen', '${workflow.input.task}');
    const named = { ...chosen, inputParameters: { ...chosen.inputParameters, name: 'you' } };
    await clients.registered('dynamic', [named]);
    const run = await clients.ended(await clients.start('dynamic', { task: 'greet' }));
    assert.deepEqual([run.output, run.tasks[0]?.taskType], [{ greeting: 'Hello, you' }, 'greet']);
  },

  async data_is_transformed(clients) {
    const jq = jsonJqTask('jq', '[.items[] | .price] | add');
    const script = inlineTask('script', '(function () { return $.total * 2; })()');
    await clients.registered(
      'transformed',
      [
        { ...jq, inputParameters: { ...jq.inputParameters, items: '${workflow.input.items}' } },
        setVariableTask('keep', { total: '${jq.output.result}' }),
        { ...script, inputParameters: { ...script.inputParameters, total: '${workflow.variables.total}' } },
      ],
      (flow) => flow.outputParameters({ doubled: '${script.output.result}' }),
    );
    const run = await clients.ended(await clients.start('transformed', { items: [{ price: 20 }, { price: 1 }] }));
    assert.deepEqual([run.output, run.variables], [{ doubled: 42 }, { total: 21 }]);
  },

  async http_is_called(clients) {
    const uri = String(process.env['CONDUCTOR_SERVER_URL']).replace(/\/api$/, '/health');
    await clients.registered('called', [httpTask('call', { uri, method: 'GET' })]);
    const run = await clients.ended(await clients.start('called'));
    const response = outputOf(run, 'call')['response'] as { statusCode: number; body: { healthy: boolean } };
    assert.deepEqual([run.status, response.statusCode, response.body.healthy], ['COMPLETED', 200, true]);
  },

  async terminate_ends_early(clients) {
    await clients.registered('ended_early', [terminateTask('stop', 'FAILED', 'enough is enough'), manual('never')]);
    const run = await clients.ended(await clients.start('ended_early'));
    assert.deepEqual([run.status, states(run)], ['FAILED', ['stop:COMPLETED']]);
    assert.match(String(run.reasonForIncompletion), /enough is enough/);
  },

  async children_report_to_parents(clients) {
    await clients.registered('child', [greet('one', '${workflow.input.name}')], (flow) =>
      flow.outputParameters({ said: '${one.output.greeting}' }),
    );
    const registered = { ...subWorkflowTask('registered', 'child', 1), inputParameters: { name: 'registered' } };
    const inline = clients.flow('inline_child', [greet('one', 'inline')]).toSubWorkflowTask('inline');
    await clients.registered('parent', [registered, inline], (flow) =>
      flow.outputParameters({ registered: '${registered.output.said}', inline: '${inline.output.greeting}' }),
    );
    const run = await clients.ended(await clients.start('parent'));
    assert.deepEqual(run.output, { registered: 'Hello, registered', inline: 'Hello, inline' });
    const [first] = run.tasks;
    const child = await clients.run(first?.subWorkflowId ?? '');
    assert.deepEqual([child.parentWorkflowId, child.parentWorkflowTaskId], [run.workflowId, first?.taskId]);
  },

  async workflows_start_others(clients) {
    await clients.registered('started', [greet('one', '${workflow.input.name}')]);
    await clients.registered('starting', [startWorkflowTask('start', 'started', { name: 'free' }, 1, 'starter')]);
    const run = await clients.ended(await clients.start('starting'));
    const other = await clients.ended(String(outputOf(run, 'start')['workflowId']));
    assert.deepEqual([other.output, other.correlationId], [{ greeting: 'Hello, free' }, 'starter']);
  },

  async failure_workflows_follow(clients) {
    await clients.registered('compensation', [manual('undo')]);
    await clients.noRetries('breaking');
    await clients.registered('broken', [simpleTask('one', 'breaking', {})], (flow) =>
      flow.failureWorkflow('compensation'),
    );
    const id = await clients.start('broken', { order: 7 });
    await clients.report(id, 'one', FAILED);
    assert.equal((await clients.ended(id)).status, 'FAILED');
    const started = String(
      await eventually(async () => (await clients.run(id)).output?.['conductor.failure_workflow']),
    );
    const { workflowName, input } = await clients.run(started);
    assert.deepEqual([workflowName, input?.['workflowId'], input?.['failureStatus']], ['compensation', id, 'FAILED']);
    await clients.workflows.terminate(started, 'seen');
  },
};
