import { List } from 'immutable';
import { workflowId, type StateEncoder } from '@partitura/model';
import { deadlineOf, timerOf } from '../state/deadlines.ts';
import { addDue, type DueTimes } from '../state/due-times.ts';
import { dataBytesOf, type Task } from '../state/task.ts';
import { tableOf } from '../state/task-table.ts';
import { absent, type Refused, type Run, type WorkflowState } from '../state/workflow-state.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readParent, readStart, writeParent, writeStart } from './start-codec.ts';
import { readTask, type TaskContext } from './task-codec.ts';
import { readGroups, TaskGroups } from './task-groups.ts';
import { endedStatusOf, phaseNumber, phaseOf, workflowStatusNumber } from './words.ts';

/** Raised whenever the form below changes; older forms stay readable or fall back to folding. */
export const stateVersion = 5;
const oldestReadable = 2;
/** Version from which on tasks are written in groups. */
const groupsSince = 5;

const kinds = { absent: 0, refused: 1, run: 2 } as const;

/** The state as few bytes. What follows from the rest (indexes, clocks) is not written. */
export function encodeState(state: WorkflowState): Uint8Array {
  return write(state, new TaskGroups());
}

/**
 * A state with very many tasks is written group by group, while life goes on; undefined: writing this one takes no time
 * worth dividing.
 */
export function stateEncoder(state: WorkflowState): StateEncoder<WorkflowState> | undefined {
  if (state.phase === 'absent' || state.phase === 'refused' || state.tasks.bySeq.size < largeFrom) return undefined;
  const groups = new TaskGroups();
  return {
    step(now) {
      return (
        now.phase !== 'absent' &&
        now.phase !== 'refused' &&
        groups.writeSome(now.tasks, contextOf(now.id, now.startedAt))
      );
    },
    encode: (now) => write(now, groups),
  };
}
const largeFrom = 2_000;

function write(state: WorkflowState, groups: TaskGroups): Uint8Array {
  const to = new ByteWriter();
  switch (state.phase) {
    case 'absent':
      to.count(kinds.absent);
      break;
    case 'refused':
      to.count(kinds.refused);
      writeRefused(to, state);
      break;
    case 'running':
    case 'paused':
    case 'ended':
    case 'removed':
      to.count(kinds.run);
      writeRun(to, state, groups);
  }
  return to.finish();
}

export function decodeState(version: number, bytes: Uint8Array): WorkflowState {
  if (version < oldestReadable || version > stateVersion)
    throw new RangeError(`unknown version ${version} of a workflow's state`);
  const from = new ByteReader(bytes);
  const kind = from.count();
  if (kind === kinds.absent) return absent;
  return kind === kinds.refused ? readRefused(from, version) : readRun(from, version);
}

function writeRefused(to: ByteWriter, { id, refusal }: Refused): void {
  to.text(id);
  to.text(refusal.name);
  to.integer(refusal.version);
  writeParent(to, refusal.parent);
  to.text(refusal.reason);
}

function readRefused(from: ByteReader, version: number): Refused {
  return {
    phase: 'refused',
    id: workflowId(from.text()),
    refusal: {
      type: 'WorkflowStartRefused',
      name: from.text(),
      version: from.integer(),
      parent: readParent(from, version),
      reason: from.text(),
    },
  };
}

function writeRun(to: ByteWriter, run: Run, groups: TaskGroups): void {
  to.count(phaseNumber(run.phase));
  to.text(run.id);
  to.count(run.startIndex);
  to.count(run.startedAt);
  writeStart(to, run.start);
  to.count(run.clockFrom);
  to.count(run.timeoutAt);
  to.count(run.lastRetriedAt);
  to.count(run.updatedAt);
  to.payload(run.variables);
  to.count(run.tasks.bySeq.size);
  const behind =
    64 + 8 * run.unfollowed.size + (run.postponed?.bytes.length ?? 0) + (run.end?.output.bytes.length ?? 0);
  groups.write(to, run.tasks, contextOf(run.id, run.startedAt), behind);
  to.list(run.unfollowed.toArray(), (seq) => to.count(seq));
  to.optional(run.postponed, (agenda) => to.payload(agenda));
  to.optional(run.end, (end) => {
    to.count(workflowStatusNumber(end.status));
    to.optional(end.reason, (reason) => to.text(reason));
    to.payload(end.output);
    to.count(end.at);
  });
  to.optional(run.quarantinedBecause, (reason) => to.text(reason));
}

function readRun(from: ByteReader, version: number): Run {
  const phase = phaseOf(from.count());
  const id = workflowId(from.text());
  const startIndex = from.count();
  const startedAt = from.count();
  const start = readStart(from, version);
  const clockFrom = from.count();
  const timeoutAt = from.count();
  const lastRetriedAt = from.count();
  const updatedAt = from.count();
  const variables = from.payload();
  const context = contextOf(id, startedAt, version);
  const size = from.count();
  const tasks = version < groupsSince ? from.list(() => readTask(from, context)) : readGroups(from, context);
  return {
    phase,
    id,
    startIndex,
    startedAt,
    start,
    clockFrom,
    timeoutAt,
    lastRetriedAt,
    updatedAt,
    variables,
    tasks: tableOf(tasks, size),
    dataBytes: tasks.reduce((sum, task) => sum + dataBytesOf(task), 0),
    timers: dueTimesOf(tasks, timerOf),
    deadlines: dueTimesOf(tasks, deadlineOf),
    unfollowed: List(from.list(() => from.count())),
    postponed: from.optional(() => from.payload()),
    end: from.optional(() => ({
      status: endedStatusOf(from.count()),
      reason: from.optional(() => from.text()),
      output: from.payload(),
      at: from.count(),
    })),
    quarantinedBecause: from.optional(() => from.text()),
  };
}

const contextOf = (id: string, epoch: number, version = stateVersion): TaskContext => ({
  idPrefix: `${id}~`,
  epoch,
  version,
});

function dueTimesOf(tasks: readonly Task[], timeOf: (task: Task) => number): DueTimes | undefined {
  let tree: DueTimes | undefined;
  for (const task of tasks) {
    const time = timeOf(task);
    if (time > 0) tree = addDue(tree, time, task.plan.seq);
  }
  return tree;
}
