import { type WorkflowDecider, type WorkflowState } from '@partitura/engine';
import type {
  AggregateId,
  TaskId,
  TaskResult,
  TaskScheduled,
  TaskStarted,
  WorkflowCommand,
  WorkflowEvent,
} from '@partitura/model';
import type { Decided, Handle, Scenario } from '../scenario.ts';
import type { Seeded } from './seeded.ts';
import { waitsInVain } from './waiting.ts';

/** What was met on the way: a great many lives that never met something prove little about it. */
export type Met = Map<string, number>;

/** Something that must never be seen. */
export class Finding extends Error {}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Finding(what());
}

interface Reported {
  readonly to: AggregateId;
  readonly command: TaskStarted | TaskResult;
}

interface Watched {
  /** A snapshot from some time ago, and what was folded since. */
  shadow: WorkflowState;
  touched: boolean;
  open: boolean;
  readonly ended: Set<string>;
  readonly taskIds: Set<string>;
}

/** Looks on while workflows live, and finds what must not be. */
export class Watch {
  readonly #decider: WorkflowDecider;
  readonly #seeded: Seeded;
  readonly #met: Met;
  readonly #kindOf: (event: TaskScheduled) => string;
  readonly #watched = new Map<AggregateId, Watched>();
  #reports: readonly Reported[] = [];
  #decisions = 0;

  /** @param kindOf Type of a task, for counting; default: as executions show it. */
  constructor(decider: WorkflowDecider, seeded: Seeded, met: Met, kindOf = shownType) {
    this.#decider = decider;
    this.#seeded = seeded;
    this.#met = met;
    this.#kindOf = kindOf;
  }

  /** Every decision of every run, right after it was folded. */
  see(decided: Decided): void {
    const { aggregate, command, context, before, decision } = decided;
    this.#count(`${command.type}: ${decision.kind}`);
    if (++this.#decisions % 5 === 0) this.#decideFromSnapshot(decided);
    if (this.#decisions % 5 === 1) this.#reactToKept(decided);
    if (decision.kind !== 'accepted' || decision.events.length === 0) return;
    must(
      !this.#decider.isClosed(before) || opens.has(command.type),
      () => `${aggregate} is closed, yet ${command.type} changed it`,
    );
    const watched = this.#watchedOf(aggregate);
    for (const event of decision.events) {
      watched.shadow = this.#decider.evolve(watched.shadow, event, context);
      this.#seeEvent(aggregate, watched, event);
    }
    watched.touched = true;
    const report = reportOf(decided);
    if (report !== undefined) this.#reports = [...this.#reports, { to: aggregate, command: report }];
  }

  /** A report arrives once more, however late: it changes nothing. */
  again(scenario: Scenario, which: number): void {
    const report = this.#reports[which % Math.max(1, this.#reports.length)];
    if (report === undefined) return;
    const decision = scenario.send(report.to, report.command);
    must(
      decision.kind !== 'accepted' || decision.events.length === 0,
      () => `${report.to} took the same ${JSON.stringify(report.command)} again`,
    );
    this.#count(`again: ${decision.kind}`);
  }

  /** Whenever all is quiet: what is remembered agrees with what happened, and nobody waits in vain. */
  check(scenario: Scenario): void {
    for (const run of scenario.runs) {
      const watched = this.#watched.get(run.id);
      if (watched?.touched === true) this.#compare(run, watched);
      if (watched !== undefined) watched.touched = false;
    }
    if (!scenario.isQuiet) return;
    for (const run of scenario.runs)
      must(waitsInVain(scenario, run) === undefined, () => `${run.id} is stuck: ${waitsInVain(scenario, run) ?? ''}`);
  }

  findUnended(scenario: Scenario): void {
    const open = scenario.runs.filter(({ status }) => status === 'RUNNING' || status === 'PAUSED');
    must(
      false,
      () => `does not end: ${open.map((run) => `${run.id} ${run.status} ${run.summary.join(' ')}`).join('; ')}`,
    );
  }

  isQuarantined({ state }: Handle): boolean {
    return state.phase !== 'absent' && state.phase !== 'refused' && state.quarantinedBecause !== undefined;
  }

  /** What is decided from a snapshot is what is decided from the state that it was taken of. */
  #decideFromSnapshot({ aggregate, command, context, before, decision }: Decided): void {
    const restored = this.#restored(before);
    const first = this.#decider.decide(restored, command, context);
    const again = first.kind === 'awaitDefinitions' ? first.otherwise : first;
    must(textOf(again) === textOf(decision), () => `${aggregate} decides ${command.type} otherwise after a restore`);
  }

  /** An owner reacts to the states that deciding has kept, the owner after it to those that it folds. */
  #reactToKept({ aggregate, command, context, before, decision }: Decided): void {
    if (decision.kind !== 'accepted') return;
    const { events, states = [], state } = decision;
    must(states.length === Math.max(0, events.length - 1), () => `${command.type} has not kept a state for each event`);
    let folded = before;
    for (const [i, event] of events.entries()) {
      folded = this.#decider.evolve(folded, event, context);
      const expected = this.#decider.react(folded, event, context);
      const found = this.#decider.react(states[i] ?? state, event, context);
      must(textOf(found) === textOf(expected), () => `${aggregate}: other effects of ${event.type} when it is folded`);
    }
  }

  #seeEvent(aggregate: AggregateId, watched: Watched, event: WorkflowEvent): void {
    const { open, ended, taskIds } = watched;
    this.#count(`event: ${event.type}`);
    switch (event.type) {
      case 'WorkflowStarted':
      case 'WorkflowRetried':
      case 'WorkflowRestarted':
      case 'WorkflowRerun':
        must(!open, () => `${aggregate}: ${event.type} while it is open`);
        watched.open = true;
        return;
      case 'WorkflowEnded':
        this.#count(`ended: ${event.status}`);
        watched.open = false;
        return;
      case 'TaskScheduled':
        must(open, () => `${aggregate} has ended and schedules ${event.referenceName}`);
        must(!taskIds.has(event.taskId), () => `${event.taskId} exists twice`);
        taskIds.add(event.taskId);
        this.#count(`kind: ${this.#kindOf(event)}`);
        return;
      case 'TaskReopened':
      case 'TaskRerun':
        ended.delete(event.taskId);
        this.#forgetReports(event.taskId);
        return;
      case 'TaskEnded':
        must(!ended.has(event.taskId), () => `${event.taskId} ended twice`);
        ended.add(event.taskId);
        this.#count(`task: ${event.status}`);
        return;
      default:
        return;
    }
  }

  /** A task that is open again may be reported on again by those who know of no hand-over. */
  #forgetReports(taskId: TaskId): void {
    this.#reports = this.#reports.filter(({ command }) => command.taskId !== taskId || command.dispatch !== undefined);
  }

  /** What deciding arrived at is what a snapshot and the events since give; now and then counters are recounted. */
  #compare({ id, state }: Handle, watched: Watched): void {
    const decider = this.#decider;
    const bytes = decider.encodeState(state);
    must(same(decider.encodeState(watched.shadow), bytes), () => `${id}: a snapshot and its tail are not the whole`);
    must(miscountedJoin(state) === undefined, () => `${id}: ${miscountedJoin(state) ?? ''}`);
    if (decider.isClosed(state)) {
      must(textOf(decider.nextDue(state)) === '{}', () => `${id} is closed and wants to be woken`);
      must(!decider.hasPostponedWork(state), () => `${id} is closed and has work`);
    }
    if (this.#seeded.chance(30)) this.#recount(id, state, watched, bytes);
  }

  /** Reading a snapshot counts everything anew. */
  #recount(id: AggregateId, state: WorkflowState, watched: Watched, bytes: Uint8Array): void {
    const decider = this.#decider;
    const recounted = decider.decodeState(decider.stateVersion, bytes);
    must(same(decider.encodeState(recounted), bytes), () => `${id}: a snapshot of a snapshot is another`);
    must(countsOf(recounted) === countsOf(state), () => `${id} counts ${countsOf(state)}, not ${countsOf(recounted)}`);
    const due = textOf(decider.nextDue(state));
    must(textOf(decider.nextDue(recounted)) === due, () => `${id} wakes at another time after a restore`);
    must(textOf(decider.pins(recounted)) === textOf(decider.pins(state)), () => `${id} needs other definitions then`);
    watched.shadow = recounted;
  }

  #restored(state: WorkflowState): WorkflowState {
    return this.#decider.decodeState(this.#decider.stateVersion, this.#decider.encodeState(state));
  }

  #watchedOf(id: AggregateId): Watched {
    const known = this.#watched.get(id);
    if (known !== undefined) return known;
    const { initial } = this.#decider;
    const fresh: Watched = {
      shadow: initial,
      touched: false,
      open: false,
      ended: new Set(),
      taskIds: new Set(),
    };
    this.#watched.set(id, fresh);
    return fresh;
  }

  #count(what: string): void {
    this.#met.set(what, (this.#met.get(what) ?? 0) + 1);
  }
}

const shownType = ({ taskType }: TaskScheduled): string => taskType;

/** What may change a workflow that has ended. */
const opens: ReadonlySet<string> = new Set<WorkflowCommand['type']>([
  'RetryWorkflow',
  'RestartWorkflow',
  'RerunWorkflow',
  'ChildRevived',
  'ReportEnd',
  'TerminateWorkflow',
  'RemoveWorkflow',
  'AddTaskLogs',
]);

/**
 * Outcomes have an identity, and so has what gives a hand-over back. Progress of anything else may be told again: it
 * says that somebody is at work.
 */
function reportOf({ command, decision }: Decided): Reported['command'] | undefined {
  if (command.type === 'TaskStarted') return command;
  if (command.type !== 'TaskResult' || command.extendLease) return undefined;
  if (command.status !== 'IN_PROGRESS') return command;
  if (command.dispatch === undefined) return undefined;
  const events = decision.kind === 'accepted' ? decision.events : [];
  return events.some((event) => event.type === 'TaskProgressed' && event.status === 'SCHEDULED') ? command : undefined;
}

function countsOf(state: WorkflowState): string {
  if (state.phase === 'absent' || state.phase === 'refused') return state.phase;
  const { tasks, dataBytes } = state;
  const newest = [...tasks.newest].map(([name, seq]) => `${name}=${seq}`).sort();
  return `${tasks.openCount} open, ${dataBytes} bytes, newest ${newest.join()}`;
}

/** An open JOIN waits for as many references as are not decided. */
function miscountedJoin(state: WorkflowState): string | undefined {
  if (state.phase === 'absent' || state.phase === 'refused') return undefined;
  const { bySeq, newest } = state.tasks;
  const isDecided = (ref: string): boolean => {
    const task = bySeq.get((newest.get(ref) ?? 0) - 1);
    return newest.has(ref) && task !== undefined && task.endedAt > 0 && !task.retried;
  };
  for (const task of bySeq) {
    if (task === undefined) continue;
    const { plan, joinOpen, status } = task;
    if (plan.join === undefined || status !== 'IN_PROGRESS') continue;
    const open = [...new Set(plan.join.on)].filter((ref) => !isDecided(ref)).length;
    if (open !== joinOpen) return `${plan.referenceName} waits for ${joinOpen}, ${open} are not decided`;
  }
  return undefined;
}

/** States hold what was looked up on the way. */
const unsaid: ReadonlySet<string> = new Set(['state', 'states', 'definition']);
const textOf = (value: unknown): string =>
  JSON.stringify(value, (key, item: unknown) => (unsaid.has(key) ? undefined : item));

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && firstDifference(a, b) === a.length;

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}
