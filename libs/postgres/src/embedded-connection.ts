import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';

type Answer = readonly [connection: number, bytes: Uint8Array];
const isAnswer = (message: unknown): message is Answer => Array.isArray(message);

let connections = 0;

/**
 * What the driver takes for a socket: bytes go to the thread of the embedded database and come back from it.
 * Everything the driver corks together travels as one message, since a message costs more than its bytes.
 */
export class EmbeddedConnection extends Duplex {
  readonly #worker: Worker;
  readonly #number = ++connections;
  readonly #onMessage = (message: unknown): void => {
    if (!isAnswer(message) || message[0] !== this.#number || message[1].length === 0) return;
    this.push(Buffer.from(message[1].buffer, message[1].byteOffset, message[1].byteLength));
  };
  readonly #onExit = (): void => {
    this.destroy(new Error('the thread of the embedded database ended'));
  };

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  connect(): void {
    if (this.#worker.threadId < 0) {
      process.nextTick(this.#onExit);
      return;
    }
    this.#worker.on('message', this.#onMessage);
    this.#worker.on('exit', this.#onExit);
    process.nextTick(() => this.emit('connect'));
  }

  override _read(): void {
    // Answers are pushed when they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send([chunk]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#send(chunks.map(({ chunk }) => chunk));
    done();
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#worker.off('message', this.#onMessage);
    this.#worker.off('exit', this.#onExit);
    done(error);
  }

  /** Copied because the driver goes on writing into its buffers. */
  #send(chunks: readonly Uint8Array[]): void {
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#worker.postMessage([this.#number, bytes], [bytes.buffer]);
  }

  // What a socket has besides and a thread does not need.
  setNoDelay(): void {
    return;
  }
  setKeepAlive(): void {
    return;
  }
  ref(): void {
    this.#worker.ref();
  }
  unref(): void {
    this.#worker.unref();
  }
}
