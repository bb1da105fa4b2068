import { Fault } from '@partitura/model';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps a second process out of a directory: two databases over the same files would destroy them. The lock file holds
 * the process id of its owner; one that was left behind by a dead process is taken over.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'owner.pid');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isRunning(owner)) {
      throw new Fault(
        'DATABASE_IN_USE',
        `${directory} is in use by process ${owner}; end it, or choose another directory`,
        {
          retryable: false,
        },
      );
    }
    await rm(path, { force: true });
  }
  throw new Fault('DATABASE_IN_USE', `${directory} is being opened by another process`, { retryable: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
