import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { javaMajor } from './java.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

const oldest = 17;

/**
 * A Maven project that puts classes and jars into the folder that its property `built` names; built once for each content
 * and kept in `.cache`. What the machine's Maven has already is not asked for again, so a second build needs no network.
 * Resolves to the class path; rejects with what is missing.
 */
export async function mavenProject(folder: string, progress: (message: string) => void): Promise<string> {
  const java = await javaMajor();
  if (java === undefined || java < oldest)
    throw new Error(`Java ${oldest} or later is needed (found: ${java ?? 'none'})`);
  const content = contentOf(folder, createHash('sha256').update(String(java))).digest('hex');
  const built = join(cacheDirectory(), 'java', content.slice(0, 16));
  const finished = join(built, 'finished');
  if (!existsSync(finished))
    await withLock(`${built}.lock`, async () => {
      if (existsSync(finished)) return;
      progress('building the Java programs of the tests (once) …');
      rmSync(built, { recursive: true, force: true });
      const build = (...more: string[]) =>
        run('mvn', ['-q', '-B', ...more, `-Dbuilt=${built}`, 'process-classes'], { cwd: folder });
      await build('--offline').catch(() => build());
      writeFileSync(finished, '');
    });
  return `${join(built, 'classes')}:${join(built, 'jars', '*')}`;
}

function contentOf(path: string, hash: ReturnType<typeof createHash>): ReturnType<typeof createHash> {
  if (!statSync(path).isDirectory()) return hash.update(readFileSync(path));
  for (const name of readdirSync(path).sort()) contentOf(join(path, name), hash.update(`${name}\0`));
  return hash;
}
