import type { DomainEvent, Payload, PinnedLookup } from '@partitura/model';

/** Definitions that runs of one partition are pinned to, by content hash. */
export class Pins implements PinnedLookup {
  /** Everything that was met; what no run uses any more goes with the next checkpoint. */
  readonly #bodies = new Map<string, Payload>();
  /** Hashes whose body stands in the journal at or after X, so that a restored owner will know it: index of its last place. */
  readonly #known = new Map<string, number>();

  has(hash: string): boolean {
    return this.#known.has(hash);
  }
  body(hash: string): Payload | undefined {
    return this.#bodies.get(hash);
  }

  /** The journal holds this body in the entry of this index. */
  learn(hash: string, body: Payload, index: number): void {
    this.#bodies.set(hash, body);
    this.#known.set(hash, index);
  }
  /** A base went into the journal at this index, together with those of these bodies that the journal did not hold. */
  learnAll(hashes: readonly string[], index: number): void {
    for (const hash of hashes) if (this.#bodies.has(hash) && !this.#known.has(hash)) this.#known.set(hash, index);
  }
  /** Somebody else had this body; the journal does not hold it yet. */
  offer(hash: string, body: Payload): void {
    if (!this.#bodies.has(hash)) this.#bodies.set(hash, body);
  }
  /** A start carries its body when it is the first of its hash. */
  learnFrom(event: DomainEvent, index: number): void {
    if ((event.type === 'WorkflowStarted' || event.type === 'WorkflowRestarted') && event.definition !== undefined) {
      this.learn(event.definitionHash, event.definition, index);
    }
  }
  /** The same before it is certain that the event will be written. */
  meet(event: DomainEvent): void {
    if ((event.type === 'WorkflowStarted' || event.type === 'WorkflowRestarted') && event.definition !== undefined) {
      this.#bodies.set(event.definitionHash, event.definition);
    }
  }

  /**
   * X was chosen before the entry of this index, or a checkpoint with this X was met: the first start of any hash from
   * there on carries the body again. A fold that began before X must forget as well, since another may begin at X.
   */
  forgetBefore(index: number): void {
    for (const [hash, at] of this.#known) if (at < index) this.#known.delete(hash);
  }
  /** Bodies that neither the journal since X nor a run in memory needs leave memory. */
  keepOnly(used: ReadonlySet<string>): void {
    for (const hash of this.#bodies.keys()) {
      if (!this.#known.has(hash) && !used.has(hash)) this.#bodies.delete(hash);
    }
  }
}
