import type { Insert } from './insert.ts';

/**
 * The only port to SQL. Two adapters, one contract: a Postgres server (`openPostgres`) and the Postgres that lives in
 * a worker thread of this process (`openEmbeddedDatabase`). Both speak Postgres' wire protocol, so statements, types and errors
 * are the same.
 *
 * All methods reject with `Fault`; `retryable` says whether the same call may succeed later. Fault codes:
 *
 * | code | meaning |
 * | --- | --- |
 * | DATABASE_UNAVAILABLE | not reachable, starting, shutting down or out of connections (retryable) |
 * | DATABASE_CONFLICT | a deadlock or a serialization failure: the transaction was rolled back (retryable) |
 * | DATABASE_CONSTRAINT | a unique or check constraint refused the change |
 * | STATEMENT_TIMEOUT | the statement ran longer than it may |
 * | DATABASE_ERROR | Postgres refused the statement; the message says why |
 * | DATABASE_CLOSED | this database was closed |
 */
export interface Database extends Queries {
  /**
   * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. What it
   * does later is refused.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Runs `work` so that all its reads see one moment. It must not write. */
  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Runs queries that do not need each other's answers in one round trip; all see one moment. Their rows, in order. */
  readTogether(reads: readonly Read[]): Promise<readonly (readonly unknown[])[]>;
  /** Hears `NOTIFY channel`. Lost messages are possible while the connection is being restored: also look. */
  listen(channel: string, onMessage: (payload: string) => void): Promise<Listening>;
  /** Waits for running work, then ends all connections. */
  close(): Promise<void>;
}

/** Statements that are issued without waiting for each other travel together and run in the order of the calls. */
export interface Queries {
  /** Runs one statement and returns its rows. `bigint` comes as number, `bytea` as bytes. */
  rows<R>(statement: Statement | string, values?: readonly Parameter[]): Promise<readonly R[]>;
  /** Runs one statement and returns how many rows it changed. */
  run(statement: Statement | string, values?: readonly Parameter[]): Promise<number>;
  /** Adds rows, the cheapest way there is. A row whose key exists fails all, or is left out with `tolerant`. */
  insert<R>(insert: Insert<R>, rows: readonly R[], options?: { readonly tolerant?: boolean }): Promise<void>;
}

/** Parsed and planned once per connection under its name; for statements that run often. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Read {
  readonly statement: Statement;
  readonly values: readonly Parameter[];
}

/** Bytes travel as they are: as a `bytea`, or as an array that {@link ../arrays.ts} encoded. */
export type Parameter = string | number | boolean | null | Uint8Array | readonly string[] | readonly number[];

export interface Listening {
  close(): Promise<void>;
}

const named = new Map<string, string>();

/** Names a statement. A name stands for one text in the whole process. */
export function statement(name: string, text: string): Statement {
  if (named.has(name) && named.get(name) !== text) throw new TypeError(`two SQL statements are named ${name}`);
  named.set(name, text);
  return { name, text };
}
