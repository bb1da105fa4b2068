import { faithful, type Admission, type JournalSettings, type Rules } from '@partitura/journal';
import type { JournalRecord } from '@partitura/model';
import { historyOf } from './check/history.ts';
import { gather } from './check/evidence.ts';
import { namedIdentity, startlessIdentity, type Identity } from './domain/identity.ts';
import { deciderGroup } from './installation.ts';
import {
  answerAfterRestart,
  archiveKnowsTheFirstLife,
  lateCopyOfTheOwnClaim,
  windless,
  type Story,
} from './stories.ts';
import type { Scene } from './scene.ts';
import type { Weather } from './weather.ts';

/** One rule taken away. */
export interface Mutant {
  /** What the product would do then. */
  readonly breaks: string;
  /** What the checker says, when it is this mutant that it has caught and not an accident of planting it. */
  readonly caughtBy: RegExp;
  readonly rules?: Partial<Rules> | ((scene: () => Scene) => Partial<Rules>);
  readonly identity?: Identity;
  /** Weather and bounds in which the rule is needed soonest. */
  readonly weather?: Partial<Weather>;
  readonly settings?: Partial<JournalSettings>;
  /** Instead of a storm. */
  readonly story?: Story;
  /** Where the search for a seed begins. */
  readonly from?: number;
}

const admitWhere =
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

/** The highest entry up to `index` of an aggregate that is live: all that the text's first reading waits for. */
function lastOfLive({ world, evidence }: Scene, partition: number, index: number): number {
  const journal = gather(world, evidence).journals[partition] ?? [];
  const last = new Map<string, number>();
  for (const { entry } of historyOf(journal, '')) {
    if (entry.kind !== 'decision' || entry.events.length === 0 || entry.index > index) continue;
    if (entry.events.some((event) => event.type === 'WorkflowEnded')) last.delete(entry.aggregate);
    else last.set(entry.aggregate, entry.index);
  }
  return Math.max(-1, ...last.values());
}

const { carries } = faithful;
const mishaps = { kill: 0, killAtCall: 0, freeze: 0, cutGroups: 0, cutLog: 0, shuffle: 0, killReader: 0 };
/** Ids are forgotten soon, and the archive lags far behind. */
const forgetful = { closedCount: 2, closedWindowMs: 600, closedMemoryMs: 100, closedMemoryCount: 1 };
const lazyArchive = { mishaps: { ...mishaps, kill: 0.2, killReader: 2 }, readerAwayMs: 2_500 };

/** The mutants of the protocol's model, by its names. */
export const mutants: Readonly<Record<string, Mutant>> = {
  'no-continuity-check': {
    breaks: 'an ack counts as admission whatever its base offset',
    caughtBy: /of no admitted entry|never owed|no decision stands there/,
    rules: { placed: () => 'expected' },
  },
  'no-epoch-check': {
    breaks: 'readers admit by index alone',
    from: 5,
    caughtBy: /admitted offset|has \d+ entries|index \d+ where/,
    rules: { admit: admitWhere((state, record) => record.index === state.next) },
  },
  'no-index-check': {
    breaks: 'readers admit by epoch alone',
    caughtBy: /admitted offset|has \d+ entries|POINTER_ASTRAY|consumed command/,
    rules: { admit: admitWhere((state, record) => record.epoch === state.epoch) },
  },
  'effects-before-ack': {
    breaks: 'effects leave when decided, not when admitted',
    from: 5,
    caughtBy: /of no admitted entry|never owed/,
    rules: { effectsAwaitAdmission: false },
  },
  'no-source-marks': {
    breaks: 'the receiver does not look at (source, index, ordinal)',
    caughtBy: /applies a command of partition \d+ again|was applied [2-9] times/,
    rules: { isRepeat: () => false },
  },
  'marks-without-ordinal': {
    breaks: 'the receiver compares the entry index alone',
    caughtBy: /was applied 0 times/,
    rules: { isRepeat: (mark, highest) => mark.index <= highest.index },
  },
  'marks-not-carried': {
    breaks: 'the checkpoint leaves the source marks out',
    caughtBy: /the marks is|applies a command of partition \d+ again/,
    rules: { carries: { ...carries, marks: false } },
  },
  'unordered-sends': {
    breaks: 'several sends in flight per source partition',
    from: 4,
    caughtBy: /was applied 0 times/,
    rules: { sendsInFlight: 8 },
  },
  'done-at-send': {
    breaks: 'effectsDone moves when an effect is sent, not when it is acked',
    from: 7,
    caughtBy: /was lost/,
    rules: { settledByAck: false },
  },
  'checkpoint-no-wait': {
    breaks: 'the checkpoint does not wait for effectsDone',
    caughtBy: /was lost|are forgotten/,
    rules: { checkpointMayBeWritten: () => true },
  },
  'no-carry-forward': {
    breaks: 'the checkpoint does not re-append live aggregates',
    caughtBy: /what is live is|the closed set is|forks|never ends/,
    rules: { carries: { ...carries, live: false } },
  },
  'dedup-not-carried': {
    breaks: 'snapshots leave the remembered outside command ids out',
    caughtBy: /"seen":|applies the outside command/,
    rules: { carries: { ...carries, repeats: false } },
  },
  'closed-not-carried': {
    breaks: 'the checkpoint leaves the closed set out',
    caughtBy: /the closed set is|ended a short while ago/,
    rules: { carries: { ...carries, closed: false } },
  },
  'revive-no-version-check': {
    breaks: 'a revival is accepted whatever version it brings',
    caughtBy: /shows \S+ at version|forks/,
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing !== undefined || faithful.acceptsRevival(closing, floor, answer),
    },
    weather: lazyArchive,
    settings: { closedMemoryMs: 50, closedMemoryCount: 1 },
  },
  'no-floor': {
    breaks: 'a revival of an id absent from the closed set is accepted whatever the archive had applied',
    caughtBy: /shows \S+ at version|forks/,
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing === undefined || faithful.acceptsRevival(closing, floor, answer),
    },
    weather: lazyArchive,
    settings: forgetful,
  },
  'revive-no-base': {
    breaks: 'a revival appends no snapshot before its decision',
    caughtBy: /decides Workflow(Retried|Restarted|Rerun) on closed/,
    rules: { baseBeforeLife: (from) => from === 'memory' },
  },
  'no-forward': {
    breaks: 'an owner applies commands whose aggregate lives elsewhere',
    caughtBy: /decides for partition elsewhere/,
    rules: { belongsHere: () => true },
  },
  'ids-from-names': {
    breaks: 'child and task ids derive from names, not from entry versions',
    caughtBy: /uses the id \S+ again/,
    identity: namedIdentity,
  },
  'no-halt': {
    breaks: 'an impossible entry or position is skipped, not an alarm',
    caughtBy: /^truncated: /,
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
  'positions-not-from-fold': {
    breaks: 'the input position comes from a committed group offset',
    from: 6,
    caughtBy: /consumed command/,
    rules: (scene) => ({
      readsFrom: (_, partition) => {
        const { world, installation } = scene();
        return world.committed(deciderGroup, { topic: installation.names.commands, partition });
      },
    }),
  },
  'keep-state-when-superseded': {
    breaks: 'a superseded owner claims again on its old state',
    from: 4,
    caughtBy: /shows \S+ at version|consumed command|forks|what is live is|index \d+ where|goes back in time/,
    rules: { keptAfterLoss: (state) => state },
    weather: { mishaps: { ...mishaps, shuffle: 2, cutGroups: 1, freeze: 1 }, mishapMs: 250 },
  },
  'remember-old-tokens': {
    breaks: 'readers skip claims of every token they have seen, not only of the current one',
    caughtBy: /index \d+ where|admitted offset|has \d+ entries|JOURNAL_TRUNCATED|the next index is/,
    rules: { admit: rememberOldTokens },
    weather: { mishaps: { ...mishaps, shuffle: 2, kill: 1 }, mishapMs: 250 },
  },
  'trim-too-far': {
    breaks: 'commands are trimmed at what was decided, not at what a checkpoint covers',
    from: 73,
    caughtBy: /COMMANDS_TRIMMED/,
    rules: { commandsNeededFrom: (_, inputPosition) => inputPosition },
  },
  'text:checkpoint-wait': {
    breaks: 'wait only for entries of aggregates live at X (entries before X of others are not waited for)',
    from: 6,
    caughtBy: /was lost|are forgotten/,
    rules: (scene) => ({
      checkpointMayBeWritten: (done, highest, partition) => done >= lastOfLive(scene(), partition, highest),
    }),
  },
  'text:child-ids': {
    breaks: 'ids from (workflow id, version, ordinal) without the index of the start',
    from: 6,
    caughtBy: /uses the id \S+ again/,
    identity: startlessIdentity,
  },
  'text:closed-start': {
    breaks: 'closed set holds id -> version without the index of the start',
    caughtBy: /the closed set is|what is live is|shows \S+ at version/,
    rules: {
      acceptsRevival: (closing, floor, answer) =>
        closing === undefined
          ? faithful.acceptsRevival(closing, floor, answer)
          : answer.found?.version === closing.version,
    },
    weather: windless,
    settings: { closedCount: 1, closedMemoryMs: 50, closedMemoryCount: 1 },
    story: archiveKnowsTheFirstLife,
  },
  'text:live-revival': {
    breaks: 'the acceptance rule of a revival is applied although the aggregate is live',
    caughtBy: /revives \S+, which lives|forks/,
    rules: { liveDecidesItself: false },
    weather: windless,
    settings: forgetful,
    story: answerAfterRestart,
  },
  'text:memory-retry': {
    breaks: 'a retry of a closed aggregate still in memory writes no base',
    caughtBy: /decides Workflow(Retried|Restarted|Rerun) on closed/,
    rules: { baseBeforeLife: (from) => from === 'archive' },
  },
  'text:split-snapshot': {
    breaks: 'decisions may fall between the parts of one snapshot',
    caughtBy: /what is live is|Damaged|never lived/,
    rules: {
      writeParts: (writes, why, later) => {
        const together = why === 'revival' ? writes.length : 1;
        for (const write of writes.slice(0, together)) write();
        writes.slice(together).forEach(later);
      },
    },
  },
  'text:gap': {
    breaks: 'own entries admitted through any copy: go on, even if a claim stands in the gap',
    from: 8,
    caughtBy: /of no admitted entry|never owed|no decision stands there/,
    rules: { stillOwner: () => true },
  },
  'text:gap-token': {
    breaks: 'after a gap only the token is compared, not the epoch',
    caughtBy: /of no admitted entry|never owed|no decision stands there/,
    weather: { ...windless, processes: 2 },
    story: lateCopyOfTheOwnClaim,
    rules: { stillOwner: (mine, folded) => mine.token === folded.token },
  },
  'text:zombie-trim': {
    breaks:
      'an input position below the log start is an alarm at once, also for an owner that was superseded unknowingly',
    caughtBy: /COMMANDS_TRIMMED/,
    rules: { looksBeforeAlarm: false },
    weather: { mishaps: { ...mishaps, freeze: 1 }, frozenMs: 4_000, clientMs: 60, stormMs: 20_000 },
  },
  'text:truncation': {
    breaks: 'readers do not compare the append time of the record before their position',
    from: 16,
    caughtBy: /^truncated: /,
    rules: { samePast: () => true },
    weather: { truncates: true, mishaps: { ...mishaps, shuffle: 2, kill: 1 }, mishapMs: 200, clientMs: 60 },
  },
};
