import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptTokenSecret } from './token-secret.ts';

describe('the secret behind tokens', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'token-secret-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is made once for a data directory, and only its owner can read it', () => {
    const data = join(directory, 'not', 'there', 'yet');
    const secret = keptTokenSecret(data);
    expect(secret).toHaveLength(32);
    expect(keptTokenSecret(data)).toEqual(secret);
    expect(keptTokenSecret(join(directory, 'another'))).not.toEqual(secret);
    expect(statSync(join(data, 'token-secret')).mode & 0o777).toBe(0o600);
  });

  it('is not made up again when it was damaged: whoever has tokens would not know why they are refused', () => {
    writeFileSync(join(directory, 'token-secret'), 'short');
    expect(() => keptTokenSecret(directory)).toThrow('holds no secret of 32 bytes');
  });
});
