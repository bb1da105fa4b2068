import { isJsonObject, Payload, type ReportableStatus } from '@partitura/model';
import { limits } from '@partitura/wire';

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

/** Returned by a handler: not finished; hand the task out again later. The next attempt sees `output`. */
export class NotYet {
  readonly callbackAfterSeconds: number;
  readonly output: Payload;

  constructor(callbackAfterSeconds: number, output: Payload = Payload.empty) {
    if (!(callbackAfterSeconds >= 0 && callbackAfterSeconds <= secondsMax))
      throw new RangeError(`a task cannot be handed out again after ${String(callbackAfterSeconds)} seconds`);
    this.callbackAfterSeconds = Math.ceil(callbackAfterSeconds);
    this.output = output;
  }
}

const secondsMax = 2 ** 31 - 1;
/** As much as Conductor keeps. */
const reasonMax = 500;

/** The outcome of an attempt whose handler returned; throws `TerminalError` when nobody could carry the result. */
export function outcomeOf(result: unknown): TaskOutcome {
  const outcome: TaskOutcome =
    result instanceof NotYet
      ? { status: 'IN_PROGRESS', output: result.output, callbackAfterSeconds: result.callbackAfterSeconds }
      : { status: 'COMPLETED', output: outputOf(result) };
  return checked(outcome);
}

/** The outcome of an attempt whose handler threw. */
export function failureOf(error: unknown): TaskOutcome {
  const reason = (error instanceof Error ? error.message || error.name : String(error)).slice(0, reasonMax);
  const terminal = error instanceof TerminalError;
  return { status: terminal ? 'FAILED_WITH_TERMINAL_ERROR' : 'FAILED', output: Payload.empty, reason };
}

/** An outcome that is known to fit: another attempt would come to the same. */
export function checked(outcome: TaskOutcome): TaskOutcome {
  const { length } = outcome.output.bytes;
  if (length > limits.valueBytes)
    throw new TerminalError(
      `the output has ${String(length)} bytes, more than the ${String(limits.valueBytes)} of one value`,
    );
  return outcome;
}

function outputOf(result: unknown): Payload {
  if (result === undefined) return Payload.empty;
  if (!isJsonObject(result)) throw new TerminalError(`a handler returns an object or nothing, not ${nameOf(result)}`);
  let text: string;
  try {
    text = JSON.stringify(result);
  } catch (error) {
    throw new TerminalError(
      `the output cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  // A `toJSON` may have made something else of it.
  if (!text.startsWith('{')) throw new TerminalError('the output is no JSON object');
  return Payload.fromBytes(Buffer.from(text));
}

const nameOf = (result: unknown): string =>
  Array.isArray(result) ? 'a list' : result === null ? 'null' : `a ${typeof result}`;
