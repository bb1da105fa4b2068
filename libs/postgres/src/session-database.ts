import { Fault } from '@partitura/model';
import pg from 'pg';
import type { Database, Listening, Parameter, Queries, Read, Statement } from './database.ts';
import { faultOf } from './faults.ts';
import type { Insert } from './insert.ts';
import { SessionChannels } from './listening.ts';
import { beginSnapshot, between, connectionConfig, countOf, insertRows, rowsOf } from './statements.ts';

interface Turn {
  /** Nobody else's statements come between its own. */
  readonly alone: boolean;
  readonly begin: () => Promise<void>;
}

/**
 * The port over the one session of an embedded database. Statements are sent in the order in which they were asked for and
 * answered in that order, so many travel together; only a transaction keeps what comes behind it waiting.
 */
export class SessionDatabase implements Database {
  readonly #client: pg.Client;
  readonly #channels: SessionChannels;
  readonly #afterClose: () => Promise<void>;
  readonly #turns: Turn[] = [];
  #inTransaction = false;
  #closed: Promise<void> | undefined;

  private constructor(client: pg.Client, afterClose: () => Promise<void>) {
    this.#client = client;
    this.#afterClose = afterClose;
    this.#channels = new SessionChannels(client, async (text) => {
      await this.run(text);
    });
    // Whoever uses a session that broke is told.
    client.on('error', () => undefined);
  }

  /** @param afterClose ends what the session lives in */
  static async open(config: pg.ClientConfig, afterClose: () => Promise<void>): Promise<SessionDatabase> {
    const client = new pg.Client({ ...config, ...connectionConfig });
    const database = new SessionDatabase(client, afterClose);
    try {
      await client.connect();
    } catch (cause) {
      await afterClose();
      throw faultOf(cause);
    }
    return database;
  }

  rows<R>(statement: Statement | string, values?: readonly Parameter[]): Promise<readonly R[]> {
    return this.#take(false, () => rowsOf<R>(this.#client, statement, values));
  }

  run(statement: Statement | string, values?: readonly Parameter[]): Promise<number> {
    return this.#take(false, () => countOf(this.#client, statement, values));
  }

  insert<R>(insert: Insert<R>, rows: readonly R[], options?: { readonly tolerant?: boolean }): Promise<void> {
    return this.#take(false, () => insertRows(this.#client, insert, rows, options?.tolerant === true));
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#take(true, () => between(this.#client, 'BEGIN', work));
  }

  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#take(true, () => between(this.#client, beginSnapshot, work));
  }

  /** Nothing comes between statements that are issued in one turn: they need no transaction to see one moment. */
  readTogether(reads: readonly Read[]): Promise<readonly (readonly unknown[])[]> {
    return this.#take(false, () =>
      Promise.all(reads.map(({ statement, values }) => rowsOf(this.#client, statement, values))),
    );
  }

  async listen(channel: string, onMessage: (payload: string) => void): Promise<Listening> {
    return this.#channels.add(channel, onMessage);
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      // The last to be answered, so everything before it was.
      const answered = this.#take(true, () => rowsOf(this.#client, 'SELECT')).catch(() => undefined);
      this.#closed = (async () => {
        await answered;
        await this.#client.end();
        await this.#afterClose();
      })();
    }
    return this.#closed;
  }

  async #take<T>(alone: boolean, use: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw new Fault('DATABASE_CLOSED', 'the database was closed', { retryable: false });
    return new Promise((resolve, reject) => {
      this.#turns.push({ alone, begin: () => use().then(resolve, reject) });
      this.#next();
    });
  }

  #next(): void {
    while (!this.#inTransaction) {
      const turn = this.#turns.shift();
      if (turn === undefined) return;
      this.#inTransaction = turn.alone;
      const over = turn.begin();
      if (turn.alone) void over.then(() => this.#end());
    }
  }

  #end(): void {
    this.#inTransaction = false;
    this.#next();
  }
}
