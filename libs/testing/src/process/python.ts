import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

const oldest = 11;

/**
 * A Python with exactly the packages of a requirements file (exact versions with hashes); made once for each content and
 * kept in `.cache`. Resolves to its interpreter; rejects with what is missing, Python itself or its registry.
 */
export async function pythonEnvironment(requirements: string, progress: (message: string) => void): Promise<string> {
  const version = await run('python3', ['--version']).catch(() => '');
  if (Number(/Python 3\.(\d+)/.exec(version)?.[1] ?? 0) < oldest)
    throw new Error(`Python 3.${oldest} or later is needed as python3 (found: ${version.trim() || 'none'})`);

  const content = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), 'python', content);
  const interpreter = join(directory, 'bin', 'python');
  // An environment cannot be moved, so what is finished is said by a file of its own.
  const finished = join(directory, 'finished');
  if (!existsSync(finished))
    await withLock(`${directory}.lock`, async () => {
      if (existsSync(finished)) return;
      progress('downloading the Python packages of the tests (once) …');
      rmSync(directory, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', directory]);
      const exactly = ['--require-hashes', '--no-deps', '--disable-pip-version-check', '--requirement', requirements];
      await run(interpreter, ['-m', 'pip', 'install', '--quiet', ...exactly]);
      writeFileSync(finished, '');
    });
  return interpreter;
}
