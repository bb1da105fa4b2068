import { afterEach, describe, expect, it } from '@jest/globals';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Launched } from './lifeline.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

const directories: string[] = [];
const launched: Launched[] = [];
afterEach(async () => {
  for (const program of launched.splice(0)) await program.end(0);
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});
function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'partitura-lifeline-'));
  directories.push(directory);
  return directory;
}
async function start(command: string[], more: Partial<Parameters<typeof launch>[0]> = {}): Promise<Launched> {
  const program = await launch({ command, logFile: join(freshDirectory(), 'log'), endWith: 'TERM', ...more });
  launched.push(program);
  return program;
}
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a launched program', () => {
  it('runs until it is ended, and what it prints is kept', async () => {
    const directory = freshDirectory();
    const logFile = join(directory, 'log');
    const program = await start(['sh', '-c', 'echo out; echo err >&2; sleep 60'], { logFile });
    expect([lives(program.pid), program.hasEnded()]).toEqual([true, false]);
    while (!existsSync(logFile) || !readFileSync(logFile, 'utf8').includes('err'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await program.end();
    expect([lives(program.pid), program.hasEnded()]).toEqual([false, true]);
    expect(readFileSync(logFile, 'utf8')).toBe('out\nerr\n');
  });

  it('is known to have ended by itself', async () => {
    const program = await start(['sh', '-c', 'exit 3']);
    await program.whenEnded();
    expect(program.hasEnded()).toBe(true);
  });

  it('is forced when it does not want to go, also from a freeze', async () => {
    const logFile = join(freshDirectory(), 'log');
    const program = await start(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'], { logFile });
    while (!existsSync(logFile) || readFileSync(logFile, 'utf8') !== 'ready\n')
      await new Promise((resolve) => setTimeout(resolve, 5));
    program.signal('SIGSTOP');
    const began = performance.now();
    await program.end(300);
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(lives(program.pid)).toBe(false);
  });

  it('goes, with its scratch directory, when nobody holds its lifeline any more', async () => {
    const directory = freshDirectory();
    const scratch = freshDirectory();
    writeFileSync(join(scratch, 'data'), 'x');
    const lifeline = join(directory, 'lifeline');
    await run('mkfifo', [lifeline]);
    const program = await start(['sleep', '60'], { lifeline, scratch });
    const holders: number[] = [];
    while (holders.length < 2)
      try {
        holders.push(openSync(lifeline, constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 5)); // the other end is not open yet
      }
    const [first, last] = holders as [number, number];
    closeSync(first);
    expect(lives(program.pid)).toBe(true);
    closeSync(last);
    await program.whenEnded();
    expect([lives(program.pid), existsSync(scratch)]).toEqual([false, false]);
  });
});

describe('a lock', () => {
  it('lets one in at a time', async () => {
    const path = join(freshDirectory(), 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      [1, 2, 3].map(() =>
        withLock(path, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 10));
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('of a holder that died is taken over', async () => {
    const path = join(freshDirectory(), 'lock');
    const dead = await start(['true']);
    await dead.whenEnded();
    writeFileSync(path, String(dead.pid));
    expect(await withLock(path, async () => 'in')).toBe('in');
  });

  it('is open again after a failure inside', async () => {
    const path = join(freshDirectory(), 'lock');
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, async () => 'in')).toBe('in');
  });
});
