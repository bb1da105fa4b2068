import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection, one request at a time. Much cheaper than a general client: on two cores the load must not
 * take from the server what is to be measured.
 */
export class HttpConnection {
  readonly #host: string;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #broken: Error | undefined;

  constructor(base: URL) {
    this.#host = base.host;
    this.#socket = connect({ host: base.hostname, port: Number(base.port || '80'), noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  request(method: string, path: string, body?: string): Promise<HttpAnswer> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\naccept: */*\r\n`;
    this.#socket.write(
      body === undefined
        ? `${head}\r\n`
        : `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  close(): void {
    this.#broken ??= new Error('closed');
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = answerIn(this.#received);
    if (answer === undefined) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    this.#broken ??= error;
    this.#waiting?.reject(this.#broken);
    this.#waiting = undefined;
  }
}

/** The answer, once all of it has come. */
function answerIn(received: Buffer): HttpAnswer | undefined {
  const end = received.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const rest = received.subarray(end + headEnd.length);
  if (head.includes('transfer-encoding: chunked')) {
    const body = unchunked(rest);
    return body === undefined ? undefined : { status, body };
  }
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  return rest.length < length ? undefined : { status, body: rest };
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const begin = lineEnd + 2;
    if (bytes.length < begin + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(begin, begin + size));
    at = begin + size + 2;
  }
}
