import { Worker } from 'node:worker_threads';

/** What the thread is asked; see `worker/program-thread.mjs`. */
export interface Question {
  readonly language: 'javascript' | 'jq';
  readonly program: string;
  /** JSON text: the globals of a script, the document of a jq program. */
  readonly input: string;
  readonly timeoutMs: number;
}

export type ThreadAnswer =
  { readonly json: string } | { readonly error: string; readonly line?: number } | { readonly stopped: string };

interface Reply {
  readonly answer: ThreadAnswer;
  /** Its memory has grown too much to be used again. */
  readonly isFull: boolean;
}

/** Reached from `src/` and from `dist/` alike. */
const threadFile = new URL('../../worker/program-thread.mjs', import.meta.url);

/** How long a thread may take to be there, on a machine that has much else to do. */
const bootMs = 30_000;
/** What a program that can be interrupted gets on top to say so. */
const graceMs = 250;

/** One thread, one question at a time. It keeps no process alive while it has nothing to do. */
export class ProgramThread {
  /** It has ended, and takes no further question. */
  isOver = false;
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<ThreadAnswer>;

  constructor() {
    const worker = new Worker(threadFile, {
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    this.#worker = worker;
    this.#ready = new Promise((resolve) => worker.once('message', () => resolve()));
    // Whoever asks sees the end; an end without a question is nobody's concern.
    worker.on('error', () => undefined);
    this.#ended = new Promise((resolve) =>
      worker.once('exit', () => {
        this.isOver = true;
        resolve({ stopped: 'its thread has ended' });
      }),
    );
    worker.unref();
  }

  /** Never rejects. A thread that does not answer in time is ended. */
  async ask(question: Question): Promise<ThreadAnswer> {
    this.#worker.ref();
    const booted = await this.#within(
      bootMs,
      Promise.race([this.#ready.then(() => true), this.#ended.then(() => false)]),
    );
    if (booted !== true) return this.#kill();
    const answered = new Promise<Reply>((resolve) => this.#worker.once('message', resolve));
    this.#worker.postMessage(question);
    const reply = await this.#within(question.timeoutMs + graceMs, Promise.race([answered, this.#ended]));
    if (reply === undefined) return this.#kill();
    if (!('answer' in reply)) return reply;
    if (reply.isFull) await this.end();
    this.#worker.unref();
    return reply.answer;
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.#worker.terminate();
  }

  async #kill(): Promise<ThreadAnswer> {
    await this.end();
    return { stopped: 'it was ended' };
  }

  async #within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
    const first = await Promise.race([promise, late]);
    clearTimeout(timer);
    return first;
  }
}
