import pg from 'pg';
import type { Listening } from './database.ts';
import { faultOf } from './faults.ts';

type Listener = (payload: string) => void;
/** Runs a statement without rows. */
type Run = (text: string) => Promise<unknown>;

/** Who listens to what. A channel is asked for once, with its first listener. */
class Listeners {
  readonly #channels = new Map<string, Set<Listener>>();

  async add(run: Run, channel: string, listener: Listener): Promise<Listening> {
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners);
    if (listeners.size === 0) await listen(run, channel);
    listeners.add(listener);
    return {
      close: async () => {
        listeners.delete(listener);
      },
    };
  }

  async askAgain(run: Run): Promise<void> {
    for (const channel of this.#channels.keys()) await listen(run, channel);
  }

  tell(channel: string, payload: string): void {
    for (const listener of this.#channels.get(channel) ?? []) listener(payload);
  }

  tellAll(): void {
    for (const channel of this.#channels.keys()) this.tell(channel, '');
  }
}

async function listen(run: Run, channel: string): Promise<void> {
  try {
    await run(`LISTEN ${pg.escapeIdentifier(channel)}`);
  } catch (cause) {
    throw faultOf(cause);
  }
}

/** Listens in a session that has other work too. */
export class SessionChannels {
  readonly #run: Run;
  readonly #listeners = new Listeners();

  constructor(client: pg.Client, run: Run) {
    this.#run = run;
    client.on('notification', ({ channel, payload }) => this.#listeners.tell(channel, payload ?? ''));
  }

  add(channel: string, onMessage: Listener): Promise<Listening> {
    return this.#listeners.add(this.#run, channel, onMessage);
  }
}

const retryMs = 500;

/**
 * One connection beside the pool that hears notifications for the whole process. When it breaks it is made again;
 * what was said meanwhile is lost, so listeners are called with an empty payload afterwards and look for themselves.
 */
export class ListeningConnection {
  readonly #config: pg.ClientConfig;
  readonly #listeners = new Listeners();
  #client: Promise<pg.Client> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(config: pg.ClientConfig) {
    this.#config = config;
  }

  async add(channel: string, onMessage: Listener): Promise<Listening> {
    const client = await (this.#client ??= this.#connect());
    return this.#listeners.add((text) => client.query(text), channel, onMessage);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#config, statement_timeout: 0 });
    client.on('notification', ({ channel, payload }) => this.#listeners.tell(channel, payload ?? ''));
    client.on('error', () => this.#lost());
    client.on('end', () => this.#lost());
    try {
      await client.connect();
      await this.#listeners.askAgain((text) => client.query(text));
    } catch (cause) {
      this.#client = undefined;
      await client.end().catch(() => undefined);
      throw faultOf(cause);
    }
    return client;
  }

  #lost(): void {
    if (this.#closed || this.#retry !== undefined) return;
    this.#client = undefined;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#client = this.#connect();
      this.#client.then(
        () => this.#listeners.tellAll(),
        () => this.#lost(),
      );
    }, retryMs);
    this.#retry.unref();
  }
}
