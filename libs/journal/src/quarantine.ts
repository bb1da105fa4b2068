import type { StoredRecord } from '@partitura/log';
import { rejection, type AggregateId, type Cause, type Rejection, type ReplyAddress } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import { EntryTooLarge, type Draft, type Entries } from './entries.ts';
import { Halt, reasonOf } from './failures.ts';
import type { Contexts, Incoming } from './incoming.ts';
import type { Outcomes } from './outcomes.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts } from './ports.ts';

export const quarantined = (reason: string): Rejection =>
  rejection('WORKFLOW_QUARANTINED', `a defect stopped this workflow: ${reason}`);

/**
 * What happens when deciding throws: nothing of that decision was written, one aggregate is set aside for everybody to
 * see, and the partition goes on. A throw is a function of its input, so nothing is tried twice.
 */
export class Quarantine {
  readonly #ports: JournalPorts;
  readonly #partition: number;
  readonly #state: PartitionState;
  readonly #entries: Entries;
  readonly #contexts: Contexts;
  readonly #outcomes: Outcomes;

  constructor(
    ports: JournalPorts,
    partition: number,
    state: PartitionState,
    work: { entries: Entries; contexts: Contexts; outcomes: Outcomes },
  ) {
    this.#ports = ports;
    this.#partition = partition;
    this.#state = state;
    this.#entries = work.entries;
    this.#contexts = work.contexts;
    this.#outcomes = work.outcomes;
  }

  /** Deciding a command threw; `record` is what was read, if it was read just now. Writes the command's one entry. */
  command(incoming: Incoming, error: unknown, record?: StoredRecord): void {
    if (error instanceof Halt) throw error;
    const { envelope, cause } = incoming;
    const { aggregate: id, mark, replyTo, body } = envelope;
    const live = this.#state.live.get(id);
    const version = live?.version ?? 0;
    if (error instanceof EntryTooLarge && mark === undefined) {
      this.#outcomes.rejected(incoming, version, rejection('TOO_LARGE', error.message));
      return;
    }
    this.#alarm(id, body.type, error);
    const reason = reasonOf(error);
    if (live !== undefined && version > 0 && this.#record(live, reason, cause, { ...(replyTo && { replyTo }) })) return;
    if (record === undefined) this.#outcomes.rejected(incoming, version, quarantined(reason));
    else this.#outcomes.deadLettered(record, reason, envelope);
  }

  /** Deciding what the owner itself said threw. */
  signal(aggregate: Aggregate, what: string, error: unknown, admitted: (() => void) | undefined): boolean {
    if (error instanceof Halt) throw error;
    this.#alarm(aggregate.id, what, error);
    const reason = reasonOf(error);
    if (this.#record(aggregate, reason, { kind: 'owner' }, { ...(admitted && { admitted }) })) return true;
    aggregate.broken = reason;
    return false;
  }

  /** The aggregate records the defect in its own history. False when it cannot even do that. */
  #record(
    aggregate: Aggregate,
    reason: string,
    cause: Cause,
    rest: { readonly replyTo?: ReplyAddress; readonly admitted?: () => void },
  ): boolean {
    const { id, version, state: before, startIndex } = aggregate;
    try {
      const signal = { type: 'Quarantine' as const, reason };
      const decision = this.#ports.domain.decide(before, signal, this.#contexts.of(aggregate));
      if (decision.kind !== 'accepted' || decision.events.length === 0) return false;
      const outcome = { kind: 'rejected' as const, ...quarantined(reason) };
      const draft: Draft = { aggregate: id, version: version + 1, cause, outcome, events: decision.events, ...rest };
      this.#entries.decision(draft, { before, after: decision.state, between: decision.states, startIndex });
      return true;
    } catch (error) {
      if (error instanceof Halt) throw error;
      this.#alarm(id, 'Quarantine', error);
      return false;
    }
  }

  #alarm(id: AggregateId, what: string, cause: unknown): void {
    const message = `deciding ${what} for ${id} failed: ${reasonOf(cause)}; the aggregate is set aside, the partition goes on`;
    this.#ports.observer.alarm({ partition: this.#partition, code: 'QUARANTINED', message, cause });
  }
}
