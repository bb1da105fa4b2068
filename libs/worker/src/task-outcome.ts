import { Payload, type JsonObject, type ReportableStatus } from '@partitura/model';

/** What an attempt came to. */
export interface TaskOutcome {
  readonly status: ReportableStatus;
  readonly output: Payload;
  readonly reason?: string;
  /** With IN_PROGRESS: when the task may be handed out again. */
  readonly callbackAfterSeconds?: number;
}

/** Thrown by a handler: no further attempt makes sense. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Returned by a handler: not finished; hand the task out again later. */
export class NotYet {
  readonly callbackAfterSeconds: number;
  readonly output: Payload;

  constructor(callbackAfterSeconds: number, output: Payload = Payload.empty) {
    this.callbackAfterSeconds = callbackAfterSeconds;
    this.output = output;
  }
}

const reasonMax = 500;

/** The outcome of an attempt whose handler returned. */
export function outcomeOf(result: JsonObject | NotYet): TaskOutcome {
  if (!(result instanceof NotYet)) return { status: 'COMPLETED', output: Payload.of(result) };
  return { status: 'IN_PROGRESS', output: result.output, callbackAfterSeconds: result.callbackAfterSeconds };
}

/** The outcome of an attempt whose handler threw. */
export function failureOf(error: unknown): TaskOutcome {
  const reason = (error instanceof Error ? error.message || error.name : String(error)).slice(0, reasonMax);
  const terminal = error instanceof TerminalError;
  return { status: terminal ? 'FAILED_WITH_TERMINAL_ERROR' : 'FAILED', output: Payload.empty, reason };
}
