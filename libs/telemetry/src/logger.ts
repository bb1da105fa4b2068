import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** Structured lines: fields first, then one sentence. Fields never hold user data. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Names of fields whose values never reach a line, at the top and one level down. */
const secretFields = [
  'password',
  'secret',
  'token',
  'authorization',
  'keySecret',
  'databaseUrl',
  'connectionString',
  'key',
];

/** Credentials inside URLs (`postgres://user:password@host`), wherever a text quotes one. */
const credentials = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi;
// eslint-disable-next-line no-control-regex -- terminal escapes and line breaks are what must not get through
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A text that may quote something from outside, fit for a log line. */
export function scrub(text: string): string {
  return text.replace(credentials, '$1***@').replace(controls, escaped);
}

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

// What JSON leaves as it is, but terminals (one-byte control sequences) and readers of lines act upon.
const leftByJson = /[\u007f-\u009f\u2028\u2029]/g;

/** A logger that writes JSON lines (pino) and never shows a secret. */
export function createLogger(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '***' },
    serializers: { error: shownError },
    // A line is JSON, so these can only stand inside its texts: fields are as harmless as messages.
    hooks: { streamWrite: (line: string) => line.replace(leftByJson, escaped) },
  };
  return wrap(options.destination === undefined ? pino(settings) : pino(settings, options.destination));
}

/** For tests and tools that have nothing to say. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function wrap(target: PinoLogger): Logger {
  return {
    debug: (fields, message) => target.debug(fields, scrub(message)),
    info: (fields, message) => target.info(fields, scrub(message)),
    warn: (fields, message) => target.warn(fields, scrub(message)),
    error: (fields, message) => target.error(fields, scrub(message)),
    child: (fields) => wrap(target.child(fields)),
  };
}

interface ShownError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string;
  readonly cause?: ShownError;
}

function shownError(error: unknown, depth = 0): ShownError {
  if (!(error instanceof Error)) return { name: 'Error', message: scrub(String(error)) };
  return {
    name: error.name,
    message: scrub(error.message),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: scrub(error.stack) }),
    ...(error.cause === undefined || depth > 4 ? {} : { cause: shownError(error.cause, depth + 1) }),
  };
}
