import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Json } from '@partitura/model';
import { ProgramThread, type Question } from './program-thread.executor.ts';

export type Language = Question['language'];

export interface ProgramEngineOptions {
  /** How long one program may run; default 4 s, as in Conductor. */
  readonly timeoutMs?: number;
  /** Default: one less than there are processors, at most 4. */
  readonly threads?: number;
  /** Told of every program that was run. */
  readonly onRun?: (run: ProgramRun) => void;
}

export interface ProgramRun {
  readonly language: Language;
  readonly seconds: number;
  /** Its thread was ended because it did not come to an end of its own. */
  readonly killed: boolean;
}

export type ProgramAnswer =
  /** JavaScript: the value; jq: the list of results. */
  | { readonly value: Json }
  | { readonly error: string; readonly line?: number }
  /** It was stopped, or not even begun: the program did not come to an end of its own. */
  | { readonly stopped: string };

const timeoutMs = 4_000;
const waitingMax = 1_000;
const killsMax = 3;
const rememberedMax = 1_000;

interface Waiting {
  readonly question: Question;
  readonly answer: (answer: ProgramAnswer) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs programs that decisions leave out, each in a thread that is ended if it does not come to an end. A program that
 * had to be ended three times is not begun again by this process.
 */
export class ProgramEngine {
  readonly #timeoutMs: number;
  readonly #threadsMax: number;
  readonly #onRun: NonNullable<ProgramEngineOptions['onRun']>;
  readonly #threads = new Set<ProgramThread>();
  readonly #idle: ProgramThread[] = [];
  readonly #waiting: Waiting[] = [];
  /** How often each had to be ended, the one that was longest ago first. */
  readonly #kills = new Map<string, number>();
  #isClosed = false;

  constructor(options: ProgramEngineOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? timeoutMs;
    this.#onRun = options.onRun ?? (() => undefined);
    this.#threadsMax = options.threads ?? Math.min(4, Math.max(1, availableParallelism() - 1));
  }

  /** @param input JSON text: the globals of a script, the document of a jq program. */
  run(language: Language, program: string, input: string, signal: AbortSignal): Promise<ProgramAnswer> {
    if (this.#isClosed) return Promise.resolve({ stopped: 'the worker stops' });
    if (this.#waiting.length >= waitingMax) return Promise.resolve({ stopped: 'too many programs wait to be run' });
    return new Promise((answer) => {
      this.#waiting.push({ question: { language, program, input, timeoutMs: this.#timeoutMs }, answer, signal });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { answer } of this.#waiting.splice(0)) answer({ stopped: 'the worker stops' });
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #next(): void {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#threads.size < this.#threadsMax)) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      if (waiting.signal.aborted) waiting.answer({ stopped: 'nobody waits for it any more' });
      else if (this.#killsOf(waiting.question) >= killsMax)
        waiting.answer({ stopped: `it had to be interrupted ${killsMax} times and is not run again` });
      else void this.#serve(this.#idle.pop() ?? this.#begin(), waiting);
    }
  }

  #begin(): ProgramThread {
    const thread = new ProgramThread();
    this.#threads.add(thread);
    return thread;
  }

  async #serve(thread: ProgramThread, { question, answer }: Waiting): Promise<void> {
    const began = performance.now();
    const found = await thread.ask(question);
    const seconds = (performance.now() - began) / 1000;
    if (!this.#isClosed) this.#onRun({ language: question.language, seconds, killed: 'stopped' in found });
    if (thread.isOver) this.#threads.delete(thread);
    else this.#idle.push(thread);
    if ('stopped' in found && !this.#isClosed) this.#remember(question);
    answer(
      'json' in found
        ? { value: JSON.parse(found.json) as Json }
        : 'stopped' in found
          ? { stopped: `Script not evaluated within ${this.#timeoutMs / 1000} seconds, interrupted.` }
          : found,
    );
    this.#next();
  }

  #killsOf({ language, program }: Question): number {
    return this.#kills.size === 0 ? 0 : (this.#kills.get(nameOf(language, program)) ?? 0);
  }

  #remember({ language, program }: Question): void {
    const name = nameOf(language, program);
    const kills = (this.#kills.get(name) ?? 0) + 1;
    this.#kills.delete(name);
    this.#kills.set(name, kills);
    const [oldest] = this.#kills.keys();
    if (this.#kills.size > rememberedMax && oldest !== undefined) this.#kills.delete(oldest);
  }
}

const nameOf = (language: Language, program: string): string =>
  createHash('sha256').update(`${language}\n${program}`).digest('base64');
