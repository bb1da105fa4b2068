import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where downloads are kept: `.cache` of the repository, which git ignores; outside of one, the user's cache. */
export function cacheDirectory(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'package-lock.json'))) return join(at, '.cache');
  return join(homedir(), '.cache', 'partitura');
}
