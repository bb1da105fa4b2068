import { sleep, type Clock } from '@partitura/log';
import type { Logger } from '@partitura/telemetry';

/** What was opened, closed in the opposite order, each with a bound: one part that hangs does not keep the others. */
export class Closing {
  readonly #parts: { readonly name: string; readonly close: () => Promise<void> }[] = [];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #boundMs: number;
  #closed: Promise<void> | undefined;

  constructor(clock: Clock, logger: Logger, boundMs: number) {
    this.#clock = clock;
    this.#logger = logger;
    this.#boundMs = boundMs;
  }

  add(name: string, close: () => Promise<void>): void {
    this.#parts.push({ name, close });
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#parts.reverse()) {
      const ended = close().then(
        () => 'closed' as const,
        (error: unknown) => {
          this.#logger.error({ error, part: name }, 'closing failed');
          return 'failed' as const;
        },
      );
      const result = await Promise.race([ended, sleep(this.#clock, this.#boundMs + 1_000).then(() => 'late' as const)]);
      if (result === 'late') this.#logger.error({ part: name }, 'did not close in time and was left behind');
    }
  }
}
