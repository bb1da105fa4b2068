import pg from 'pg';

/** What the driver's connection has for COPY; its types leave it out. */
interface CopyingConnection {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
}

/** A COPY … FROM STDIN whose data is complete: sent in one go as soon as the server is ready for it. */
class CopyIn extends pg.Query {
  readonly #data: Uint8Array;

  constructor(text: string, data: Uint8Array) {
    super(text);
    this.#data = data;
  }

  /** Called by the driver. */
  handleCopyInResponse(connection: CopyingConnection): void {
    connection.sendCopyFromChunk(this.#data);
    connection.endCopyFrom();
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
