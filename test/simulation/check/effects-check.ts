import type { AggregateId, CommandEnvelope, Mark } from '@partitura/model';
import type { CommandLine, Evidence } from './evidence.ts';
import type { Admitted } from './history.ts';
import type { Owed, PartitionCheck } from './partition-check.ts';
import { must } from './violation.ts';

interface Sent {
  readonly to: number;
  readonly envelope: CommandEnvelope;
}

const keyOf = (mark: Mark): string => `${mark.partition}:${mark.index}.${mark.ordinal}`;

/**
 * Effects are exactly those of admitted entries: none of another entry, none forgotten, each command applied once
 * where it belongs.
 */
export class EffectsCheck {
  readonly #evidence: Evidence;
  readonly #checks: readonly PartitionCheck[];
  readonly #partitionOf: (id: AggregateId) => number;
  readonly #sent = new Map<string, Sent[]>();
  readonly #owedCommands = new Set<string>();

  constructor(evidence: Evidence, checks: readonly PartitionCheck[], partitionOf: (id: AggregateId) => number) {
    this.#evidence = evidence;
    this.#checks = checks;
    this.#partitionOf = partitionOf;
    evidence.commands.forEach((lines, to) => lines.forEach((line) => this.#note(line, to)));
  }

  check(): void {
    const tasks = new Map(this.#evidence.tasks.map((task) => [`${task.taskId}/${task.dispatch}`, task]));
    const owedTasks = new Set<string>();
    this.#checks.forEach((check, partition) => {
      for (const owed of check.owed) {
        this.#commandsOf(owed, partition);
        for (const effect of owed.effects) {
          if (effect.kind === 'DispatchTask') {
            const key = `${effect.task.taskId}/${effect.task.dispatch}`;
            must(tasks.has(key), () => `the hand-over ${key} of ${this.#name(owed, partition)} was lost`);
            owedTasks.add(key);
          } else if (effect.kind === 'BroadcastDefinition') {
            const { name, revision } = effect.definition;
            const told = this.#evidence.definitions.some((one) => one.name === name && one.revision === revision);
            must(told, () => `the broadcast of ${this.#name(owed, partition)} was lost`);
          }
        }
      }
    });
    for (const [key, task] of tasks) {
      must(
        owedTasks.has(key) || this.#isRevival(task.taskType),
        () => `the task ${key} was handed over and never owed`,
      );
    }
    for (const [key, sent] of this.#sent) {
      must(
        this.#owedCommands.has(key),
        () => `the command ${key} (${sent[0]?.envelope.body.type ?? ''}) is of no admitted entry`,
      );
    }
    this.#broadcasts();
  }

  /** Answers name a decision that stands where they say, and say what it says. */
  checkReplies(histories: readonly (readonly Admitted[])[]): void {
    const byOffset = histories.map((history) => new Map(history.map((admitted) => [admitted.offset, admitted.entry])));
    for (const { partition, offset, outcome } of this.#evidence.replies) {
      const entry = byOffset[partition]?.get(offset);
      must(
        entry?.kind === 'decision',
        () => `a reply names partition ${partition}, offset ${offset}: no decision stands there`,
      );
      const same = outcome.kind === entry.outcome.kind;
      must(
        same,
        () => `a reply says ${outcome.kind}, entry ${entry.index} of partition ${partition} ${entry.outcome.kind}`,
      );
    }
  }

  checkDeadLetters(histories: readonly (readonly Admitted[])[]): void {
    const written = new Set(this.#evidence.deadLetters.map((letter) => `${letter.partition}/${letter.offset}`));
    const owed = new Set<string>();
    histories.forEach((history, partition) => {
      for (const { entry } of history) {
        if (entry.kind !== 'decision' || entry.outcome.kind !== 'deadLettered') continue;
        must(
          entry.cause.kind === 'command',
          () => `partition ${partition}, entry ${entry.index}: a dead letter of no command`,
        );
        const key = `${partition}/${entry.cause.offset}`;
        owed.add(key);
        must(written.has(key), () => `the dead letter of command ${key} was lost`);
      }
    });
    for (const key of written) must(owed.has(key), () => `command ${key} became a dead letter without an entry`);
  }

  #note({ envelope }: CommandLine, to: number): void {
    if (!envelope?.mark) return;
    const key = keyOf(envelope.mark);
    const sent = this.#sent.get(key);
    if (sent) sent.push({ to, envelope });
    else this.#sent.set(key, [{ to, envelope }]);
  }

  #commandsOf(owed: Owed, partition: number): void {
    let ordinal = 0;
    for (const effect of owed.effects) {
      if (effect.kind !== 'SendCommand') continue;
      const key = keyOf({ partition, index: owed.entry.index, ordinal: ordinal++ });
      const name = `${effect.command.type} to ${effect.to} (${key})`;
      const sent = this.#sent.get(key);
      must(sent, () => `the command ${name} of ${this.#name(owed, partition)} was lost`);
      this.#owedCommands.add(key);
      const home = this.#partitionOf(effect.to);
      for (const { to, envelope } of sent) {
        const right = to === home && envelope.aggregate === effect.to && envelope.body.type === effect.command.type;
        must(
          right,
          () => `the command ${name} was sent as ${envelope.body.type} to ${envelope.aggregate} in partition ${to}`,
        );
      }
      const times = this.#checks[home]?.applied.get(key) ?? 0;
      must(times === 1, () => `the command ${name} was applied ${times} times`);
    }
  }

  /** A broadcast shows a state that its aggregate really had. */
  #broadcasts(): void {
    const seen = new Map<string, string>();
    for (const { name, revision, body } of this.#evidence.definitions) {
      const key = `${name}@${revision}`;
      const text = JSON.stringify(body.value);
      must((seen.get(key) ?? text) === text, () => `${key} was broadcast as ${text} and as ${seen.get(key) ?? ''}`);
      seen.set(key, text);
    }
  }

  #isRevival(taskType: string): boolean {
    return taskType === 'revival';
  }
  #name(owed: Owed, partition: number): string {
    return `partition ${partition}, entry ${owed.entry.index}`;
  }
}
