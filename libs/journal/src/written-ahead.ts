import type { StateEncoder } from '@partitura/model';
import type { Aggregate } from './aggregate.ts';
import type { Life } from './patience.ts';
import type { JournalPorts, State } from './ports.ts';

/** A state that is being written, little by little. */
interface Writing {
  readonly encoder: StateEncoder<State>;
  ready: boolean;
  readonly then: (() => void)[];
}

/**
 * Bytes of large states, written before their snapshot is: a state of a hundred thousand tasks takes half a second, in
 * which nobody else would have their turn. What is written is parts of immutable states; the snapshot itself is made in
 * one go, of one state, from what is there already.
 */
export class WrittenAhead {
  readonly #ports: JournalPorts;
  readonly #life: Life;
  readonly #failed: (why: unknown) => void;
  readonly #writings = new Map<Aggregate, Writing>();
  #running = false;

  constructor(ports: JournalPorts, life: Life, failed: (why: unknown) => void) {
    this.#ports = ports;
    this.#life = life;
    this.#failed = failed;
  }

  /** Whether the snapshot of this aggregate can be written at once. If not, it will be: then `then` is called, once. */
  isReady(aggregate: Aggregate, then: () => void): boolean {
    const known = this.#writings.get(aggregate);
    if (known !== undefined) {
      if (!known.ready && !known.then.includes(then)) known.then.push(then);
      return known.ready;
    }
    const encoder = aggregate.version === 0 ? undefined : this.#ports.domain.stateEncoder?.(aggregate.state);
    if (encoder === undefined) return true;
    this.#writings.set(aggregate, { encoder, ready: false, then: [then] });
    this.#run();
    return false;
  }

  /** The state's bytes; what was written ahead is not needed afterwards. */
  take(aggregate: Aggregate): Uint8Array {
    const writing = this.#writings.get(aggregate);
    if (writing === undefined) return this.#ports.domain.encodeState(aggregate.state);
    this.#writings.delete(aggregate);
    return writing.encoder.encode(aggregate.state);
  }

  /** Nobody wants these bytes any more. */
  drop(aggregate: Aggregate): void {
    this.#writings.delete(aggregate);
  }

  /** Half of the time at most, so that whoever needs many turns gets them. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ports.clock.after(restMs, () => {
      this.#running = false;
      if (!this.#life.alive) return;
      try {
        if (this.#workOn()) this.#run();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  /** Whether something is left. */
  #workOn(): boolean {
    const { clock } = this.#ports;
    const begun = clock.monotonic();
    for (const [aggregate, writing] of this.#writings) {
      if (writing.ready) continue;
      while (writing.encoder.step(aggregate.state)) if (clock.monotonic() - begun >= stretchMs) return true;
      writing.ready = true;
      for (const then of writing.then.splice(0)) then();
    }
    return false;
  }
}

const stretchMs = 5;
const restMs = 5;
