import pg from 'pg';
import type { Listening } from './database.ts';
import { faultOf } from './faults.ts';

export interface Channels {
  add(channel: string, onMessage: (payload: string) => void): Promise<Listening>;
  close(): Promise<void>;
}

type Listener = (payload: string) => void;
type Session = Pick<pg.ClientBase, 'query'>;

/** Who listens to what. A channel is asked for once, with its first listener. */
class Listeners {
  readonly #channels = new Map<string, Set<Listener>>();

  async add(session: Session, channel: string, listener: Listener): Promise<Listening> {
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners);
    if (listeners.size === 0) await listen(session, channel);
    listeners.add(listener);
    return {
      close: async () => {
        listeners.delete(listener);
      },
    };
  }

  async askAgain(session: Session): Promise<void> {
    for (const channel of this.#channels.keys()) await listen(session, channel);
  }

  tell(channel: string, payload: string): void {
    for (const listener of this.#channels.get(channel) ?? []) listener(payload);
  }

  tellAll(): void {
    for (const channel of this.#channels.keys()) this.tell(channel, '');
  }
}

async function listen(session: Session, channel: string): Promise<void> {
  try {
    await session.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  } catch (cause) {
    throw faultOf(cause);
  }
}

/** Listens in the one session that a pool has. */
export class SessionChannels implements Channels {
  readonly #pool: pg.Pool;
  readonly #listeners = new Listeners();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    pool.on('connect', (client) => {
      client.on('notification', ({ channel, payload }) => this.#listeners.tell(channel, payload ?? ''));
    });
  }

  add(channel: string, onMessage: Listener): Promise<Listening> {
    return this.#listeners.add(this.#pool, channel, onMessage);
  }

  async close(): Promise<void> {
    // Ends with the session.
  }
}

const retryMs = 500;

/**
 * One connection beside the pool that hears notifications for the whole process. When it breaks it is made again;
 * what was said meanwhile is lost, so listeners are called with an empty payload afterwards and look for themselves.
 */
export class ListeningConnection implements Channels {
  readonly #config: pg.ClientConfig;
  readonly #listeners = new Listeners();
  #client: Promise<pg.Client> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(config: pg.ClientConfig) {
    this.#config = config;
  }

  async add(channel: string, onMessage: Listener): Promise<Listening> {
    return this.#listeners.add(await (this.#client ??= this.#connect()), channel, onMessage);
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
      await this.#listeners.askAgain(client);
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
