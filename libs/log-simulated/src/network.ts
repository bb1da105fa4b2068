import { Fault } from '@partitura/model';
import type { TopicPartition } from '@partitura/log';
import type { Nature } from './nature.ts';
import type { Process } from './process.ts';

export interface RequestKind {
  /** Names the request in the counters. */
  readonly name: string;
  /** What the sender is told when it hears nothing. */
  readonly whenSilent: 'OUTCOME_UNKNOWN' | 'UNAVAILABLE';
  /** Requests to groups travel on their own: a process may lose one and keep the other. */
  readonly to: 'log' | 'group';
  /** The partition it is about, where it is about one. */
  readonly at?: TopicPartition;
}

/** What becomes of one request. Times in virtual ms. */
export type Fate =
  | { readonly kind: 'fine' }
  /** Never carried out, and the sender is told. */
  | { readonly kind: 'refused' }
  /** Never carried out; the sender gives up after a while. */
  | { readonly kind: 'request lost' }
  /** Carried out; the sender gives up after a while. */
  | { readonly kind: 'ack lost' }
  /** Carried out so long after the sender gave up. */
  | { readonly kind: 'carried out late'; readonly lateMs: number }
  /** Carried out twice. */
  | { readonly kind: 'doubled'; readonly apartMs: number; readonly answers: 'first' | 'second' };

/** A request on its way, as a test that directs fates sees it. */
export interface AskedRequest extends Partial<TopicPartition> {
  readonly process: string;
  readonly name: string;
}

export const appendRequest: RequestKind = { name: 'append', whenSilent: 'OUTCOME_UNKNOWN', to: 'log' };
export const sendRequest: RequestKind = { name: 'send', whenSilent: 'OUTCOME_UNKNOWN', to: 'log' };
export const readRequest: RequestKind = { name: 'read', whenSilent: 'UNAVAILABLE', to: 'log' };
export const adminRequest: RequestKind = { name: 'admin', whenSilent: 'UNAVAILABLE', to: 'log' };
export const groupRequest: RequestKind = { name: 'group', whenSilent: 'UNAVAILABLE', to: 'group' };

/**
 * Carries a request to the broker and its answer back, with everything that may go wrong on the way. `carryOut` runs
 * in the broker: not at all, once, or twice, possibly after the sender gave up or died.
 */
export function request<T>(nature: Nature, sender: Process, kind: RequestKind, carryOut: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const verdict = sender.call();
    if (verdict === 'dead') return;
    new Exchange(nature, sender, kind, carryOut, resolve, reject).begin();
  });
}

class Exchange<T> {
  readonly #nature: Nature;
  readonly #sender: Process;
  readonly #kind: RequestKind;
  readonly #carryOut: () => T;
  readonly #resolve: (value: T) => void;
  readonly #reject: (why: unknown) => void;

  constructor(
    nature: Nature,
    sender: Process,
    kind: RequestKind,
    carryOut: () => T,
    resolve: (value: T) => void,
    reject: (why: unknown) => void,
  ) {
    this.#nature = nature;
    this.#sender = sender;
    this.#kind = kind;
    this.#carryOut = carryOut;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const fate = this.#nature.direct?.(this.#asked()) ?? this.#drawFate();
    const { faults } = this.#nature;
    const way = this.#nature.way();
    if (fate.kind !== 'fine') this.#nature.count(`${this.#kind.name} ${fate.kind}`);
    switch (fate.kind) {
      case 'fine':
        this.#arrive(way, true);
        break;
      case 'refused': {
        const refused = new Fault('UNAVAILABLE', `simulated: ${this.#kind.name} refused`, { retryable: true });
        this.#answer(() => this.#reject(refused));
        break;
      }
      case 'request lost':
        this.#giveUp();
        break;
      case 'ack lost':
        this.#giveUp();
        this.#arrive(way, false);
        break;
      case 'carried out late':
        this.#giveUp();
        this.#arrive(faults.timeoutMs + fate.lateMs, false);
        break;
      case 'doubled':
        this.#giveUp();
        this.#arrive(way, fate.answers === 'first');
        this.#arrive(way + fate.apartMs, fate.answers === 'second');
    }
  }

  #drawFate(): Fate {
    const { faults, random } = this.#nature;
    if (random.chance(faults.refused)) return { kind: 'refused' };
    if (random.chance(faults.lostRequest)) return { kind: 'request lost' };
    if (random.chance(faults.lostAck)) return { kind: 'ack lost' };
    if (random.chance(faults.late)) return { kind: 'carried out late', lateMs: random.next() * faults.lateMs };
    if (!random.chance(faults.doubled)) return { kind: 'fine' };
    const apartMs = random.next() * (random.chance(0.5) ? faults.slowMs : faults.lateMs);
    return { kind: 'doubled', apartMs, answers: random.chance(0.5) ? 'first' : 'second' };
  }

  #asked(): AskedRequest {
    return { process: this.#sender.name, name: this.#kind.name, ...(this.#kind.at ?? {}) };
  }

  #arrive(afterMs: number, answered: boolean): void {
    this.#nature.agenda.plan(afterMs, () => {
      if (this.#cut()) {
        this.#giveUp();
        return;
      }
      if (!this.#sender.alive) {
        if (this.#strikes('lost with its sender', this.#nature.faults.lostWithSender)) return;
        this.#nature.count(`${this.#kind.name} carried out after its sender died`);
      }
      let settle: () => void;
      try {
        const value = this.#carryOut();
        settle = () => this.#resolve(value);
      } catch (why) {
        settle = () => this.#reject(why);
      }
      if (answered) this.#answer(settle);
    });
  }

  #answer(settle: () => void): void {
    this.#nature.agenda.plan(this.#nature.way(), () => {
      if (this.#cut()) this.#giveUp();
      else this.#sender.hear(settle);
    });
  }

  #giveUp(): void {
    const { name, whenSilent } = this.#kind;
    const silence = new Fault(whenSilent, `simulated: no answer to ${name}`, { retryable: true });
    this.#nature.agenda.plan(this.#nature.faults.timeoutMs, () => this.#sender.hear(() => this.#reject(silence)));
  }

  #cut(): boolean {
    return this.#kind.to === 'log' ? this.#sender.cutFromLog : this.#sender.cutFromGroups;
  }

  #strikes(what: string, probability: number): boolean {
    return this.#nature.strikes(`${this.#kind.name} ${what}`, probability);
  }
}
