import pg from 'pg';
import type { Parameter, Statement } from './database.ts';
import { writeTogether } from './write-together.ts';

/** What the driver's connection has for prepared statements; its types leave most of it out. */
interface PreparingConnection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Readonly<Record<string, string>>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(query: { readonly name: string; readonly text: string }): void;
  bind(config: {
    readonly statement: string;
    readonly values: readonly Parameter[];
    readonly valueMapper: (value: Parameter) => string | Buffer | null;
  }): void;
  describe(what: { readonly type: 'P' }): void;
  execute(what: object): void;
  sync(): void;
}

interface TypeParsing {
  getTypeParser(type: number, format: 'text'): (text: string) => unknown;
}

interface Answer {
  readonly rows: readonly unknown[];
  /** Rows that were read or changed. */
  readonly count: number;
}

interface Column {
  readonly name: string;
  readonly decode: (text: string) => unknown;
}

/** A name stands for one text in the whole process, and so for one list of columns. */
const columnsOf = new Map<string, readonly Column[]>();

/**
 * One execution of a statement that is parsed once per connection. The columns of its rows are asked for once per
 * process: describing and decoding them costs more than a small result itself.
 */
class PreparedQuery extends pg.Query {
  /** Read by the driver, which notes under it what the connection has parsed. */
  readonly name: string;
  readonly text: string;
  readonly #values: readonly Parameter[];
  readonly #types: TypeParsing;
  readonly #done: (error: Error | undefined, answer: Answer) => void;
  readonly #rows: unknown[] = [];
  #columns: readonly Column[] | undefined;
  #count = 0;
  #failed = false;

  constructor(
    { name, text }: Statement,
    values: readonly Parameter[],
    types: TypeParsing,
    done: (error: Error | undefined, answer: Answer) => void,
  ) {
    super({ name, text });
    this.name = name;
    this.text = text;
    this.#values = values;
    this.#types = types;
    this.#done = done;
    this.#columns = columnsOf.get(name);
  }

  override submit = (driver: pg.Connection): void => {
    const connection = driver as unknown as PreparingConnection;
    const { name, text } = this;
    writeTogether(connection.stream);
    if (connection.parsedStatements[name] === undefined && connection.submittedNamedStatements[name] === undefined) {
      connection.parse({ name, text });
      connection.submittedNamedStatements[name] = text;
    }
    connection.bind({ statement: name, values: this.#values, valueMapper: onTheWire });
    if (this.#columns === undefined) connection.describe({ type: 'P' });
    connection.execute({});
    connection.sync();
  };

  // The rest is called by the driver as answers arrive.

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      decode: this.#types.getTypeParser(dataTypeID, 'text'),
    }));
    columnsOf.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#columns ?? [];
    const row: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const { name, decode } = columns[i] as Column;
      const text = fields[i] ?? null;
      row[name] = text === null ? null : decode(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // `UPDATE 5`, `INSERT 0 5`, `SELECT 5`
    this.#count = Number(text.slice(text.lastIndexOf(' ') + 1)) || 0;
  }

  handleError(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#done(error, { rows: [], count: 0 });
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.#done(undefined, { rows: this.#rows, count: this.#count });
  }
}

export function executePrepared(
  client: pg.ClientBase,
  statement: Statement,
  values: readonly Parameter[],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.query(
      new PreparedQuery(statement, values, client as TypeParsing, (error, answer) => {
        if (error === undefined) resolve(answer);
        else reject(error);
      }),
    );
  });
}

/** Bytes travel in binary form, everything else as text. */
function onTheWire(value: Parameter): string | Buffer | null {
  if (typeof value === 'string' || value === null) return value;
  if (value instanceof Uint8Array) {
    return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return typeof value === 'object' ? arrayText(value) : String(value);
}

function arrayText(values: readonly (string | number)[]): string {
  const element = (value: string | number): string =>
    typeof value === 'number' ? String(value) : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  return `{${values.map(element).join(',')}}`;
}
