import { randomBytes } from 'node:crypto';
import { hashSecret } from '@partitura/service-api';

/** Makes a key: its entry for the keys' file, and the secret that only its owner keeps. */
export async function makeKey(flags: readonly string[], tell: (text: string) => void): Promise<void> {
  const [id = 'my-key', ...roles] = flags;
  const secret = randomBytes(32).toString('base64url');
  const entry = { id, roles: roles.length === 0 ? ['admin'] : roles, hash: await hashSecret(secret) };
  tell(`secret, shown this once: ${secret}`);
  tell(`entry of the list in PARTITURA_API_KEYS_FILE: ${JSON.stringify(entry)}`);
}
