import type { DefinitionCommand, DefinitionEvent, EventMeta, WorkflowEvent } from '@partitura/model';
import { definitionAggregate, Payload, type AggregateId, type Json } from '@partitura/model';
import { definitionDecider } from '@partitura/aggregates';
import { taskKinds } from '@partitura/tasks';
import { fork, join, Scenario, simple, sub, task, taskDef, workflow } from '@partitura/tasks/testing';

/** What one decision wrote. */
export interface Written {
  readonly meta: EventMeta;
  readonly events: readonly (WorkflowEvent | DefinitionEvent)[];
}

export const writtenBy = (scenario: Scenario): readonly Written[] =>
  scenario.runs.flatMap(({ history }) => history).sort((a, b) => a.meta.index - b.meta.index);

/** What chance seldom or never leads to. */
export const stories: Readonly<Record<string, () => readonly Written[]>> = {
  'a start with everything that a start may have': () => {
    const scenario = scenarioOf([simple('a1'), sub('s1', { name: 'child' })]);
    const run = scenario.start(
      'w',
      { order: 1 },
      {
        correlationId: 'order-1',
        priority: 7,
        taskToDomain: { a: 'eu' },
        createdBy: 'somebody',
        event: 'kafka:orders:1',
        idempotencyKey: 'once',
        replyWhenEnded: true,
      },
    );
    // With its result a worker tells when it began.
    run.report('a1', 'COMPLETED', { o: 1 }, { begun: { dispatch: 1, workerId: 'w1', at: scenario.now } });
    run.child('s1').complete('b1');
    return writtenBy(scenario);
  },

  'single tasks are skipped, jumped to and called back, variables are changed': () => {
    const scenario = scenarioOf([
      simple('a1'),
      fork('f', [[simple('b1')], [simple('b2')]]),
      join('j', ['b1', 'b2']),
      simple('c1', { inputParameters: { v: '${workflow.variables.v}' } }),
      simple('c2'),
    ]);
    const run = scenario.start('w');
    run.setVariables({ v: 1 });
    run.skip('b1', { o: 'skipped' }, { i: 'skipped' });
    run.report('a1', 'IN_PROGRESS', { half: true }, { callbackAfterSeconds: 600 });
    run.resetCallbacks();
    run.complete('a1');
    run.setVariables({ v: 2, w: null });
    run.jump('c1', { v: 'jumped' });
    run.complete('c1');
    run.complete('c2');
    return writtenBy(scenario);
  },

  'it begins again, with another definition and from several places with other inputs': () => {
    const scenario = scenarioOf([simple('a1'), task('SET_VARIABLE', 'v', { inputParameters: { k: 1 } }), simple('b1')]);
    const run = scenario.start('w', { order: 1 });
    run.complete('a1').fail('b1', 'no');
    scenario.definitions.putWorkflow(workflow('w', [simple('b1'), simple('c1')]));
    run.restart();
    run.complete('a1').complete('b1');
    run.restart(true);
    run.complete('b1').complete('c1');
    run.rerun('c1', { taskInput: { i: 2 }, workflowInput: { order: 2 }, correlationId: 'second' });
    run.complete('c1');
    run.rerun(undefined, { workflowInput: { order: 3 } });
    run.complete('b1').complete('c1');
    return writtenBy(scenario);
  },

  'a child that is run again from one of its tasks brings its parent back': () => {
    const scenario = scenarioOf([sub('s1', { name: 'child' }), simple('a1')]);
    const run = scenario.start('w');
    run.child('s1').fail('b1', 'no');
    run.child('s1').rerun('b1');
    run.child('s1').complete('b1');
    run.complete('a1');
    return writtenBy(scenario);
  },

  'a loop forgets its first iterations': () => {
    const loop = task('DO_WHILE', 'lp', {
      loopCondition: '$.lp.iteration < 4',
      loopOver: [simple('a1'), task('NOOP', 'n')],
      inputParameters: { keepLastN: 1 },
    });
    const scenario = scenarioOf([loop, simple('c1')]);
    const run = scenario.start('w');
    for (const iteration of [1, 2, 3, 4]) run.complete(`a1__${iteration}`, { iteration });
    run.complete('c1');
    return writtenBy(scenario);
  },

  'definitions of all kinds are put, replaced and deleted': definitionStory,
};

function scenarioOf(tasks: readonly Json[]): Scenario {
  const child = workflow('child', [simple('b1')]);
  return new Scenario({
    tasks: ['a', 'b', 'c'].map((name) => taskDef(name, { responseTimeoutSeconds: 60 })),
    workflows: [workflow('w', tasks), child],
  });
}

function definitionStory(): readonly Written[] {
  const decider = definitionDecider(taskKinds);
  const states = new Map<AggregateId, { state: typeof decider.initial; version: number; startIndex: number }>();
  const written: Written[] = [];
  const order = (command: DefinitionCommand): void => {
    const aggregate = definitionAggregate(command.kind, command.name);
    const index = written.length;
    const before = states.get(aggregate) ?? { state: decider.initial, version: 0, startIndex: index };
    const { startIndex } = before;
    const meta = { aggregate, startIndex, index, version: before.version + 1, at: 1_700_000_000_000 + index };
    const decision = decider.decide(before.state, command, {
      ...meta,
      definitions: { workflow: () => undefined, task: () => undefined, latestVersion: () => undefined },
      pinned: { has: () => false, body: () => undefined },
      limits: { eventsPerDecision: 100, bytesPerDecision: 1_000_000 },
    });
    if (decision.kind !== 'accepted') throw new Error(`${aggregate}: ${JSON.stringify(decision)}`);
    written.push({ meta, events: decision.events });
    states.set(aggregate, { state: decision.state, version: meta.version, startIndex });
  };
  const put = (kind: DefinitionCommand['kind'], body: Json & { readonly name: string }): void =>
    order({ type: 'PutDefinition', kind, name: body.name, body: Payload.of(body), mode: 'upsert' });

  put('task', { name: 'a', retryCount: 1 });
  put('task', { name: 'a', retryCount: 2 });
  for (const version of [1, 2]) put('workflow', { name: 'w', version, tasks: [simple('a1')] });
  order({ type: 'DeleteDefinition', kind: 'workflow', name: 'w', version: 1 });
  put('workflow', { name: 'w', version: 1, tasks: [simple('a1'), simple('a2')] });
  const action = { action: 'start_workflow', start_workflow: { name: 'w' } };
  put('eventHandler', { name: 'h', event: 'kafka:orders', actions: [action] });
  order({ type: 'DeleteDefinition', kind: 'eventHandler', name: 'h' });
  order({ type: 'DeleteDefinition', kind: 'task', name: 'a' });
  return written;
}
