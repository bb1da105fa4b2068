import {
  commandId,
  type AggregateId,
  type CommandEnvelope,
  type Decider,
  type Command,
  type DomainEvent,
  type RevivalAnswer,
} from '@partitura/model';
import { taskCodec } from '@partitura/wire';
import type { Rules } from '@partitura/journal';
import type { ToyState } from './domain/toy-domain.ts';
import { JournalFollower, type AdmittedAt } from './journal-follower.ts';
import { revivalQueue, type Installation } from './installation.ts';

interface Row {
  readonly startIndex: number;
  readonly version: number;
  readonly state: ToyState;
}

/** One partition of the archive: what a projector has applied of the journal, the last history of each id. */
export class ArchivePartition {
  readonly follower: JournalFollower;
  readonly admitted: AdmittedAt[] = [];
  readonly #domain: Decider<ToyState, Command, DomainEvent>;
  readonly #rows = new Map<AggregateId, Row>();

  constructor(
    installation: Installation,
    partition: number,
    rules: Rules,
    domain: Decider<ToyState, Command, DomainEvent>,
  ) {
    this.#domain = domain;
    this.follower = new JournalFollower(installation, partition, rules, (admitted) => this.#apply(admitted));
  }

  /** First journal index that was not applied yet. */
  get appliedThrough(): number {
    return this.follower.position.admission.next;
  }
  row(id: AggregateId): Row | undefined {
    return this.#rows.get(id);
  }
  ids(): readonly AggregateId[] {
    return [...this.#rows.keys()];
  }

  #apply(at: AdmittedAt): void {
    this.admitted.push(at);
    const { entry } = at;
    if (entry.kind !== 'decision' || entry.events.length === 0) return;
    const before = entry.version === 1 ? undefined : this.#rows.get(entry.aggregate);
    const startIndex = before?.startIndex ?? entry.index;
    const meta = { aggregate: entry.aggregate, startIndex, index: entry.index, version: entry.version, at: entry.at };
    let state = before?.state ?? this.#domain.initial;
    for (const event of entry.events) state = this.#domain.evolve(state, event, meta);
    this.#rows.set(entry.aggregate, { startIndex, version: entry.version, state });
  }
}

/** Answers revival tasks from the archive, in parts, as often as it is asked. */
export class RevivalWorker {
  readonly #installation: Installation;
  readonly #archive: readonly ArchivePartition[];
  readonly #domain: Decider<ToyState, Command, DomainEvent>;
  readonly #partBytes: () => number;
  #answers = 0;

  constructor(
    installation: Installation,
    archive: readonly ArchivePartition[],
    domain: Decider<ToyState, Command, DomainEvent>,
    partBytes: () => number,
  ) {
    this.#installation = installation;
    this.#archive = archive;
    this.#domain = domain;
    this.#partBytes = partBytes;
  }

  /** The commands that answer one task record; sent by the caller, in whatever order and number the world allows. */
  answer(value: Uint8Array): readonly CommandEnvelope[] {
    const task = taskCodec.decode(value);
    const { request, partition } = task.input.object as { request: number; partition: number };
    const archive = this.#archive[partition];
    const aggregate = task.workflowId;
    const row = archive?.row(aggregate);
    const bytes = row ? this.#domain.encodeState(row.state) : new Uint8Array();
    const size = Math.max(1, Math.min(bytes.length, this.#partBytes()));
    const parts = Math.max(1, Math.ceil(bytes.length / size));
    const found = row && { startIndex: row.startIndex, version: row.version, stateVersion: this.#domain.stateVersion };
    return Array.from({ length: parts }, (_, part): CommandEnvelope => {
      const body: RevivalAnswer = {
        type: 'RevivalAnswer',
        request,
        part,
        parts,
        archivedThrough: archive?.appliedThrough ?? 0,
        ...(found ? { found } : {}),
        state: bytes.slice(part * size, (part + 1) * size),
      };
      return { commandId: commandId(`answer-${this.#answers++}`), aggregate, sentAt: 0, body };
    });
  }

  get queueTopic(): string {
    return this.#installation.topics.taskTopic(revivalQueue).topic;
  }
}
