import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@partitura/model';

const bytes = 32;

/**
 * What tokens of callers and of tasks are signed with where no PARTITURA_KEY is given: made once, kept in the data
 * directory for its owner's eyes only, so that what was given out before a restart is good after it.
 */
export function keptTokenSecret(dataDir: string): Uint8Array {
  const path = join(dataDir, 'token-secret');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, `${randomBytes(bytes).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (secret.length === bytes) return secret;
  throw new Fault('INVALID_SECRET', `${path} holds no secret of ${bytes} bytes; remove it, and a new one is made`, {
    retryable: false,
  });
}
