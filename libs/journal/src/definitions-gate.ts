import type { AggregateId } from '@partitura/model';
import type { Held } from './aggregate.ts';
import type { Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';

/**
 * Where commands wait that may only lack a definition which is on its way: until the copy has reached the end that the
 * topic had after they came, but not for ever. All who come while nobody looks share the next look.
 */
export class DefinitionsGate {
  readonly #ports: JournalPorts;
  readonly #life: Life;
  readonly #pass: (commands: ReadonlyMap<Held, AggregateId>) => void;
  #waiting = new Map<Held, AggregateId>();
  #looking = false;

  constructor(ports: JournalPorts, life: Life, pass: (commands: ReadonlyMap<Held, AggregateId>) => void) {
    this.#ports = ports;
    this.#life = life;
    this.#pass = pass;
  }

  /** This command of the aggregate waits from now on. */
  enter(id: AggregateId, held: Held): void {
    this.#waiting.set(held, id);
    if (!this.#looking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#waiting.size > 0 && this.#life.alive) {
      const these = this.#waiting;
      this.#waiting = new Map();
      const { clock, settings, definitions } = this.#ports;
      const begun = clock.monotonic();
      const end = await this.#end();
      const leftMs = Math.max(0, settings.definitionsWaitMs - (clock.monotonic() - begun));
      const pass = (): void => {
        if (this.#life.alive) this.#pass(these);
      };
      if (end === undefined || definitions.position >= end) pass();
      else void definitions.reached(end, leftMs).then(pass, pass);
    }
    this.#looking = false;
  }

  /** A topic that cannot be looked at in time is as good as one that was waited for in vain: the copy answers. */
  #end(): Promise<number | undefined> {
    const { log, clock, topics, settings } = this.#ports;
    return new Promise((resolve) => {
      const giveUp = clock.after(settings.definitionsWaitMs, () => resolve(undefined));
      const known = (end: number | undefined): void => {
        giveUp();
        resolve(end);
      };
      log.offsets(topics.definitions, 0).then(
        (offsets) => known(offsets.end),
        () => known(undefined),
      );
    });
  }
}
