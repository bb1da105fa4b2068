import type { Mark, RevivalAnswer, Snapshot } from '@partitura/model';
import { admit, type Admission } from './admission.ts';
import type { Closing } from './closed-set.ts';

/**
 * The decisions on which one history hangs, each a line that can be replaced: a test that plants a wrong one and sees
 * nothing has proved nothing. In brackets the mutants of the protocol's model that break the rule.
 */
export interface Rules {
  /** Which records count. [no-epoch-check, no-index-check, no-halt, remember-old-tokens] */
  readonly admit: typeof admit;
  /** Whether the record before our position is the one we read there. [text:truncation] */
  readonly samePast: (remembered: number, found: number | undefined) => boolean;
  /** What the offset of an acknowledged batch means. [no-continuity-check, no-halt] */
  readonly placed: (base: number, expected: number) => 'expected' | 'gap' | 'truncated';
  /** After a gap: whether we still own the partition. The epoch decides; a late copy of our claim has our token. [text:gap, text:gap-token] */
  readonly stillOwner: (mine: Admission, folded: Admission) => boolean;
  /** What an owner that lost the partition knows when it claims again: nothing. [keep-state-when-superseded] */
  readonly keptAfterLoss: <T>(state: T) => T | undefined;
  /** Effects leave only when their entry was admitted. [effects-before-ack] */
  readonly effectsAwaitAdmission: boolean;
  /** Effects are settled by their acknowledgement, not by being sent. [done-at-send] */
  readonly settledByAck: boolean;
  /** Sends in flight per source and target partition; more than one loses the order that marks rely on. [unordered-sends] */
  readonly sendsInFlight: number;
  /** Whether a command of another partition was applied before. [no-source-marks, marks-without-ordinal] */
  readonly isRepeat: (mark: Mark, highest: Mark) => boolean;
  /** Whether a command is decided here or sent on. [no-forward] */
  readonly belongsHere: (home: number, partition: number) => boolean;
  /** What a checkpoint takes along. [marks-not-carried, closed-not-carried, dedup-not-carried, no-carry-forward] */
  readonly carries: {
    readonly marks: boolean;
    readonly closed: boolean;
    readonly repeats: boolean;
    readonly live: boolean;
  };
  /** Whether a checkpoint may be written: everything that a fold from X will not see again is settled. [checkpoint-no-wait, text:checkpoint-wait] */
  readonly checkpointMayBeWritten: (effectsDone: number, highestIndexWhenCarried: number, partition: number) => boolean;
  /** How the parts of one snapshot are written: next to each other, so that all show one state. [text:split-snapshot] */
  readonly writeParts: (
    writes: readonly (() => void)[],
    why: Snapshot['why'],
    later: (write: () => void) => void,
  ) => void;
  /** Where an owner begins to consume: where its fold says. [positions-not-from-fold] */
  readonly readsFrom: (folded: number, partition: number) => number;
  /** Where `commands` may be cut. [trim-too-far] */
  readonly commandsNeededFrom: (inputPositionAtCheckpoint: number, inputPosition: number) => number;
  /** Whether the archive's answer is the last state of this history. [revive-no-version-check, no-floor, text:closed-start] */
  readonly acceptsRevival: (
    closing: Closing | undefined,
    floor: number,
    answer: Pick<RevivalAnswer, 'archivedThrough' | 'found'>,
  ) => boolean;
  /** A live or remembered aggregate decides its queue itself; the archive's answer is not taken. [text:live-revival] */
  readonly liveDecidesItself: boolean;
  /** Whatever brings a closed aggregate back appends its snapshot first. [revive-no-base, text:memory-retry] */
  readonly baseBeforeLife: (from: 'archive' | 'memory') => boolean;
  /** An owner whose commands were trimmed reads its journal to the end before it alarms. [text:zombie-trim] */
  readonly looksBeforeAlarm: boolean;
}

export const faithful: Rules = {
  admit,
  samePast: (remembered, found) => found === remembered,
  placed: (base, expected) => (base === expected ? 'expected' : base > expected ? 'gap' : 'truncated'),
  stillOwner: (mine, folded) => folded.epoch === mine.epoch,
  keptAfterLoss: () => undefined,
  effectsAwaitAdmission: true,
  settledByAck: true,
  sendsInFlight: 1,
  isRepeat: (mark, highest) =>
    mark.index < highest.index || (mark.index === highest.index && mark.ordinal <= highest.ordinal),
  belongsHere: (home, partition) => home === partition,
  carries: { marks: true, closed: true, repeats: true, live: true },
  checkpointMayBeWritten: (effectsDone, highestIndexWhenCarried) => effectsDone >= highestIndexWhenCarried,
  writeParts: (writes) => {
    for (const write of writes) write();
  },
  readsFrom: (folded) => folded,
  commandsNeededFrom: (inputPositionAtCheckpoint) => inputPositionAtCheckpoint,
  acceptsRevival: (closing, floor, answer) =>
    closing === undefined
      ? answer.archivedThrough >= floor
      : answer.found?.startIndex === closing.startIndex && answer.found.version === closing.version,
  liveDecidesItself: true,
  baseBeforeLife: () => true,
  looksBeforeAlarm: true,
};
