import { Fault } from '@partitura/model';
import type { Nature } from './nature.ts';
import type { Process } from './process.ts';

export interface RequestKind {
  /** Names the request in the counters. */
  readonly name: string;
  /** What the sender is told when it hears nothing. */
  readonly whenSilent: 'OUTCOME_UNKNOWN' | 'UNAVAILABLE';
  /** Requests to groups travel on their own: a process may lose one and keep the other. */
  readonly to: 'log' | 'group';
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
    const { faults, random } = this.#nature;
    const { name } = this.#kind;
    if (this.#strikes('refused', faults.refused)) {
      const refused = new Fault('UNAVAILABLE', `simulated: ${name} refused`, { retryable: true });
      this.#answer(() => this.#reject(refused));
    } else if (this.#strikes('request lost', faults.lostRequest)) {
      this.#giveUp();
    } else if (this.#strikes('ack lost', faults.lostAck)) {
      this.#giveUp();
      this.#arrive(this.#nature.way(), false);
    } else if (this.#strikes('carried out late', faults.late)) {
      this.#giveUp();
      this.#arrive(faults.timeoutMs + random.next() * faults.lateMs, false);
    } else if (this.#strikes('doubled', faults.doubled)) {
      const answeredFirst = random.chance(0.5);
      const first = this.#nature.way();
      this.#arrive(first, answeredFirst);
      this.#arrive(first + random.next() * (random.chance(0.5) ? faults.slowMs : faults.lateMs), !answeredFirst);
      this.#giveUp();
    } else {
      this.#arrive(this.#nature.way(), true);
    }
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
