import { createHash } from 'node:crypto';

/** What a schema means, without its documentation: first half of SHA-256, hex. */
export function fingerprint(schema) {
  const text = JSON.stringify(schema, (key, value) => (key === 'doc' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
