import type { List } from 'immutable';
import type { EndedWorkflowStatus, Payload, WorkflowId, WorkflowStarted, WorkflowStartRefused } from '@partitura/model';
import type { Draft } from '../draft.ts';
import type { DueTimes } from './due-times.ts';
import type { TaskTable } from './task-table.ts';

/** What the journal says about one workflow id. */
export type WorkflowState = Absent | Refused | Run;

export interface Absent {
  readonly phase: 'absent';
}

/** A child that could not start: the id is spent. */
export interface Refused {
  readonly phase: 'refused';
  readonly id: WorkflowId;
  readonly refusal: WorkflowStartRefused;
}

export interface Run {
  readonly phase: 'running' | 'paused' | 'ended' | 'removed';
  readonly id: WorkflowId;
  /** Journal index of the start: with the id it names this history. */
  readonly startIndex: number;
  readonly startedAt: number;
  readonly start: Start;
  /** Since when the workflow time-out counts: start, resume or retry. */
  readonly clockFrom: number;
  /** 0: none that acts. */
  readonly timeoutAt: number;
  readonly lastRetriedAt: number;
  readonly updatedAt: number;
  readonly variables: Payload;
  readonly tasks: TaskTable;
  /** Bytes of all inputs and outputs of the tasks. */
  readonly dataBytes: number;
  /** Promises to act, by (time, seq of the task). */
  readonly timers: DueTimes | undefined;
  /** Limits on others, by (time, seq of the task). */
  readonly deadlines: DueTimes | undefined;
  /** Ended tasks whose successors wait: for resume, or for the continuation of postponed work. */
  readonly unfollowed: List<number>;
  /** The agenda of a decision that was larger than one entry may be. */
  readonly postponed: Payload | undefined;
  readonly end: End | undefined;
  readonly quarantinedBecause: string | undefined;
}

/** The start as it was recorded, without the definition's body. */
export type Start = Omit<WorkflowStarted, 'definition'>;

export interface End {
  readonly status: EndedWorkflowStatus;
  readonly reason: string | undefined;
  readonly output: Payload;
  readonly at: number;
}

/** A copy that may be filled in before it is handed out. */
export function draftOfRun(run: Run): Draft<Run> {
  return {
    phase: run.phase,
    id: run.id,
    startIndex: run.startIndex,
    startedAt: run.startedAt,
    start: run.start,
    clockFrom: run.clockFrom,
    timeoutAt: run.timeoutAt,
    lastRetriedAt: run.lastRetriedAt,
    updatedAt: run.updatedAt,
    variables: run.variables,
    tasks: run.tasks,
    dataBytes: run.dataBytes,
    timers: run.timers,
    deadlines: run.deadlines,
    unfollowed: run.unfollowed,
    postponed: run.postponed,
    end: run.end,
    quarantinedBecause: run.quarantinedBecause,
  };
}

export const absent: Absent = { phase: 'absent' };
