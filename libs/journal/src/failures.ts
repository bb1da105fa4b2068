import { Fault } from '@partitura/model';
import type { AlarmCode } from './observer.ts';

/** The partition must stop: a person has to look before anybody goes on. */
export class Halt extends Error {
  readonly code: AlarmCode;

  constructor(code: AlarmCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Halt';
    this.code = code;
  }
}

/** Somebody else owns the partition: everything known is dropped, and claimed again only as a member in good standing. */
export class Superseded extends Error {
  constructor() {
    super('another owner claimed the partition');
    this.name = 'Superseded';
  }
}

/** The partition was taken from us, or we are closing: whatever was under way is of no interest any more. */
export class Stopped extends Error {
  constructor() {
    super('the partition was given up');
    this.name = 'Stopped';
  }
}

/** This owner is not fit to go on, though the log is intact; after a pause it may try again. */
export class GivenUp extends Error {
  readonly code: AlarmCode;

  constructor(code: AlarmCode, message: string) {
    super(message);
    this.name = 'GivenUp';
    this.code = code;
  }
}

export const isRetryable = (error: unknown): boolean => error instanceof Fault && error.retryable;
export const isFault = (error: unknown, code: string): boolean => error instanceof Fault && error.code === code;
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
