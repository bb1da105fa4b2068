import { readFileSync } from 'node:fs';
import { readApiKeys, type ApiKey } from '@partitura/service-api';
import type { ServerConfig } from './settings.ts';

/** The keys that may log in; absent where nobody has to. Problems are told all at once, and never quote a key. */
export function apiKeysOf({ apiKeys, apiKeysFile }: Pick<ServerConfig, 'apiKeys' | 'apiKeysFile'>): {
  readonly keys?: ReadonlyMap<string, ApiKey>;
  readonly problems: readonly string[];
} {
  if (apiKeys !== undefined && apiKeysFile !== undefined) {
    return { problems: ['PARTITURA_API_KEYS and PARTITURA_API_KEYS_FILE say the same thing; give only one'] };
  }
  try {
    const text = apiKeysFile === undefined ? apiKeys : readFileSync(apiKeysFile, 'utf8');
    return text === undefined ? { problems: [] } : { keys: readApiKeys(text), problems: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problems: [apiKeysFile === undefined ? why : `PARTITURA_API_KEYS_FILE ${apiKeysFile}: ${why}`] };
  }
}
