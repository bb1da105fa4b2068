import { Fault } from '@partitura/model';
import pg from 'pg';
import { columnArrays, copyData } from './copy-data.ts';
import { copyIn } from './copy-in.ts';
import type { Database, Listening, Parameter, Queries, Statement } from './database.ts';
import { faultOf } from './faults.ts';
import type { Insert } from './insert.ts';
import { ListeningConnection, SessionChannels, type Channels } from './listening.ts';

/** Offsets and times fit a double, so `bigint` (type 20) and `numeric` counts need no strings. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    id === 20 && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser as (id: number, format?: string) => unknown)(
          id,
          format,
        )) as typeof pg.types.getTypeParser,
};

interface Special {
  /** All connections end in the same session: it cannot listen beside its work. */
  readonly oneSession?: boolean;
  readonly afterClose?: () => Promise<void>;
}

/** The port over a pool of wire-protocol connections, wherever those end. */
export class PooledDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #afterClose: () => Promise<void>;
  readonly #channels: Channels;
  #closed: Promise<void> | undefined;

  constructor(config: pg.PoolConfig, special: Special = {}) {
    // Statements that are issued together travel together; the driver's types do not know it yet.
    const typed = { ...config, types, pipeline: true } as pg.PoolConfig;
    this.#pool = new pg.Pool(typed);
    this.#afterClose = special.afterClose ?? (async () => undefined);
    this.#channels = special.oneSession === true ? new SessionChannels(this.#pool) : new ListeningConnection(typed);
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
    return this.#between('BEGIN', work);
  }

  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#between('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);
  }

  #between<T>(begin: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#with(async (client) => {
      // Waited for: statements behind a BEGIN that failed would commit one by one.
      await query(client, begin);
      const transaction = new OpenTransaction(client);
      try {
        const result = await work(transaction);
        transaction.end();
        await query(client, 'COMMIT');
        return result;
      } catch (cause) {
        transaction.end();
        await query(client, 'ROLLBACK');
        throw cause;
      }
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
      await this.#afterClose();
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

/** What a transaction's work may do, until the work is done: what it does later must not run outside. */
class OpenTransaction implements Queries {
  readonly #client: pg.ClientBase;
  #ended = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  async rows<R>(statement: Statement | string, values?: readonly Parameter[]): Promise<readonly R[]> {
    return rowsOf<R>(this.#open, statement, values);
  }

  async run(statement: Statement | string, values?: readonly Parameter[]): Promise<number> {
    return countOf(this.#open, statement, values);
  }

  async insert<R>(insert: Insert<R>, rows: readonly R[], options?: { readonly tolerant?: boolean }): Promise<void> {
    return insertRows(this.#open, insert, rows, options?.tolerant === true);
  }

  end(): void {
    this.#ended = true;
  }

  get #open(): pg.ClientBase {
    if (this.#ended) throw new Fault('DATABASE_CLOSED', 'the transaction has ended', { retryable: false });
    return this.#client;
  }
}

async function rowsOf<R>(
  client: pg.ClientBase,
  text: Statement | string,
  values?: readonly Parameter[],
): Promise<readonly R[]> {
  return (await query(client, text, values)).rows as R[];
}

async function countOf(
  client: pg.ClientBase,
  text: Statement | string,
  values?: readonly Parameter[],
): Promise<number> {
  return (await query(client, text, values)).rowCount ?? 0;
}

async function insertRows<R>(
  client: pg.ClientBase,
  insert: Insert<R>,
  rows: readonly R[],
  tolerant: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  if (tolerant) {
    await query(client, insert.tolerant, columnArrays(insert.columns, rows));
    return;
  }
  try {
    await copyIn(client, insert.copy, copyData(insert.columns, rows));
  } catch (cause) {
    throw faultOf(cause);
  }
}

async function query(
  client: pg.ClientBase,
  statement: Statement | string,
  values?: readonly Parameter[],
): Promise<pg.QueryResult> {
  try {
    const config = typeof statement === 'string' ? { text: statement } : { name: statement.name, text: statement.text };
    // Without values a text may hold several statements; a `values` of any length would forbid that.
    return await client.query(values === undefined ? config : { ...config, values: values.map(bufferOf) });
  } catch (cause) {
    throw faultOf(cause);
  }
}

/** The driver sends buffers in binary form and everything else as text. */
function bufferOf(value: Parameter): unknown {
  return value instanceof Uint8Array && !Buffer.isBuffer(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
}
