import {
  commandId,
  type AggregateId,
  type CommandEnvelope,
  type Decided,
  type Decider,
  type Command,
  type DomainEvent,
  type Payload,
  type RevivalAnswer,
} from '@partitura/model';
import { taskCodec } from '@partitura/wire';
import { refold, type Refolded, type Rules } from '@partitura/journal';
import { smallSettings } from './decider-process.ts';
import type { ToyState } from './domain/toy-domain.ts';
import { JournalFollower, type AdmittedAt } from './journal-follower.ts';
import { revivalQueue, type Installation } from './installation.ts';

/** One partition of the archive: what a projector has applied of the journal, the last history of each id. */
export class ArchivePartition {
  readonly follower: JournalFollower;
  readonly admitted: AdmittedAt[] = [];
  readonly #domain: Decider<ToyState, Command, DomainEvent>;
  readonly #definitions = new Map<string, Payload>();
  readonly #histories = new Map<AggregateId, Decided[]>();

  constructor(
    installation: Installation,
    partition: number,
    rules: Rules,
    domain: Decider<ToyState, Command, DomainEvent>,
  ) {
    this.#domain = domain;
    this.follower = new JournalFollower(installation, partition, rules, 'follow', (admitted) => this.#apply(admitted));
  }

  /** First journal index that was not applied yet. */
  get appliedThrough(): number {
    return this.follower.position.admission.next;
  }
  /** The last history of an id, as far as it was applied. */
  last(id: AggregateId): Refolded | undefined {
    return refold(this.#domain, smallSettings, this.#histories.get(id) ?? [], (hash) => this.#definitions.get(hash));
  }
  ids(): readonly AggregateId[] {
    return [...this.#histories.keys()];
  }

  #apply(at: AdmittedAt): void {
    this.admitted.push(at);
    const { entry } = at;
    if (entry.kind !== 'decision' || entry.events.length === 0) return;
    for (const event of entry.events) {
      if ((event.type === 'WorkflowStarted' || event.type === 'WorkflowRestarted') && event.definition)
        this.#definitions.set(event.definitionHash, event.definition);
    }
    if (entry.version === 1) this.#histories.set(entry.aggregate, [entry]);
    else this.#histories.get(entry.aggregate)?.push(entry);
  }
}

/** Answers revival tasks from the archive, in parts, as often as it is asked. */
export class RevivalWorker {
  readonly #installation: Installation;
  readonly #archive: readonly ArchivePartition[];
  readonly #partBytes: () => number;
  #answers = 0;

  constructor(installation: Installation, archive: readonly ArchivePartition[], partBytes: () => number) {
    this.#installation = installation;
    this.#archive = archive;
    this.#partBytes = partBytes;
  }

  /** The commands that answer one task record; sent by the caller, in whatever order and number the world allows. */
  answer(value: Uint8Array): readonly CommandEnvelope[] {
    const task = taskCodec.decode(value);
    const { request, partition } = task.input.object as { request: number; partition: number };
    const archive = this.#archive[partition];
    const aggregate = task.workflowId;
    const last = archive?.last(aggregate);
    const bytes = last?.body ?? new Uint8Array();
    const size = Math.max(1, Math.min(bytes.length, this.#partBytes()));
    const parts = Math.max(1, Math.ceil(bytes.length / size));
    const found = last && { startIndex: last.startIndex, version: last.version, stateVersion: last.stateVersion };
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
