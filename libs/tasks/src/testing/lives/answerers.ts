import {
  Payload,
  uuidOf,
  workflowId,
  type Json,
  type JsonObject,
  type ReportableStatus,
  type TaskRecord,
} from '@partitura/model';
import type { Scenario } from '../scenario.ts';
import { startRequest } from '../../start-workflow/start-request.ts';
import { isOpen } from './workers.ts';

interface Answer {
  readonly status: ReportableStatus;
  readonly output: JsonObject;
  readonly reason?: string;
}

const queues = [
  ...['HTTP', 'KAFKA_PUBLISH', 'EVENT', 'START_WORKFLOW', 'GET_WORKFLOW', 'UPDATE_TASK'],
  ...['INLINE', 'LAMBDA', 'JSON_JQ_TRANSFORM', 'SWITCH', 'DECISION', 'DO_WHILE'],
];

/** Whoever works on the queues of the system's own types: answers at once, late, twice, or with a failure. */
export class Answerers {
  readonly #scenario: Scenario;
  /** What was taken and is still to be answered. */
  readonly #taken: TaskRecord[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Takes one task, or goes on with one that was taken before. */
  work(which: number): void {
    const record = (which % 3 === 0 ? this.#taken.shift() : undefined) ?? this.#take(which);
    if (record === undefined) return;
    switch ((which >> 3) % 8) {
      case 0:
        this.#taken.push(record);
        return;
      case 1:
        this.#report(record, failed('no'));
        return;
      case 2:
        this.#report(record, this.#answerTo(record, which));
        this.#taken.push(record);
        return;
      case 3:
        this.#report(record, { status: 'IN_PROGRESS', output: {} });
        return;
      default:
        this.#report(record, this.#answerTo(record, which));
    }
  }

  /** Answers everything; whoever asks whether to go on is told not to. */
  finish(): void {
    for (
      let record = this.#taken.shift() ?? this.#take(0);
      record !== undefined;
      record = this.#taken.shift() ?? this.#take(0)
    ) {
      this.#report(record, this.#answerTo(record, 1));
    }
  }

  #take(which: number): TaskRecord | undefined {
    for (let i = 0; i < queues.length; i++) {
      const record = this.#scenario.poll(queues[(which + i) % queues.length] ?? '');
      if (record !== undefined) return record;
    }
    return undefined;
  }

  #report({ workflowId: id, taskId, dispatch, referenceName }: TaskRecord, { status, output, reason }: Answer): void {
    const more = { taskId, dispatch, ...(reason !== undefined && { reason }) };
    this.#scenario.run(id).report(referenceName, status, output, more);
  }

  #answerTo(record: TaskRecord, which: number): Answer {
    switch (record.taskType) {
      case 'SWITCH':
      case 'DECISION':
        return done({ result: String(which % 3) });
      case 'DO_WHILE':
        return done({ result: which % 2 === 0 });
      case 'INLINE':
      case 'LAMBDA':
        return done({ result: which });
      case 'START_WORKFLOW':
        return this.#start(record);
      case 'GET_WORKFLOW':
        return this.#look(record.input.object['id']);
      case 'UPDATE_TASK':
        return this.#update(record.input.object);
      default:
        return done({ from: record.referenceName });
    }
  }

  #start({ taskId, input }: TaskRecord): Answer {
    const command = startRequest(input.object['startWorkflow']);
    if (typeof command === 'string') return failed(command);
    const id = workflowId(uuidOf(`${taskId}/start`));
    // A repeated command is answered like the first.
    const decision =
      this.#scenario.run(id).status === 'ABSENT' ? this.#scenario.send(id, command) : { kind: 'accepted' };
    return decision.kind === 'accepted' ? done({ workflowId: id }) : failed('it could not be started');
  }

  #look(id: Json | undefined): Answer {
    const found = this.#scenario.runs.find((run) => run.id === id);
    return found === undefined
      ? failed('there is no such workflow')
      : done({ status: found.status, variables: found.seen.variables });
  }

  #update({ workflowId: id, taskRefName, taskStatus }: JsonObject): Answer {
    const run = this.#scenario.runs.find((each) => each.id === id);
    const target = run?.seen.tasks.findLast(
      (task) => isOpen(task) && task.ref.replace(/(?:__\d+)+$/, '') === taskRefName,
    );
    if (run === undefined || target === undefined) return failed('there is no such task');
    const { taskId, ref } = target;
    const decision = run.send({
      type: 'TaskResult',
      taskId,
      status: taskStatus as ReportableStatus,
      output: Payload.of({ updated: ref }),
      callbackAfterSeconds: 0,
      extendLease: false,
      logs: [],
    });
    return decision.kind === 'rejected' ? failed(decision.rejection.reason) : done({ taskId });
  }
}

const done = (output: JsonObject): Answer => ({ status: 'COMPLETED', output });
const failed = (reason: string): Answer => ({ status: 'FAILED', output: { error: reason }, reason });
