import { simpleTask, taskDefinition } from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { manual, owner, refusal, type Cases } from './flows.ts';

const event = 'conductor:orders:placed';
const handler = (active: boolean) => ({
  name: 'on_order',
  event,
  condition: 'true',
  active,
  actions: [{ action: 'start_workflow' as const, start_workflow: { name: 'fulfil' } }],
});

export const definitionCases: Cases = {
  async definitions_are_stored(clients) {
    const { metadata } = clients;
    const task = taskDefinition({
      name: 'stored_task',
      description: 'as it was sent',
      ownerEmail: owner,
      retryCount: 5,
      retryLogic: 'EXPONENTIAL_BACKOFF',
      retryDelaySeconds: 2,
      timeoutSeconds: 120,
      timeoutPolicy: 'RETRY',
      responseTimeoutSeconds: 60,
      inputKeys: ['a'],
      outputKeys: ['b'],
      inputTemplate: { a: 1 },
    });
    await metadata.registerTask(task);
    const stored = await metadata.getTask('stored_task');
    assert.deepEqual({ ...stored, ...task }, stored);
    await metadata.updateTask({ ...task, retryCount: 1 });
    assert.equal((await metadata.getTask('stored_task')).retryCount, 1);
    assert.ok((await metadata.getAllTaskDefs()).some(({ name }) => name === 'stored_task'));

    const flow = clients
      .flow('stored', [simpleTask('one', 'stored_task', { a: '${workflow.input.a}' })])
      .description('as it was sent')
      .outputParameters({ b: '${one.output.b}' });
    await metadata.registerWorkflowDef(flow.toWorkflowDef());
    const def = await metadata.getWorkflowDef('stored', 1);
    assert.deepEqual([def.description, def.ownerEmail], ['as it was sent', owner]);
    assert.deepEqual(def.outputParameters, { b: '${one.output.b}' });
    assert.deepEqual(def.tasks[0]?.inputParameters, { a: '${workflow.input.a}' });
    assert.ok(Number(def.createTime) > 0);
    await metadata.registerWorkflowDef(clients.flow('stored', [manual('other')]).toWorkflowDef(), true);
    assert.equal((await metadata.getWorkflowDef('stored')).tasks[0]?.taskReferenceName, 'other');
    assert.ok((await metadata.getAllWorkflowDefs()).some(({ name }) => name === 'stored'));
  },

  async the_latest_version_is_the_highest(clients) {
    for (const version of [1, 3, 2])
      await clients.registered('versions', [manual(`v${version}`)], (flow) => flow, version);
    assert.equal((await clients.metadata.getWorkflowDef('versions')).version, 3);
    assert.equal((await clients.run(await clients.start('versions'))).workflowVersion, 3);
    const second = await clients.run(await clients.start('versions', {}, { version: 2 }));
    assert.equal(second.tasks[0]?.referenceTaskName, 'v2');
  },

  async definitions_conflict_unless_overwritten(clients) {
    const { metadata } = clients;
    await metadata.registerWorkflowDef(clients.flow('conflicting', [manual('one')]).toWorkflowDef());
    const other = clients.flow('conflicting', [manual('other')]).toWorkflowDef();
    await refusal(/conflicting\.1 already exists/, metadata.registerWorkflowDef(other));
    await metadata.registerWorkflowDef(other, true);
    assert.equal((await metadata.getWorkflowDef('conflicting')).tasks[0]?.taskReferenceName, 'other');
  },

  async bad_definitions_are_refused(clients) {
    const twice = clients.flow('bad', [manual('same'), manual('same')]).toWorkflowDef();
    await refusal(/Validation failed/, clients.metadata.registerWorkflowDef(twice));
    await refusal(/Validation failed/, clients.taskDef('', { responseTimeoutSeconds: 0 }));
    await refusal(/No such workflow/, clients.metadata.getWorkflowDef('bad'));
  },

  async definitions_are_removed(clients) {
    await clients.noRetries('removed_task');
    await clients.metadata.unregisterTask('removed_task');
    await refusal(/No such task/, clients.metadata.getTask('removed_task'));
    await refusal(/No such task/, clients.metadata.unregisterTask('removed_task'));
    await clients.registered('removed', [manual('one')]);
    await clients.metadata.unregisterWorkflow('removed', 1);
    await refusal(/No such workflow/, clients.metadata.getWorkflowDef('removed'));
    await refusal(/No such workflow/, clients.start('removed'));
  },

  async event_handlers_are_stored({ events }) {
    await events.addEventHandler(handler(false));
    await refusal(/already exists/, events.addEventHandler(handler(false)));
    assert.deepEqual(await events.getEventHandlersForEvent(event, true), []);
    await events.updateEventHandler(handler(true));
    const [stored] = await events.getEventHandlersForEvent(event, true);
    assert.deepEqual([stored?.name, stored?.actions?.[0]?.start_workflow?.name], ['on_order', 'fulfil']);
    assert.ok((await events.getAllEventHandlers()).some(({ name }) => name === 'on_order'));
    await events.removeEventHandler('on_order');
    assert.deepEqual(await events.getEventHandlersForEvent(event, false), []);
  },
};
