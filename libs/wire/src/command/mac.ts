import { createHmac, timingSafeEqual } from 'node:crypto';

/** Header under which the product's own commands carry their message authentication code. */
export const macHeader = 'partitura-mac';

export interface Authenticator {
  sign(value: Uint8Array): Uint8Array;
  verify(value: Uint8Array, mac: Uint8Array | undefined): boolean;
}

/** HMAC-SHA-256 under the installation key over topic and value, so that a record of one namespace is none of another. */
export function createAuthenticator(key: Uint8Array, topic: string): Authenticator {
  const sign = (value: Uint8Array): Buffer =>
    createHmac('sha256', key).update(topic).update('\0').update(value).digest();
  return {
    sign,
    verify: (value, mac) => mac?.length === 32 && timingSafeEqual(sign(value), mac),
  };
}
