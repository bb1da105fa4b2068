import { must, Violation } from './check/violation.ts';
import { gather, type Evidence } from './check/evidence.ts';
import { EffectsCheck } from './check/effects-check.ts';
import { historyOf, type Admitted } from './check/history.ts';
import { PartitionCheck } from './check/partition-check.ts';
import { checkRestores } from './check/restore-check.ts';
import type { Scene } from './scene.ts';

/** What an intact log must never make anybody say. */
const alarming = new Set([
  'JOURNAL_TRUNCATED',
  'COMMANDS_TRIMMED',
  'POINTER_ASTRAY',
  'PARTITION_COUNT',
  'FEATURE_LEVEL',
  'UNREADABLE_ENTRY',
  'QUARANTINED',
  'UNFOLDABLE',
  'RUNTIME_DEFECT',
]);

export interface Findings {
  readonly evidence: Evidence;
  readonly histories: readonly (readonly Admitted[])[];
  readonly checks: readonly PartitionCheck[];
}

export function nobodyHalted(scene: Scene): void {
  const alarm = scene.alarms.find((one) => alarming.has(one.code));
  must(!alarm, () => `${alarm?.process ?? ''} alarms ${alarm?.code ?? ''} on an intact log: ${alarm?.message ?? ''}`);
}

/** Reads all that is there and checks each partition by itself. */
export function examine(scene: Scene): Findings {
  const { world, evidence: installation } = scene;
  const evidence = gather(world, installation);
  const histories = evidence.journals.map((journal, partition) => historyOf(journal, `journal ${partition}`));
  const checks = histories.map((history, partition) => {
    const check = checkOf(scene, partition, evidence);
    for (const admitted of history) check.read(admitted);
    return check;
  });
  return { evidence, histories, checks };
}

function checkOf(scene: Scene, partition: number, evidence: Evidence): PartitionCheck {
  const { installation, domain, settings, weather } = scene;
  return new PartitionCheck(
    {
      partition,
      partitions: installation.partitions,
      domain,
      partitionOf: (id) => installation.partitionOf(id),
      closedWindowMs: settings.closedWindowMs,
      closedCount: settings.closedCount,
      skewMs: 2 * weather.skewMs,
    },
    evidence.commands[partition] ?? [],
  );
}

/** Steps through the calm part until nothing is left to do, or says what never gets done. */
export async function untilQuiet(scene: Scene, boundMs: number): Promise<Findings> {
  let ended = 'something is written all the time';
  for (let passed = 0, ends = ''; passed < boundMs; passed += lookEveryMs) {
    await scene.world.pass(lookEveryMs);
    nobodyHalted(scene);
    const before = ends;
    ends = endsOf(scene);
    if (ends !== before) continue;
    const findings = examine(scene);
    ended = unfinished(scene, findings);
    if (ended === '') return findings;
  }
  throw new Violation(`the calm does not end: ${ended}`);
}
const lookEveryMs = 500;

/** How far everything has been written: while that moves, looking closer is too early. */
function endsOf({ world, installation }: Scene): string {
  const { journal, commands } = installation.names;
  return [journal, commands].flatMap((topic) => world.partitions(topic).map((at) => world.offsets(at).end)).join();
}

function unfinished(scene: Scene, { histories, checks, evidence }: Findings): string {
  try {
    for (const check of checks) check.finished();
    checks.forEach((check, partition) => {
      const settled = histories[partition]?.at(-1)?.entry.effectsDone ?? -1;
      const last = check.owed.at(-1)?.entry.index ?? -1;
      must(settled >= last, () => `partition ${partition}: effects are settled up to ${settled}, owed up to ${last}`);
      for (const reader of [scene.readers[partition]?.follower, scene.archive[partition]?.follower]) {
        const end = evidence.journals[partition]?.length ?? 0;
        must(reader?.halted || reader?.position.offset === end, () => `partition ${partition}: a reader is behind`);
      }
    });
    return '';
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
}

/** All that can be said only at the end. */
export async function conclude(scene: Scene, { evidence, histories, checks }: Findings): Promise<void> {
  nobodyHalted(scene);
  histories.forEach((history, partition) => {
    for (const [name, reader] of readersOf(scene, partition)) {
      must(!reader.halted, () => `the ${name} of partition ${partition} halted on an intact log`);
      sameHistory(reader.admitted, history, `the ${name} of partition ${partition}`);
    }
  });
  const effects = new EffectsCheck(evidence, checks, (id) => scene.installation.partitionOf(id));
  await all([
    () => effects.check(),
    () => effects.checkReplies(histories),
    () => effects.checkDeadLetters(histories),
    ...checks.map((check, partition) => () => restores(scene, partition, check, { evidence, histories, checks })),
  ]);
}

/** Says everything that is broken, not only what is seen first. */
async function all(parts: readonly (() => Promise<void> | void)[]): Promise<void> {
  const broken: string[] = [];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      broken.push(error.message);
    }
  }
  if (broken.length > 0) throw new Violation(broken.join('\n'));
}

/** Every way to restore a partition leads to the same state. */
async function restores(
  scene: Scene,
  partition: number,
  check: PartitionCheck,
  { evidence, histories }: Findings,
): Promise<void> {
  const { world, evidence: installation, domain, rules, settings } = scene;
  await checkRestores({
    partition,
    check,
    freshCheck: () => checkOf(scene, partition, evidence),
    history: histories[partition] ?? [],
    journal: world.everything({ topic: installation.names.journal, partition }),
    ports: {
      domain: domain,
      codec: installation.codec,
      topics: installation.topics,
      rules,
      clock: world.process('checker').clock,
      settings: { ...settings, partitions: installation.partitions },
    },
    stopsAnywhere: (way) => (way + partition) % 3 === 0,
  });
}

/** Whether every reader has come to the end of its journal, or has halted. */
export function readersHaveRead(scene: Scene): boolean {
  const { journal: topic } = scene.installation.names;
  return scene.readers.every((_, partition) =>
    readersOf(scene, partition).every(
      ([, { halted, position }]) => halted || position >= scene.world.offsets({ topic, partition }).end,
    ),
  );
}

/** After a truncation: whoever goes on must hold the history that a fresh reader finds. */
export function nobodyWentOnSilently(scene: Scene): number {
  const { journals } = gather(scene.world, scene.installation);
  let halted = 0;
  journals.forEach((journal, partition) => {
    const history = historyLeniently(journal);
    for (const [name, { admitted, halted: isHalted, position }] of readersOf(scene, partition)) {
      const who = `truncated: the ${name} of partition ${partition}`;
      if (isHalted) {
        halted++;
        continue;
      }
      must(position >= journal.length, () => `${who} neither halts nor goes on`);
      sameHistory(admitted, history, who, writtenAs);
    }
  });
  return halted;
}

function readersOf(scene: Scene, partition: number) {
  const archive = scene.archive[partition]!;
  const plain = scene.readers[partition]!;
  return (
    [
      ['archive', archive],
      ['reader', plain],
    ] as const
  ).map(
    ([name, { follower, admitted }]) =>
      [name, { admitted, halted: follower.halted, position: follower.position.offset }] as const,
  );
}

function sameHistory(
  read: readonly Pick<Admitted, 'offset' | 'entry'>[],
  history: readonly Pick<Admitted, 'offset' | 'entry'>[],
  who: string,
  placeOf: (one: Pick<Admitted, 'offset' | 'entry'>) => string = ({ offset }) => `offset ${offset}`,
): void {
  must(read.length === history.length, () => `${who} has ${read.length} entries, the journal ${history.length}`);
  read.forEach((one, i) => {
    const due = history[i];
    must(
      due && placeOf(one) === placeOf(due),
      () => `${who} admitted ${placeOf(one)}, entry ${i} is at ${due ? placeOf(due) : 'no place'}`,
    );
  });
}

/** A second copy of a batch may stand where a cut log has lost the first: the same entries at other offsets. */
const writtenAs = ({ entry }: Pick<Admitted, 'entry'>): string => `epoch ${entry.epoch} index ${entry.index}`;

/** A fresh reader of a log that may have been cut stops where an intact one could not have gone on. */
function historyLeniently(journal: Evidence['journals'][number]): readonly Admitted[] {
  for (let end = journal.length; end > 0; end--) {
    try {
      return historyOf(journal.slice(0, end), '');
    } catch {
      continue;
    }
  }
  return [];
}
