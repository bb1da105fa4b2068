import { Fault } from '@partitura/model';
import pg from 'pg';
import { columnArrays, copyData } from './copy-data.ts';
import { copyIn } from './copy-in.ts';
import type { Parameter, Queries, Statement } from './database.ts';
import { faultOf } from './faults.ts';
import type { Insert } from './insert.ts';
import { executePrepared } from './prepared-query.ts';

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

/** What every connection of ours is. Statements that are issued together travel together; the driver's types do not know it. */
export const connectionConfig: pg.ClientConfig & { readonly pipeline: true } = { types, pipeline: true };

export async function rowsOf<R>(
  client: pg.ClientBase,
  statement: Statement | string,
  values?: readonly Parameter[],
): Promise<readonly R[]> {
  return (await execute(client, statement, values)).rows as readonly R[];
}

export async function countOf(
  client: pg.ClientBase,
  statement: Statement | string,
  values?: readonly Parameter[],
): Promise<number> {
  return (await execute(client, statement, values)).count;
}

export async function insertRows<R>(
  client: pg.ClientBase,
  insert: Insert<R>,
  rows: readonly R[],
  tolerant: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  if (tolerant) {
    await execute(client, insert.tolerant, columnArrays(insert.columns, rows));
    return;
  }
  try {
    await copyIn(client, insert.copy, copyData(insert.columns, rows));
  } catch (cause) {
    throw faultOf(cause);
  }
}

export async function execute(
  client: pg.ClientBase,
  statement: Statement | string,
  values?: readonly Parameter[],
): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> {
  try {
    if (typeof statement !== 'string') return await executePrepared(client, statement, values ?? []);
    // Without values a text may hold several statements; a `values` of any length would forbid that.
    const result = await client.query(
      values === undefined ? { text: statement } : { text: statement, values: values.map(bufferOf) },
    );
    return { rows: result.rows as unknown[], count: result.rowCount ?? 0 };
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

export const beginSnapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Runs `work` between a BEGIN and a COMMIT or ROLLBACK on a connection that nobody else uses meanwhile. */
export async function between<T>(
  client: pg.ClientBase,
  begin: string,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  // Waited for: statements behind a BEGIN that failed would commit one by one.
  await execute(client, begin);
  const transaction = new OpenTransaction(client);
  try {
    const result = await work(transaction);
    transaction.end();
    await execute(client, 'COMMIT');
    return result;
  } catch (cause) {
    transaction.end();
    await execute(client, 'ROLLBACK');
    throw cause;
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
