import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';

type Answer = readonly [connection: number, bytes: Uint8Array];
const isAnswer = (message: unknown): message is Answer => Array.isArray(message);

let connections = 0;

/**
 * What the driver takes for a socket: bytes go to the thread of the embedded database and come back from it.
 * Everything that is written within one turn travels as one message, since a message costs more than its bytes.
 */
export class EmbeddedConnection extends Duplex {
  readonly #worker: Worker;
  readonly #number = ++connections;
  readonly #onMessage = (message: unknown): void => {
    if (!isAnswer(message) || message[0] !== this.#number || message[1].length === 0) return;
    this.push(Buffer.from(message[1].buffer, message[1].byteOffset, message[1].byteLength));
  };
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Copied into memory of its own, which is moved to the thread. */
  readonly #send = (): void => {
    const bytes = new Uint8Array(this.#pendingBytes);
    let at = 0;
    for (const chunk of this.#pending) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#worker.postMessage([this.#number, bytes], [bytes.buffer]);
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
    this.#later(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#later(chunk);
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

  #later(chunk: Buffer): void {
    this.#pendingBytes += chunk.length;
    if (this.#pending.push(chunk) === 1) queueMicrotask(this.#send);
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
