import { describe, expect, it } from '@jest/globals';
import {
  definitionAggregate,
  Payload,
  type DecideContext,
  type DefinitionCommand,
  type DefinitionKind,
  type Effect,
  type Json,
  type PutDefinition,
} from '@partitura/model';
import { taskKindsOf, type TaskKind } from '@partitura/engine';
import { restateDefinition } from './broadcast.ts';
import { definitionDecider } from './definition-decider.ts';
import type { MaybeDefinition } from './definition-state.ts';

const worker: TaskKind = {
  type: 'SIMPLE',
  traits: {
    worker: true,
    responds: () => true,
    shownType: ({ name }) => name,
    namedByType: false,
    retried: true,
    delayed: true,
    usesInputTemplate: true,
    knowsItsId: true,
    endsFlow: false,
    reopens: false,
  },
  parse: () => undefined,
  enter: (step) => ({ as: 'queued', input: step.input(), queue: step.task.name }),
};
const decider = definitionDecider(taskKindsOf([], worker));

/** One definition aggregate, decided and folded. */
class Subject {
  state: MaybeDefinition = decider.initial;
  version = 0;
  now = 1_000;
  effects: readonly Effect[] = [];
  readonly #kind: DefinitionKind;
  readonly #name: string;

  constructor(kind: DefinitionKind, name: string) {
    this.#kind = kind;
    this.#name = name;
  }

  decide(command: DefinitionCommand) {
    const context: DecideContext = {
      aggregate: definitionAggregate(this.#kind, this.#name),
      startIndex: 0,
      index: this.version,
      version: this.version + 1,
      at: this.now,
      definitions: { workflow: () => undefined, task: () => undefined, latestVersion: () => undefined },
      pinned: { has: () => false, body: () => undefined },
      limits: { eventsPerDecision: 100, bytesPerDecision: 1_000_000 },
    };
    const decision = decider.decide(this.state, command, context);
    if (decision.kind !== 'accepted') return decision;
    this.version += 1;
    for (const event of decision.events) {
      this.state = decider.evolve(this.state, event, context);
      this.effects = decider.react(this.state, event, context);
    }
    expect(decider.encodeState(decision.state)).toEqual(decider.encodeState(this.state));
    return decision;
  }

  put(mode: PutDefinition['mode'], body: Json, version?: number) {
    return this.decide({
      type: 'PutDefinition',
      kind: this.#kind,
      name: this.#name,
      ...(version !== undefined && { version }),
      body: Payload.of(body),
      mode,
    });
  }

  delete(version?: number) {
    return this.decide({
      type: 'DeleteDefinition',
      kind: this.#kind,
      name: this.#name,
      ...(version !== undefined && { version }),
    });
  }

  body(version = 0): Json | undefined {
    return this.state?.bodies.get(version)?.body.value;
  }
}

const tasks = [{ name: 'a', taskReferenceName: 'a1' }];

describe('a workflow definition', () => {
  it('that is created is stored with all defaults and told to everybody', () => {
    const subject = new Subject('workflow', 'w');
    expect(subject.put('create', { name: 'w', tasks, createTime: 5, createdBy: 'me' }).kind).toBe('accepted');
    expect(subject.body(1)).toMatchObject({
      name: 'w',
      version: 1,
      createTime: 1_000,
      createdBy: 'me',
      schemaVersion: 2,
    });
    expect(subject.effects).toMatchObject([
      {
        kind: 'BroadcastDefinition',
        definition: { kind: 'workflow', name: 'w', version: 1, revision: 1, deleted: false },
      },
    ]);
  });

  it('is not created twice, but may be put over itself, which dates the update', () => {
    const subject = new Subject('workflow', 'w');
    subject.put('create', { name: 'w', tasks });
    expect(subject.put('create', { name: 'w', tasks })).toMatchObject({
      rejection: { code: 'DEFINITION_EXISTS', reason: 'Workflow with w.1 already exists!' },
    });
    subject.now = 2_000;
    subject.put('upsert', { name: 'w', tasks, description: 'second' });
    expect(subject.body(1)).toMatchObject({ createTime: 0, updateTime: 2_000, description: 'second' });
    expect(subject.effects).toMatchObject([{ definition: { revision: 2 } }]);
  });

  it('has versions of its own lives', () => {
    const subject = new Subject('workflow', 'w');
    subject.put('upsert', { name: 'w', tasks });
    subject.put('upsert', { name: 'w', version: 2, tasks });
    subject.delete(1);
    expect([subject.body(1), subject.body(2)]).toEqual([undefined, expect.objectContaining({ version: 2 })]);
    expect(subject.effects).toMatchObject([{ definition: { version: 1, deleted: true, revision: 3 } }]);
    expect(subject.delete(1)).toMatchObject({
      rejection: { code: 'DEFINITION_NOT_FOUND', reason: 'No such workflow definition: w version: 1' },
    });
  });

  it('that breaks rules is refused with all of them', () => {
    const decision = new Subject('workflow', '').put('create', { name: '', schemaVersion: 3, tasks: [] });
    expect(decision).toMatchObject({ kind: 'rejected', rejection: { code: 'DEFINITION_INVALID' } });
    expect(decision.kind === 'rejected' && decision.rejection.reason.split('; ')).toEqual([
      'name: WorkflowDef name cannot be null or empty',
      'schemaVersion: workflowDef schemaVersion: 2 is only supported',
      'tasks: WorkflowTask list cannot be empty',
    ]);
  });

  it('must bear the name that it is registered under', () => {
    expect(new Subject('workflow', 'w').put('create', { name: 'other', tasks })).toMatchObject({
      rejection: { code: 'DEFINITION_INVALID', reason: 'name: must be w' },
    });
    expect(new Subject('workflow', 'w').put('create', { name: 'w', tasks }, 2)).toMatchObject({
      rejection: { reason: 'version: must be 2' },
    });
  });

  it('that is no JSON is refused', () => {
    const subject = new Subject('workflow', 'w');
    const body = Payload.fromBytes(new TextEncoder().encode('{'));
    expect(subject.decide({ type: 'PutDefinition', kind: 'workflow', name: 'w', body, mode: 'create' })).toMatchObject({
      rejection: { code: 'DEFINITION_INVALID', reason: 'the definition is not JSON' },
    });
  });
});

describe('a task definition', () => {
  it('that is posted replaces what was there, dated as new', () => {
    const subject = new Subject('task', 'a');
    subject.put('upsert', { name: 'a', createdBy: 'me', updateTime: 9 });
    subject.now = 2_000;
    subject.put('upsert', { name: 'a', retryCount: 1 });
    expect(subject.body()).toMatchObject({ createTime: 2_000, createdBy: '', updateTime: 0, retryCount: 1 });
  });

  it('that is updated keeps its creation', () => {
    const subject = new Subject('task', 'a');
    subject.put('upsert', { name: 'a' });
    subject.now = 2_000;
    subject.put('update', { name: 'a', createdBy: 'someone', updatedBy: 'someone' });
    expect(subject.body()).toMatchObject({ createTime: 1_000, createdBy: '', updateTime: 2_000, updatedBy: '' });
  });

  it('cannot be updated or deleted when there is none', () => {
    expect(new Subject('task', 'a').put('update', { name: 'a' })).toMatchObject({
      rejection: { code: 'DEFINITION_NOT_FOUND', reason: 'No such task by name a' },
    });
    expect(new Subject('task', 'a').delete()).toMatchObject({ rejection: { reason: 'No such task definition' } });
  });
});

describe('an event handler', () => {
  const handler = {
    name: 'h',
    event: 'kafka:orders',
    actions: [{ action: 'start_workflow', start_workflow: { name: 'w' } }],
  };

  it('is stored with all defaults, inactive unless it says otherwise', () => {
    const subject = new Subject('eventHandler', 'h');
    expect(subject.put('create', { ...handler, unknown: 1 }).kind).toBe('accepted');
    expect(subject.body()).toEqual({
      name: 'h',
      event: 'kafka:orders',
      active: false,
      actions: [{ action: 'start_workflow', expandInlineJSON: false, start_workflow: { name: 'w', input: {} } }],
    });
  });

  it('is refused with everything that it lacks', () => {
    expect(
      new Subject('eventHandler', 'h').put('create', { name: 'h', actions: [{ action: 'START_WORKFLOW' }] }),
    ).toMatchObject({
      rejection: {
        code: 'DEFINITION_INVALID',
        reason: expect.stringContaining('must be one of start_workflow, complete_task'),
      },
    });
    expect(new Subject('eventHandler', '').put('create', {})).toMatchObject({
      rejection: {
        reason:
          'name: Missing event handler name; event: Missing event location; ' +
          'actions: No actions specified. Please specify at-least one action; name: must be ',
      },
    });
  });

  it('is not created twice, nor updated or deleted before it is there', () => {
    const subject = new Subject('eventHandler', 'h');
    expect(subject.put('update', handler)).toMatchObject({
      rejection: { code: 'DEFINITION_NOT_FOUND', reason: 'EventHandler with name h not found!' },
    });
    expect(subject.delete()).toMatchObject({ rejection: { code: 'DEFINITION_NOT_FOUND' } });
    subject.put('create', handler);
    expect(subject.put('create', handler)).toMatchObject({
      rejection: { code: 'DEFINITION_EXISTS', reason: 'EventHandler with name h already exists!' },
    });
  });
});

describe('the state of a definition', () => {
  it('survives its snapshot, and can be said again', () => {
    const subject = new Subject('workflow', 'w');
    subject.put('upsert', { name: 'w', tasks });
    subject.put('upsert', { name: 'w', version: 2, tasks });
    subject.delete(1);
    const restored = decider.decodeState(decider.stateVersion, decider.encodeState(subject.state));
    expect(decider.encodeState(restored)).toEqual(decider.encodeState(subject.state));
    const said = restateDefinition(definitionAggregate('workflow', 'w'), restored);
    expect(said).toMatchObject([
      { definition: { version: 2, revision: 2, deleted: false } },
      { definition: { version: 1, revision: 3, deleted: true } },
    ]);
  });

  it('is not touched by commands of other aggregates', () => {
    const subject = new Subject('task', 'a');
    const foreign = { type: 'PauseWorkflow' } as unknown as DefinitionCommand;
    expect(subject.decide(foreign)).toMatchObject({ rejection: { code: 'INVALID_COMMAND' } });
    expect(decider.remembers(foreign)).toBe(false);
  });

  it('of an unknown version is refused', () => {
    expect(() => decider.decodeState(99, new Uint8Array())).toThrow(/99/);
  });
});
