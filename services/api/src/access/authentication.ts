import { ApiError, permissions, roles, type Permission } from '@partitura/conductor-api';
import type { Clock } from '@partitura/log';
import type { IncomingHttpHeaders } from 'node:http';
import { createHash } from 'node:crypto';
import type { ApiKey } from './keys.ts';
import { isSecret, noOnesHash } from './secret-hash.ts';
import { TaskTokens } from './task-tokens.ts';
import { stampOf, Tokens } from './tokens.ts';

/** Somebody who said who he is. */
export interface Caller {
  /** As the journal names him. */
  readonly principal: string;
  /** Bits of {@link maskOf}. */
  readonly may: number;
  /** Task types that he may poll and report; absent: all. */
  readonly taskTypes: ReadonlySet<string> | undefined;
}

interface Session {
  readonly caller: Caller;
  readonly expiresAt: number;
}

const sessionsMax = 10_000;
/** How long a key and secret that were sent along are remembered as checked. */
const basicMs = 5 * 60_000;
const checksMax = 64;
const secretChars = 1_000;

/** Permissions as bits, so that a request costs one AND. */
export function maskOf(of: readonly Permission[]): number {
  return of.reduce((mask, permission) => mask | (1 << permissions.indexOf(permission)), 0);
}

/**
 * Who calls. Tokens come as `X-Authorization: <token>` or `Authorization: Bearer <token>`; scripts may send key and
 * secret themselves, as `Authorization: Basic`. What was seen before costs one look into a map.
 */
export class Authentication {
  /** Proofs that tasks were handed out. */
  readonly taskTokens: TaskTokens;
  readonly #keys: ReadonlyMap<string, ApiKey>;
  readonly #tokens: Tokens;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sessions = new Map<string, Session>();
  #checks = 0;

  constructor(options: {
    readonly keys: ReadonlyMap<string, ApiKey>;
    /** The same in all processes that shall take each other's tokens. */
    readonly secret: Uint8Array;
    readonly clock: Pick<Clock, 'now'>;
  }) {
    this.#keys = options.keys;
    this.taskTokens = new TaskTokens(options.secret);
    this.#tokens = new Tokens(options.secret);
    this.#clock = options.clock;
  }

  /** A token for a key. Throws 401 for a wrong one, 429 when too many are being checked. */
  async logIn(keyId: string, secret: string): Promise<string> {
    return this.#tokens.issue(await this.#checked(keyId, secret), this.#clock.now());
  }

  /** The caller, or an error with 401; a promise only where a secret has to be checked. */
  callerOf(headers: IncomingHttpHeaders): Caller | ApiError | Promise<Caller | ApiError> {
    const own = headers['x-authorization'];
    if (typeof own === 'string' && own !== '') return this.#byToken(own.startsWith('Bearer ') ? own.slice(7) : own);
    const { authorization } = headers;
    if (authorization === undefined || authorization === '') return missing;
    if (authorization.startsWith('Bearer ')) return this.#byToken(authorization.slice(7));
    if (authorization.startsWith('Basic ')) return this.#byBasic(authorization.slice(6));
    return invalidToken;
  }

  #byToken(token: string): Caller | ApiError {
    const now = this.#clock.now();
    const known = this.#sessions.get(token);
    if (known !== undefined) return known.expiresAt > now ? known.caller : expiredToken;
    const read = this.#tokens.read(token, now);
    if (read.kind === 'expired') return expiredToken;
    if (read.kind === 'invalid') return invalidToken;
    const key = this.#keys.get(read.keyId);
    if (key === undefined || stampOf(key) !== read.stamp) return invalidToken;
    return this.#remember(token, key, read.expiresAt);
  }

  #byBasic(encoded: string): Caller | ApiError | Promise<Caller | ApiError> {
    // Kept by its digest, so that no secret stays in memory.
    const digest = createHash('sha256').update(encoded).digest('base64url');
    const known = this.#sessions.get(digest);
    if (known !== undefined && known.expiresAt > this.#clock.now()) return known.caller;
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const cut = text.indexOf(':');
    return this.#checked(text.slice(0, Math.max(0, cut)), text.slice(cut + 1)).then(
      (key) => this.#remember(digest, key, this.#clock.now() + basicMs),
      (error: unknown) => {
        if (error instanceof ApiError) return error;
        throw error;
      },
    );
  }

  async #checked(keyId: string, secret: string): Promise<ApiKey> {
    if (secret.length > secretChars) throw wrongKey;
    if (this.#checks >= checksMax) {
      throw new ApiError(429, 'too many keys are being checked', { retryAfterSeconds: 1 });
    }
    this.#checks += 1;
    try {
      const key = this.#keys.get(keyId);
      const isRight = await isSecret(secret, key?.hash ?? noOnesHash);
      if (key === undefined || !isRight) throw wrongKey;
      return key;
    } finally {
      this.#checks -= 1;
    }
  }

  #remember(credential: string, key: ApiKey, expiresAt: number): Caller {
    const may = maskOf(key.roles.flatMap((role) => roles[role] as readonly Permission[]));
    const caller: Caller = { principal: key.id, may, taskTypes: key.taskTypes };
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= sessionsMax && oldest.done !== true) this.#sessions.delete(oldest.value);
    this.#sessions.set(credential, { caller, expiresAt });
    return caller;
  }
}

const missing = new ApiError(401, 'send a token: POST /api/token gives one for a key', { error: 'MISSING_TOKEN' });
const invalidToken = new ApiError(401, 'the token is not valid', { error: 'INVALID_TOKEN' });
const expiredToken = new ApiError(401, 'the token has expired', { error: 'EXPIRED_TOKEN' });
const wrongKey = new ApiError(401, 'the key or its secret is wrong', { error: 'INVALID_CREDENTIALS' });
