import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SdkPrograms } from './programs.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** The suite of our own language needs nothing but the build. */
export function prepareJavaScript(): Promise<SdkPrograms> {
  const program = (name: string) => ({
    command: [process.execPath, `dist/compat/sdk/javascript/${name}.js`] as const,
    cwd,
  });
  if (!existsSync(`${cwd}dist/compat/sdk/javascript/run-cases.js`)) throw new Error('not built: npx tsc -b');
  return Promise.resolve({ workers: program('workers'), cases: program('run-cases') });
}
