import type { Admission, Rules } from '@partitura/journal';
import type { JournalRecord } from '@partitura/model';
import { faithful } from '@partitura/journal';
import { namedIdentity, startlessIdentity, type Identity } from './domain/identity.ts';
import type { Weather } from './weather.ts';

/** One rule taken away. */
export interface Mutant {
  /** What the product would do then. */
  readonly breaks: string;
  readonly rules?: Partial<Rules>;
  readonly identity?: Identity;
  /** Weather in which the rule is needed soonest. */
  readonly weather?: Partial<Weather>;
}

const readsOnly =
  (holds: (state: Admission, record: Extract<JournalRecord, { index: number }>) => boolean): Rules['admit'] =>
  (state, record, offset) => {
    if (record.kind === 'claim') return faithful.admit(state, record, offset);
    if (!holds(state, record)) return 'skip';
    state.next = record.index + 1;
    return 'admit';
  };

/** Tokens ever seen travel with the state, as a reader's memory would. */
const rememberOldTokens: Rules['admit'] = (state, record, offset) => {
  const memory = state as Admission & { old?: readonly string[] };
  if (record.kind === 'claim') {
    if (memory.old?.includes(record.token)) return 'skip';
    memory.old = [...(memory.old ?? []), record.token];
  }
  return faithful.admit(state, record, offset);
};

const carries = faithful.carries;

/** The mutants of the protocol's model, by its names. */
export const mutants: Readonly<Record<string, Mutant>> = {
  'no-continuity-check': {
    breaks: 'an ack counts as admission whatever its base offset',
    rules: { placed: () => 'expected' },
  },
  'no-epoch-check': {
    breaks: 'readers admit by index alone',
    rules: { admit: readsOnly((state, record) => record.index === state.next) },
  },
  'no-index-check': {
    breaks: 'readers admit by epoch alone',
    rules: { admit: readsOnly((state, record) => record.epoch === state.epoch) },
  },
  'effects-before-ack': {
    breaks: 'effects leave when decided, not when admitted',
    rules: { effectsAwaitAdmission: false },
  },
  'no-source-marks': {
    breaks: 'the receiver does not look at (source, index, ordinal)',
    rules: { isRepeat: () => false },
  },
  'marks-without-ordinal': {
    breaks: 'the receiver compares the entry index alone',
    rules: { isRepeat: (mark, highest) => mark.index <= highest.index },
  },
  'marks-not-carried': {
    breaks: 'the checkpoint leaves the source marks out',
    rules: { carries: { ...carries, marks: false } },
  },
  'unordered-sends': {
    breaks: 'several sends in flight per source partition',
    rules: { sendsInFlight: 8 },
  },
  'done-at-send': {
    breaks: 'effectsDone moves when an effect is sent, not when it is acked',
    rules: { settledByAck: false },
  },
  'checkpoint-no-wait': {
    breaks: 'the checkpoint does not wait for effectsDone',
    rules: { checkpointMayBeWritten: () => true },
  },
  'no-carry-forward': {
    breaks: 'the checkpoint does not re-append live aggregates',
    rules: { carries: { ...carries, live: false } },
  },
  'dedup-not-carried': {
    breaks: 'snapshots leave the remembered outside command ids out',
    rules: { carries: { ...carries, repeats: false } },
  },
  'closed-not-carried': {
    breaks: 'the checkpoint leaves the closed set out',
    rules: { carries: { ...carries, closed: false } },
  },
  'revive-no-version-check': {
    breaks: 'a revival is accepted whatever version it brings',
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing !== undefined || faithful.acceptsRevival(closing, floor, answer),
    },
  },
  'no-floor': {
    breaks: 'a revival of an id absent from the closed set is accepted whatever the archive had applied',
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing === undefined || faithful.acceptsRevival(closing, floor, answer),
    },
  },
  'revive-no-base': {
    breaks: 'a revival appends no snapshot before its decision',
    rules: { baseBeforeLife: (from) => from === 'memory' },
  },
  'no-forward': {
    breaks: 'an owner applies commands whose aggregate lives elsewhere',
    rules: { belongsHere: () => true },
  },
  'ids-from-names': {
    breaks: 'child and task ids derive from names, not from entry versions',
    identity: namedIdentity,
  },
  'no-halt': {
    breaks: 'an impossible entry or position is skipped, not an alarm',
    rules: {
      admit: (state, record, offset) => {
        const verdict = faithful.admit(state, record, offset);
        return verdict === 'halt' ? 'skip' : verdict;
      },
      samePast: () => true,
      placed: (base, expected) => (base > expected ? 'gap' : 'expected'),
    },
    weather: { truncates: true },
  },
  'keep-state-when-superseded': {
    breaks: 'a superseded owner claims again on its old state',
    rules: { keptAfterLoss: (state) => state },
  },
  'remember-old-tokens': {
    breaks: 'readers skip claims of every token they have seen, not only of the current one',
    rules: { admit: rememberOldTokens },
  },
  'trim-too-far': {
    breaks: 'commands are trimmed at what was decided, not at what a checkpoint covers',
    rules: { commandsNeededFrom: (_, inputPosition) => inputPosition },
  },
  'text:child-ids': {
    breaks: 'ids from (workflow id, version, ordinal) without the index of the start',
    identity: startlessIdentity,
  },
  'text:closed-start': {
    breaks: 'closed set holds id -> version without the index of the start',
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing === undefined
          ? faithful.acceptsRevival(closing, floor, answer)
          : answer.found?.version === closing.version,
    },
  },
  'text:live-revival': {
    breaks: 'the acceptance rule of a revival is applied although the aggregate is live',
    rules: { liveDecidesItself: false },
  },
  'text:memory-retry': {
    breaks: 'a retry of a closed aggregate still in memory writes no base',
    rules: { baseBeforeLife: (from) => from === 'archive' },
  },
  'text:gap': {
    breaks: 'own entries admitted through any copy: go on, even if a claim stands in the gap',
    rules: { stillOwner: () => true },
  },
  'text:gap-token': {
    breaks: 'after a gap only the token is compared, not the epoch',
    rules: { stillOwner: (mine, folded) => mine.token === folded.token },
  },
  'text:zombie-trim': {
    breaks:
      'an input position below the log start is an alarm at once, also for an owner that was superseded unknowingly',
    rules: { looksBeforeAlarm: false },
  },
  'text:truncation': {
    breaks: 'readers do not compare the append time of the record before their position',
    rules: { samePast: () => true },
    weather: { truncates: true },
  },
};
