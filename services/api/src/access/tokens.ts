import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './keys.ts';

/** How long a token is good, in ms. SDKs fetch a new one after 45 minutes. */
export const tokenMs = 60 * 60_000;

export type ReadToken =
  | { readonly kind: 'good'; readonly keyId: string; readonly stamp: string; readonly expiresAt: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const pattern = /^pt1\.([\w-]{1,400})\.([\w-]{43})$/;

/**
 * Tokens that need no store: `pt1.<claims>.<HMAC-SHA256 of what stands before>`. There is one algorithm and one purpose,
 * so a token names neither. It holds the key's id, until when it is good, and a stamp of the key's hash, so that it ends
 * with the secret.
 */
export class Tokens {
  readonly #secret: Buffer;

  /** @param secret the same in all processes that shall take each other's tokens */
  constructor(secret: Uint8Array) {
    this.#secret = createHmac('sha256', secret).update('partitura api token').digest();
  }

  issue(key: ApiKey, now: number): string {
    const claims = Buffer.from(JSON.stringify([key.id, now + tokenMs, stampOf(key)])).toString('base64url');
    const signed = `pt1.${claims}`;
    return `${signed}.${this.#sign(signed).toString('base64url')}`;
  }

  read(token: string, now: number): ReadToken {
    const match = pattern.exec(token);
    if (match === null) return { kind: 'invalid' };
    const [, claims = '', signature = ''] = match;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(`pt1.${claims}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return { kind: 'invalid' };
    const [keyId, expiresAt, stamp] = JSON.parse(Buffer.from(claims, 'base64url').toString()) as [
      string,
      number,
      string,
    ];
    return expiresAt <= now ? { kind: 'expired' } : { kind: 'good', keyId, stamp, expiresAt };
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }
}

/** Changes when the key's secret does. */
export function stampOf({ hash }: ApiKey): string {
  return createHash('sha256').update(hash.salt).update(hash.key).digest('base64url').slice(0, 16);
}
