import { describe, expect, it } from '@jest/globals';
import { normalizeTaskDef, normalizeWorkflowDef, workflowDecider, type WorkflowState } from '@partitura/engine';
import {
  Payload,
  taskId,
  workflowId,
  type Decided,
  type DecideContext,
  type DefinitionLookup,
  type EndedRun,
  type JsonObject,
  type ReportableStatus,
  type StartWorkflow,
  type TaskRecord,
  type WorkflowCommand,
  type WorkflowView,
} from '@partitura/model';
import { FoldedRuns } from '@partitura/read-model';
import { taskKinds } from '@partitura/tasks';
import { workflowRunText } from '@partitura/conductor-api';
import { TaskTemplates } from '@partitura/conductor-api';
import { EndedRuns } from './ended-run.ts';

const simple = (ref: string) => ({
  name: 'work',
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { n: '${workflow.input.n}' },
});
const definition = Payload.of(
  normalizeWorkflowDef(
    {
      name: 'w',
      version: 3,
      tasks: [
        { name: 'set', taskReferenceName: 'set', type: 'SET_VARIABLE', inputParameters: { v: '${workflow.input.n}' } },
        simple('first'),
        {
          name: 'fork',
          taskReferenceName: 'fork',
          type: 'FORK_JOIN',
          forkTasks: [[simple('left'), simple('left2')], [simple('right')], [{ ...simple('late'), startDelay: 60 }]],
        },
        { name: 'join', taskReferenceName: 'join', type: 'JOIN', joinOn: ['left2', 'right'] },
        simple('last'),
      ],
      outputParameters: { out: '${last.output.r}' },
    },
    '',
    [],
  ) as unknown as JsonObject,
);
const workDef = Payload.of(
  normalizeTaskDef({ name: 'work', retryCount: 2, retryDelaySeconds: 0 }, '', []) as unknown as JsonObject,
);
const definitions: DefinitionLookup = {
  workflow: (name) => (name === 'w' ? definition : undefined),
  task: (name) => (name === 'work' ? workDef : undefined),
  latestVersion: (name) => (name === 'w' ? 3 : undefined),
};
const start: StartWorkflow = {
  type: 'StartWorkflow',
  name: 'w',
  input: Payload.fromBytes(new TextEncoder().encode('{"n": 12345678901234567890}')),
  correlationId: 'c-1',
  createdBy: 'somebody',
  priority: 3,
  taskToDomain: {},
  replyWhenEnded: true,
};

/** One run, decided and folded; what the reply tells of it, and what the projection would show. */
class OneRun {
  readonly #decider = workflowDecider(taskKinds);
  readonly #folded = new FoldedRuns();
  readonly #id = workflowId('run');
  #state: WorkflowState = this.#decider.initial;
  #version = 0;
  #now = 1_700_000_000_000;
  readonly #pinned = new Map<string, Payload>();
  readonly waiting: TaskRecord[] = [];
  told: EndedRun | undefined;

  send(command: WorkflowCommand): void {
    this.#now += 7;
    const meta = {
      aggregate: this.#id,
      startIndex: 0,
      index: this.#version,
      version: this.#version + 1,
      at: this.#now,
    };
    const pinned = { has: (hash: string) => this.#pinned.has(hash), body: (hash: string) => this.#pinned.get(hash) };
    const context: DecideContext = {
      ...meta,
      replyTo: { partition: 0, instance: 'i', correlation: 1 },
      definitions,
      pinned,
      limits: { eventsPerDecision: 1000, bytesPerDecision: 4_000_000 },
    };
    const decision = this.#decider.decide(this.#state, command, context);
    if (decision.kind !== 'accepted') return;
    this.#version += 1;
    let replied = false;
    for (const event of decision.events) {
      if (event.type === 'WorkflowStarted' && event.definition !== undefined)
        this.#pinned.set(event.definitionHash, event.definition);
      this.#state = this.#decider.evolve(this.#state, event, meta);
      for (const effect of this.#decider.react(this.#state, event, { ...meta, pinned })) {
        if (effect.kind === 'DispatchTask') this.waiting.push(effect.task);
        if (effect.kind === 'SendReply') replied = true;
      }
    }
    if (replied) this.told = this.#decider.endedRun?.(this.#state);
    const entry: Decided = {
      kind: 'decision',
      epoch: 0,
      index: meta.index,
      effectsDone: 0,
      at: meta.at,
      aggregate: this.#id,
      version: meta.version,
      cause: { kind: 'owner' },
      outcome: { kind: 'accepted' },
      events: decision.events,
    };
    this.#folded.apply(entry, meta.index);
  }

  get read(): WorkflowView {
    const view = this.#folded.view(this.#id);
    if (view === undefined) throw new Error('no run');
    return view;
  }
}

function randomOf(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 4) % below;
  };
}

const statuses: readonly ReportableStatus[] = ['COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'IN_PROGRESS'];

function randomRun(seed: number): OneRun {
  const random = randomOf(seed);
  const run = new OneRun();
  run.send(start);
  for (let step = 0; run.told === undefined; step++) {
    const [task] = run.waiting.splice(random(Math.max(1, run.waiting.length)), 1);
    if (task === undefined || step === 40 || random(20) === 0) {
      run.send({ type: 'TerminateWorkflow', reason: 'enough', byParent: false });
      continue;
    }
    const { taskId: id, dispatch } = task;
    if (random(4) > 0) run.send({ type: 'TaskStarted', taskId: taskId(id), dispatch, workerId: `w${random(3)}` });
    run.send({
      type: 'TaskResult',
      taskId: taskId(id),
      status: statuses[random(statuses.length)] ?? 'COMPLETED',
      output: Payload.of({ r: step }),
      callbackAfterSeconds: 0,
      ...(random(2) === 0 && { reason: `reason ${step}`, workerId: 'reporter' }),
      extendLease: false,
      logs: [],
    });
  }
  return run;
}

describe('the run that the decider tells of', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'is answered as the read model would show it, seed %d',
    (seed) => {
      const run = randomRun(seed);
      const about = { strategy: 'TARGET_WORKFLOW', requestId: 'r', timedOut: false } as const;
      const rendering = { now: 1_800_000_000_000, templates: new TaskTemplates() };
      const ended = new EndedRuns(definitions, taskKinds);
      const told = run.told && ended.shown(run.told, start);
      if (told === undefined) throw new Error('nothing was told');
      expect(JSON.parse(workflowRunText({ ...about, target: told }, told, rendering))).toEqual(
        JSON.parse(workflowRunText({ ...about, target: run.read }, run.read, rendering)),
      );
      expect(workflowRunText({ ...about, target: told }, told, rendering)).toContain('"n": 12345678901234567890');
    },
  );

  it('must be read where the definition has changed since, until it is known again', () => {
    const { told } = randomRun(1);
    if (told === undefined) throw new Error('nothing was told');
    const changed = { ...definitions, task: () => undefined };
    expect(new EndedRuns(changed, taskKinds).shown(told, start)).toBeUndefined();
    expect(new EndedRuns({ ...definitions, workflow: () => undefined }, taskKinds).shown(told, start)).toBeUndefined();
    const inline = { ...start, definition };
    const ended = new EndedRuns({ ...definitions, workflow: () => undefined }, taskKinds);
    expect(ended.shown(told, inline)?.tasks).toHaveLength(told.tasks.length);
    expect(ended.shown(told, start)?.tasks).toHaveLength(told.tasks.length);
  });

  it('is left out where it is too large for an answer', () => {
    const run = new OneRun();
    run.send({ ...start, input: Payload.of({ n: 1, text: 'x'.repeat(600_000) }) });
    run.send({ type: 'TerminateWorkflow', reason: 'enough', byParent: false });
    expect(run.told).toBeUndefined();
    expect(run.read.status).toBe('TERMINATED');
  });
});
