import type { DomainEvent, Payload, PinnedLookup } from '@partitura/model';

/** Definitions that runs of one partition are pinned to, by content hash. */
export class Pins implements PinnedLookup {
  /** Everything that was met; what no run uses any more goes with the next checkpoint. */
  readonly #bodies = new Map<string, Payload>();
  /** Hashes whose body stands in the journal at or after X, so that a restored owner will know it. */
  readonly #known = new Set<string>();

  has(hash: string): boolean {
    return this.#known.has(hash);
  }
  body(hash: string): Payload | undefined {
    return this.#bodies.get(hash);
  }

  /** The journal holds this body from now on. */
  learn(hash: string, body: Payload): void {
    this.#bodies.set(hash, body);
    this.#known.add(hash);
  }
  /** A base went into the journal together with the bodies of these hashes, as far as there are any. */
  learnAll(hashes: readonly string[]): void {
    for (const hash of hashes) if (this.#bodies.has(hash)) this.#known.add(hash);
  }
  /** Somebody else had this body; the journal does not hold it yet. */
  offer(hash: string, body: Payload): void {
    if (!this.#bodies.has(hash)) this.#bodies.set(hash, body);
  }
  /** A start carries its body when it is the first of its hash. */
  learnFrom(event: DomainEvent): void {
    if (event.type === 'WorkflowStarted' && event.definition !== undefined) {
      this.learn(event.definitionHash, event.definition);
    }
  }
  /** The same before it is certain that the event will be written. */
  meet(event: DomainEvent): void {
    if (event.type === 'WorkflowStarted' && event.definition !== undefined) {
      this.#bodies.set(event.definitionHash, event.definition);
    }
  }

  /** X was chosen: the first start of any hash from here on carries the body again. */
  forgetKnown(): void {
    this.#known.clear();
  }
  /** Bodies that neither the journal since X nor a run in memory needs leave memory. */
  keepOnly(used: ReadonlySet<string>): void {
    for (const hash of this.#bodies.keys()) {
      if (!this.#known.has(hash) && !used.has(hash)) this.#bodies.delete(hash);
    }
  }
}
