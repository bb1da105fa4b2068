/**
 * A broker, database or network failed. Thrown by adapters; retried in one place (`libs/journal` for the log), never
 * caught to go on silently.
 */
export class Fault extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** We are wrong. Nothing of the decision is written; the aggregate is quarantined and the partition goes on. */
export class Defect extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Defect';
  }
}

/** States what must be true here; throws {@link Defect} otherwise. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Defect(why);
}

/** The branch that types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Defect(`unexpected value ${JSON.stringify(value)}`);
}
