import pg from 'pg';
import { writeTogether } from './write-together.ts';

/** What the driver's connection has for COPY; its types leave it out. */
interface CopyingConnection {
  readonly stream: { cork(): void; uncork(): void };
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
}

/**
 * A COPY … FROM STDIN whose data is complete: statement and data go in one go. A server that refuses the statement
 * ignores data that comes behind it, as the protocol says.
 */
class CopyIn extends pg.Query {
  readonly #text: string;
  readonly #data: Uint8Array;

  constructor(text: string, data: Uint8Array) {
    super(text);
    this.#text = text;
    this.#data = data;
  }

  /** Called by the driver when it is this query's turn on the wire. */
  override submit = (connection: pg.Connection): void => {
    const copying = connection as unknown as CopyingConnection;
    writeTogether(copying.stream);
    connection.query(this.#text);
    copying.sendCopyFromChunk(this.#data);
    copying.endCopyFrom();
  };

  /** Called by the driver; the data is on its way already. */
  handleCopyInResponse(): void {
    return;
  }
}

/** Resolves when the server has taken all rows. */
export function copyIn(client: pg.ClientBase, text: string, data: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy = new CopyIn(text, data);
    copy.on('end', () => resolve());
    copy.on('error', reject);
    client.query(copy);
  });
}
