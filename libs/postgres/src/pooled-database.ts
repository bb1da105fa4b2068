import { Fault } from '@partitura/model';
import pg from 'pg';
import type { Database, Listening, Parameter, Queries, Read, Statement } from './database.ts';
import { faultOf } from './faults.ts';
import type { Insert } from './insert.ts';
import { ListeningConnection } from './listening.ts';
import { beginSnapshot, between, connectionConfig, countOf, execute, insertRows, rowsOf } from './statements.ts';

/** The port over a pool of connections to a server. */
export class PooledDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #channels: ListeningConnection;
  #closed: Promise<void> | undefined;

  constructor(config: pg.PoolConfig) {
    this.#pool = new pg.Pool({ ...config, ...connectionConfig });
    this.#channels = new ListeningConnection({ ...config, ...connectionConfig });
    // An idle connection that breaks is replaced at its next use; the use itself reports if that fails.
    this.#pool.on('error', () => undefined);
  }

  rows<R>(statement: Statement | string, values?: readonly Parameter[]): Promise<readonly R[]> {
    return this.#with((client) => rowsOf<R>(client, statement, values));
  }

  run(statement: Statement | string, values?: readonly Parameter[]): Promise<number> {
    return this.#with((client) => countOf(client, statement, values));
  }

  insert<R>(insert: Insert<R>, rows: readonly R[], options?: { readonly tolerant?: boolean }): Promise<void> {
    return this.#with((client) => insertRows(client, insert, rows, options?.tolerant === true));
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#with((client) => between(client, 'BEGIN', work));
  }

  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#with((client) => between(client, beginSnapshot, work));
  }

  readTogether(reads: readonly Read[]): Promise<readonly (readonly unknown[])[]> {
    return this.#with(async (client) => {
      const begun = execute(client, beginSnapshot);
      const answers = reads.map(({ statement, values }) => rowsOf(client, statement, values));
      const ended = execute(client, 'COMMIT');
      // The connection goes back when all is answered, whatever failed.
      await Promise.allSettled([begun, ...answers, ended]);
      await begun;
      return Promise.all(answers);
    });
  }

  async listen(channel: string, onMessage: (payload: string) => void): Promise<Listening> {
    this.#refuseWhenClosed();
    return this.#channels.add(channel, onMessage);
  }

  close(): Promise<void> {
    return (this.#closed ??= (async () => {
      await this.#channels.close();
      await this.#pool.end();
    })());
  }

  /** A connection whose rollback failed, or that broke, is thrown away instead of going back to the pool. */
  async #with<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (cause) {
      throw faultOf(cause);
    }
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError);
    try {
      return await use(client);
    } catch (cause) {
      if (cause instanceof Fault && cause.code === 'DATABASE_UNAVAILABLE') broken = true;
      throw cause;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw new Fault('DATABASE_CLOSED', 'the database was closed', { retryable: false });
  }
}
