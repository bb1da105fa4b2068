import { connect, type Socket } from 'node:net';

/** A client that is free to send anything at all, over a socket of its own. */
export class RawClient {
  readonly #socket: Socket;
  readonly #since = performance.now();
  readonly #closed: Promise<number>;
  #heard = '';
  readonly #waiting = new Set<() => void>();

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (data) => {
      this.#heard += data.toString('latin1');
      for (const look of this.#waiting) look();
    });
    // What the server does to the connection is what the tests look at.
    this.#socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        for (const look of this.#waiting) look();
        resolve(performance.now() - this.#since);
      });
    });
  }

  send(bytes: string | Uint8Array): this {
    if (this.#socket.writable) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Sends the same again and again, until the server hangs up. */
  drip(bytes: string, everyMs: number): this {
    const timer = setInterval(() => this.send(bytes), everyMs);
    void this.#closed.then(() => clearInterval(timer));
    return this;
  }

  /** Resolves with what was heard once it matches; rejects when the server hangs up before. */
  hears(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isOver = this.#socket.destroyed;
        if (!pattern.test(this.#heard) && !isOver) return;
        this.#waiting.delete(look);
        if (pattern.test(this.#heard)) resolve(this.#heard);
        else reject(new Error(`the server hung up after: ${this.#heard.slice(0, 500)}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves when the server has hung up: after how many ms, and what it had said. */
  async hungUp(): Promise<{ readonly afterMs: number; readonly heard: string }> {
    const afterMs = await this.#closed;
    return { afterMs, heard: this.#heard };
  }

  /** Goes away as a process does that is killed. */
  vanish(): void {
    this.#socket.resetAndDestroy();
  }
}

/** One request and its whole answer. */
export async function exchange(url: string, bytes: string | Uint8Array): Promise<string> {
  const client = new RawClient(url).send(bytes);
  return (await client.hungUp()).heard;
}
