import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { SecretHash } from './keys.ts';

const preset = { cost: 32_768, blockSize: 8, parallelization: 1 };
const keyBytes = 32;

/** The text by which a secret is configured. `cost`: scrypt's N, a power of two. */
export async function hashSecret(secret: string, cost = preset.cost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(secret, { ...preset, cost, salt }, keyBytes);
  const { blockSize, parallelization } = preset;
  return `scrypt:${cost}:${blockSize}:${parallelization}:${salt.toString('base64url')}:${key.toString('base64url')}`;
}

/** Takes as long for a wrong secret as for the right one. */
export async function isSecret(secret: string, hash: SecretHash): Promise<boolean> {
  return timingSafeEqual(await derive(secret, hash, hash.key.length), hash.key);
}

/** A hash that no secret has: whoever names an unknown key waits as long as everybody else. */
export const noOnesHash: SecretHash = { ...preset, salt: randomBytes(16), key: randomBytes(keyBytes) };

function derive(secret: string, how: Omit<SecretHash, 'key'>, bytes: number): Promise<Buffer> {
  const { cost, blockSize, parallelization, salt } = how;
  const maxmem = 256 * cost * blockSize;
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, { cost, blockSize, parallelization, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
