import { RenderLimitExceeded } from '@partitura/expressions';
import { isJsonObject, Payload, unreachable, type TaskId, type TaskRerun, type TaskScheduled } from '@partitura/model';
import { decisionBytesMax, tooLargeForTask, tooLargeToSchedule, valueBytesMax } from '../limits.ts';
import type { Node } from '../graph/graph.ts';
import type { Task } from '../state/task.ts';
import type { Run } from '../state/workflow-state.ts';
import type { Draft } from '../draft.ts';
import { countUndecided, newestOf, taskAt } from '../state/task-table.ts';
import type { Entry, Inside } from '../task-kind.ts';
import { spotOf, type Item, type Place } from './agenda.ts';
import { domainOf } from './domain.ts';
import { ask } from './ask.ts';
import { endTask } from './end-task.ts';
import { failWorkflow } from './end-workflow.ts';
import { handOver } from './hand-over.ts';
import { sizeOf } from './size-of.ts';
import { placeOf, stepOf } from './step.ts';
import { wakeJoins } from './wake-joins.ts';
import type { Turn } from './turn.ts';

/** What a new attempt continues. */
export interface Retrying {
  readonly of: Task;
  /** When it may be handed out, epoch ms; 0: at once. */
  readonly dueAt: number;
  readonly delaySeconds: number;
}

/**
 * Makes the first attempt of a task, unless the task has one already: however it is reached, it is run once. In a loop the
 * one before it may have been opened again and be the last of the iteration now.
 */
export function enterTask(turn: Turn, node: Node, place: Place): void {
  const known = newestOf(turn.run.tasks, node.task.taskReferenceName + place.suffix);
  if (known === undefined) makeAttempt(turn, node, place, first);
  else if (known.status === 'SKIPPED') turn.agenda.next({ do: 'follow', seq: known.plan.seq });
  else if (node.loop !== undefined) {
    turn.agenda.later({ do: 'iterated', ...spotOf(turn.neighbour(node, node.loop), place) });
  }
}

/** What is not as the definition says when an attempt is made. */
export interface Unusual {
  readonly retrying?: Retrying;
  /** Instead of the input that the definition describes. */
  readonly input?: Payload | undefined;
  /** If this entry has no room for it, it is made in the next one. */
  readonly mayWait?: boolean;
}

/** Makes an attempt: the kind says how it begins, the engine gives it its identity, clocks and place. */
export function makeAttempt(
  turn: Turn,
  written: Node,
  place: Place,
  { retrying, input, mayWait }: Unusual = usual,
): void {
  const taskId = turn.nextTaskId();
  const { node, entry } = beginning(turn, written, place, taskId, input);
  if (entry.as === 'impossible') {
    failWorkflow(turn, entry.reason);
    return;
  }
  const event = scheduledOf(turn, node, place, taskId, entry, retrying);
  const size = sizeOf(event);
  if (size > roomAlone) {
    const failed = failedEntry(tooLargeToSchedule(size, taskId, turn.run.id));
    turn.emit(scheduledOf(turn, node, place, taskId, failed, retrying));
    endTask(turn, event.seq, failed);
    return;
  }
  if (mayWait === true && size > turn.room) {
    turn.agenda.next({ do: 'enter', ...spotOf(written, place) });
    turn.fill();
    return;
  }
  if (retrying !== undefined && retrying.dueAt > 0 && isDoneHere(entry)) {
    turn.emit({ ...event, status: 'SCHEDULED', dueAt: retrying.dueAt });
    return;
  }
  turn.emit(event);
  begin(turn, node, place, event, entry, 1);
}

/** Nobody else has a part in it, so that a delay before it is the engine's to keep: see `held-back.ts`. */
const isDoneHere = ({ as }: PossibleEntry): boolean => as === 'ended' || as === 'running';

const usual: Unusual = {};
const first: Unusual = { mayWait: true };

/**
 * Runs an ended attempt once more under its old id.
 *
 * @param input Instead of what the definition describes.
 */
export function enterAgain(
  turn: Turn,
  seq: number,
  input: Payload | undefined,
  attempt = taskAt(turn.run.tasks, seq).attempt,
): void {
  const task = taskAt(turn.run.tasks, seq);
  const { taskId } = task.plan;
  const node = turn.nodeOf(task);
  const place = placeOf(turn, task);
  const entry = childAgain(task, input) ?? entryOf(turn, node, place, taskId, input);
  if (entry.as === 'another' || entry.as === 'impossible') {
    const reason = entry.as === 'impossible' ? entry.reason : `Task ${entry.type} cannot stand for yet another task`;
    failWorkflow(turn, reason);
    return;
  }
  const event: Draft<TaskRerun> = {
    type: 'TaskRerun',
    taskId,
    attempt,
    status: entry.as === 'queued' ? 'SCHEDULED' : 'IN_PROGRESS',
    input: entry.input,
    dueAt: dueOf(entry, 0),
  };
  if (entry.as === 'queued') event.queue = queueOf(entry.queue, node, turn.run.start.taskToDomain);
  if (entry.as === 'joining') event.join = joinOf(turn, entry.on, place);
  if (entry.as === 'child') event.child = { ...entry.child, workflowId: turn.childIdFor(seq) };
  turn.emit(event);
  begin(
    turn,
    node,
    place,
    { taskId, seq, dueAt: event.dueAt, join: event.join },
    entry,
    entry.as === 'child' ? 1 : task.dispatch + 1,
  );
}

/** A child like the one before. Its input is in the task's, in which the rest says what the child is. */
function childAgain({ plan }: Task, input: Payload | undefined): PossibleEntry | undefined {
  if (plan.child === undefined) return undefined;
  const given = input?.object['workflowInput'];
  const child = isJsonObject(given) ? { ...plan.child, input: Payload.of(given) } : plan.child;
  return { as: 'child', input: input ?? plan.input, child };
}

/** How an attempt begins, and as which task: one may turn out to be of another kind. */
function beginning(
  turn: Turn,
  written: Node,
  place: Place,
  taskId: TaskId,
  input: Payload | undefined,
): { readonly node: Node; readonly entry: PossibleEntry | Impossible } {
  const entry = entryOf(turn, written, place, taskId, input);
  if (entry.as !== 'another') return { node: written, entry };
  const { library } = turn.engine;
  const embedded = library.pinAnother(written, entry.type, turn.context.definitions);
  const node = library.another(written, entry.type, embedded);
  const other = entryOf(turn, node, place, taskId, input);
  if (other.as !== 'another') return { node, entry: other };
  return { node, entry: { as: 'impossible', reason: `Task ${entry.type} cannot stand for yet another task` } };
}

/** An attempt whose input cannot be computed, or is too large to be handed on, has failed for good. */
export function entryOf(turn: Turn, node: Node, place: Place, taskId: TaskId, input?: Payload): Entry {
  try {
    const entry = node.kind.enter(stepOf(turn, node, place, taskId, input));
    if (entry.as === 'impossible' || entry.as === 'another' || entry.input.size <= valueBytesMax) return entry;
    return failedEntry(tooLargeForTask(entry.input, taskId, turn.run.id));
  } catch (error) {
    if (error instanceof RenderLimitExceeded) return failedEntry(error.message);
    throw error;
  }
}

/** Beside the words that a decision begins with. */
const roomAlone = decisionBytesMax - 1_024;

const failedEntry = (reason: string): Extract<Entry, { readonly as: 'ended' }> => ({
  as: 'ended',
  status: 'FAILED_WITH_TERMINAL_ERROR',
  input: Payload.empty,
  output: Payload.empty,
  reason,
});

type Impossible = Extract<Entry, { readonly as: 'impossible' }>;
type PossibleEntry = Exclude<Entry, { readonly as: 'impossible' | 'another' }>;

function scheduledOf(
  turn: Turn,
  node: Node,
  place: Place,
  taskId: TaskId,
  entry: PossibleEntry,
  retrying: Retrying | undefined,
): TaskScheduled {
  const { run } = turn;
  const { traits } = node.kind;
  const queue = entry.as === 'queued' ? queueOf(entry.queue, node, run.start.taskToDomain) : undefined;
  const delaySeconds = retrying?.delaySeconds ?? (traits.delayed ? Math.max(0, node.task.startDelay ?? 0) : 0);
  const availableAt = retrying?.dueAt ?? (delaySeconds > 0 ? turn.at + delaySeconds * 1000 : 0);
  const event: Draft<TaskScheduled> = {
    type: 'TaskScheduled',
    taskId,
    referenceName: node.task.taskReferenceName + place.suffix,
    node: node.number,
    taskType: queue !== undefined && traits.worker ? queue.type : node.taskType,
    taskDefName: node.taskDefName,
    seq: run.tasks.bySeq.size + 1,
    attempt: retrying === undefined ? 0 : retrying.of.attempt + 1,
    iteration: place.iteration,
    status: queue === undefined ? 'IN_PROGRESS' : 'SCHEDULED',
    input: entry.input,
    dueAt: dueOf(entry, availableAt),
    startDelaySeconds: delaySeconds,
    limits: node.limits,
    firstScheduledAt: retrying?.of.plan.firstScheduledAt ?? turn.at,
  };
  if (retrying !== undefined) event.retriedTaskId = retrying.of.plan.taskId;
  if (queue !== undefined) event.queue = queue;
  if (node.embedded !== undefined) event.workflowTask = node.embedded;
  if (entry.as === 'joining') event.join = joinOf(turn, entry.on, place);
  if (entry.as === 'child') event.child = { workflowId: turn.nextChildId(), ...entry.child };
  return event;
}

function joinOf(turn: Turn, names: readonly string[], place: Place): NonNullable<TaskScheduled['join']> {
  const on = names.map((ref) => ref + place.suffix);
  return { on, open: countUndecided(turn.run.tasks, on) };
}

function queueOf(type: string, node: Node, domains: Run['start']['taskToDomain']): NonNullable<TaskScheduled['queue']> {
  const domain = node.kind.traits.worker ? domainOf(type, domains) : undefined;
  return domain === undefined ? { type } : { type, domain };
}

/** What an attempt does right after it was made. */
function begin(
  turn: Turn,
  node: Node,
  place: Place,
  event: Pick<TaskScheduled, 'taskId' | 'seq' | 'dueAt'> & { readonly join?: TaskScheduled['join'] | undefined },
  entry: PossibleEntry,
  dispatch: number,
): void {
  switch (entry.as) {
    case 'queued':
    case 'child':
      if (event.dueAt === 0) handOver(turn, event.taskId, dispatch);
      return;
    case 'running':
      turn.agenda.later({ do: 'wake', seq: event.seq, signal: 'run' });
      return;
    case 'joining':
      if (event.join?.open === 0) turn.agenda.later({ do: 'wake', seq: event.seq, signal: 'joined' });
      return;
    case 'waiting':
      return;
    case 'asking':
      ask(turn, event.seq);
      return;
    case 'ended': {
      const inside = entry.then === undefined ? undefined : insideItem(turn, node, event.seq, place, entry.then);
      if (inside === undefined) {
        endTask(turn, event.seq, entry);
        return;
      }
      endTask(turn, event.seq, entry, 'entered');
      wakeJoins(turn, taskAt(turn.run.tasks, event.seq));
      turn.agenda.next(inside);
      return;
    }
    default:
      unreachable(entry);
  }
}

/** The item that enters a list inside a task; undefined when the list is empty. */
export function insideItem(turn: Turn, node: Node, seq: number, place: Place, inside: Inside): Item | undefined {
  if (inside.list === 'branches') return { do: 'branches', from: 0, ...spotOf(node, place) };
  if (inside.list === 'generated') return { do: 'generate', seq, from: 0 };
  const head = inside.list === 'case' ? node.inside.cases.get(inside.key) : node.inside.defaultCase;
  return head === undefined ? undefined : { do: 'enter', ...spotOf(turn.neighbour(node, head), place) };
}

/** Enters one branch of a fork, and leaves the others and the join to the agenda. */
export function enterBranch(turn: Turn, item: Extract<Item, { readonly do: 'branches' }>): void {
  const node = turn.node(item.node, item.embedded);
  const { branches } = node.inside;
  if (item.from >= branches.length) {
    enterNext(turn, node, item.place);
    return;
  }
  const head = branches[item.from];
  turn.agenda.next({ ...item, from: item.from + 1 });
  if (head !== undefined) turn.agenda.next({ do: 'enter', ...spotOf(turn.neighbour(node, head), item.place) });
}

/** Enters one generated task, and leaves the others and the join to the agenda. */
export function enterGenerated(turn: Turn, item: Extract<Item, { readonly do: 'generate' }>): void {
  const task = taskAt(turn.run.tasks, item.seq);
  const node = turn.nodeOf(task);
  const place = placeOf(turn, task);
  const generated = turn.engine.library.unfold(node, task.plan.input).at(item.from);
  if (generated === undefined) {
    enterNext(turn, node, place);
    return;
  }
  const embedded = turn.engine.library.pinGenerated(generated, turn.context.definitions);
  turn.agenda.next({ ...item, from: item.from + 1 });
  turn.agenda.next({ do: 'enter', node: -1, embedded, place });
}

function enterNext(turn: Turn, node: Node, place: Place): void {
  if (node.next === undefined) return;
  turn.agenda.next({ do: 'enter', ...spotOf(turn.neighbour(node, node.next), place) });
}

function dueOf(entry: PossibleEntry, availableAt: number): number {
  if (entry.as === 'waiting') return entry.until ?? 0;
  return entry.as === 'queued' || entry.as === 'child' ? availableAt : 0;
}
