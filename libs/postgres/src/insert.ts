import { statement, type Statement } from './database.ts';

/** One column of rows of type R, and where its values come from; undefined is NULL. */
export type Column<R> =
  | { readonly name: string; readonly type: 'text'; readonly of: (row: R) => string | undefined }
  | { readonly name: string; readonly type: 'bytea'; readonly of: (row: R) => Uint8Array | undefined }
  | { readonly name: string; readonly type: 'integer' | 'bigint'; readonly of: (row: R) => number }
  | { readonly name: string; readonly type: 'boolean'; readonly of: (row: R) => boolean };

/** How rows of type R are added to a table, made once. */
export interface Insert<R> {
  readonly columns: readonly Column<R>[];
  /** `COPY … FROM STDIN`: two thirds of the cost of an INSERT. */
  readonly copy: string;
  /** An INSERT over arrays that leaves out rows whose key exists. */
  readonly tolerant: Statement;
}

export function defineInsert<R>(table: string, columns: readonly Column<R>[]): Insert<R> {
  const names = columns.map(({ name }) => name).join(', ');
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  return {
    columns,
    copy: `COPY ${table} (${names}) FROM STDIN (FORMAT binary)`,
    tolerant: statement(
      `insert ${table} tolerantly`,
      `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ON CONFLICT DO NOTHING`,
    ),
  };
}

/** An integer beyond 32 bits is a `bigint`; NULL is not possible in either. */
export const integer = <R>(name: string, of: (row: R) => number): Column<R> => ({ name, type: 'integer', of });
export const bigint = <R>(name: string, of: (row: R) => number): Column<R> => ({ name, type: 'bigint', of });
export const boolean = <R>(name: string, of: (row: R) => boolean): Column<R> => ({ name, type: 'boolean', of });
export const text = <R>(name: string, of: (row: R) => string | undefined): Column<R> => ({ name, type: 'text', of });
export const bytea = <R>(name: string, of: (row: R) => Uint8Array | undefined): Column<R> => ({
  name,
  type: 'bytea',
  of,
});
