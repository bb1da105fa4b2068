import { constants, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

export interface SharedService {
  /** Names the service among all that are shared on this machine by this repository. */
  readonly name: string;
  /** Starts it so that it ends when the named pipe `lifeline` has no writer any more; resolves to its address. */
  readonly start: (lifeline: string) => Promise<string>;
  readonly isAlive: (address: string) => Promise<boolean>;
}

/**
 * One service for all processes that want it at the same time: the first starts it, the last to end takes it along.
 * The count is kept by the kernel, as open ends of a named pipe, so that nobody's crash can spoil it.
 */
export async function share(service: SharedService): Promise<string> {
  const directory = join(cacheDirectory(), 'shared', service.name);
  return withLock(`${directory}.lock`, async () => {
    const running = await joinRunning(directory, service);
    if (running !== undefined) return running;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const lifeline = join(directory, 'lifeline');
    await run('mkfifo', [lifeline]);
    const started = service.start(lifeline);
    started.catch(() => undefined); // reported below
    await hold(lifeline, started);
    const address = await started;
    writeFileSync(join(directory, 'address'), address, { mode: 0o600 });
    return address;
  });
}

async function joinRunning(directory: string, service: SharedService): Promise<string | undefined> {
  if (!existsSync(join(directory, 'address')) || !tryHold(join(directory, 'lifeline'))) return undefined;
  const address = readFileSync(join(directory, 'address'), 'utf8');
  return (await service.isAlive(address)) ? address : undefined;
}

/** Opens our end of the pipe, which stays open until this process ends. The shell opens the other one soon. */
async function hold(lifeline: string, started: Promise<unknown>): Promise<void> {
  const state = { over: false };
  const settled = (): void => {
    state.over = true;
  };
  started.then(settled, settled);
  while (!tryHold(lifeline) && !state.over) await new Promise((resolve) => setTimeout(resolve, 20));
}

function tryHold(lifeline: string): boolean {
  try {
    openSync(lifeline, constants.O_WRONLY | constants.O_NONBLOCK);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO' || code === 'ENOENT') return false; // nobody reads: it is gone, or not there yet
    throw error;
  }
}
