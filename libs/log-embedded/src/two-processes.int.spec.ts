import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from './open.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const cleanups: (() => Promise<unknown> | boolean)[] = [];

afterEach(async () => {
  for (const clean of cleanups.reverse().splice(0)) await clean();
});

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'partitura-lock-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  return directory;
}

interface Holder {
  readonly process: ChildProcess;
  /** The next line that it says. */
  says(): Promise<string>;
  tell(line: string): void;
  readonly ended: Promise<unknown>;
}

function startHolder(directory: string): Holder {
  const args = [
    '--no-warnings',
    '-C',
    'source',
    '--import',
    here('child.fixture.mjs'),
    here('holder.fixture.ts'),
    directory,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  cleanups.push(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    says: async () => String((await lines.next()).value),
    tell: (line) => void child.stdin.write(`${line}\n`),
    ended: new Promise((resolve) => child.once('exit', resolve)),
  };
}

describe('a second process', () => {
  it('is refused with the name of the first, and let in once that has ended in order', async () => {
    const directory = await newDirectory();
    const first = startHolder(directory);
    expect(await first.says()).toBe('open');
    first.tell('one');
    expect(await first.says()).toBe('0');

    const inUse = new RegExp(
      `${directory} is in use by process ${String(first.process.pid)}: a log .* belongs to one process`,
    );
    await expect(openEmbeddedLog({ directory })).rejects.toThrow(inUse);
    const second = startHolder(directory);
    expect(JSON.parse(await second.says())).toMatchObject({ code: 'IN_USE', message: expect.stringMatching(inUse) });

    first.process.stdin?.end();
    expect(await first.says()).toBe('closed');
    await first.ended;
    const log = await openEmbeddedLog({ directory });
    expect(await log.offsets('t', 0)).toEqual({ start: 0, end: 1 });
    await log.close();
  });

  it('takes over from one that was killed, and finds all that was acknowledged', async () => {
    const directory = await newDirectory();
    for (let life = 0; life < 3; life++) {
      const holder = startHolder(directory);
      expect(await holder.says()).toBe('open');
      holder.tell(`life ${life}`);
      expect(await holder.says()).toBe(String(life));
      holder.process.kill('SIGKILL');
      await holder.ended;
    }
    const log = await openEmbeddedLog({ directory });
    const { records } = await log.fetch('t', 0, 0);
    expect(records.map(({ value }) => String(value))).toEqual(['life 0', 'life 1', 'life 2']);
    await log.close();
    expect((await readdir(directory)).filter((name) => name.startsWith('lock'))).toEqual(['lock.000004']);
  });

  it('of many that find the same dead one is let in alone', async () => {
    const directory = await newDirectory();
    const dead = startHolder(directory);
    expect(await dead.says()).toBe('open');
    dead.process.kill('SIGKILL');
    await dead.ended;
    const holders = Array.from({ length: 4 }, () => startHolder(directory));
    const said = await Promise.all(holders.map((holder) => holder.says()));
    expect(said.filter((line) => line === 'open')).toHaveLength(1);
    expect(said.filter((line) => line.includes('IN_USE'))).toHaveLength(3);
  });
});

describe('one process', () => {
  it('cannot open the same directory twice', async () => {
    const directory = await newDirectory();
    const log = await openEmbeddedLog({ directory });
    await expect(openEmbeddedLog({ directory: join(directory, '.') })).rejects.toMatchObject({ code: 'IN_USE' });
    await log.close();
    await (await openEmbeddedLog({ directory })).close();
  });

  it('is not fooled by another that has the pid of the last holder now', async () => {
    const directory = await newDirectory();
    const holder = { pid: process.pid, host: hostname(), began: 'another boot/1' };
    await writeFile(join(directory, 'lock.000008'), JSON.stringify(holder));
    await (await openEmbeddedLog({ directory })).close();
  });

  it('says what to do when the holder lived on another host', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'lock.000001'), JSON.stringify({ pid: 1, host: 'elsewhere' }));
    const message = /in use by process 1 on host elsewhere; if that host is gone, remove .*lock\.000001/;
    await expect(openEmbeddedLog({ directory })).rejects.toThrow(message);
  });

  it('leaves a directory free when it could not open the log in it', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'manifest.json'), 'garbage');
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(openEmbeddedLog({ directory })).rejects.toMatchObject({ code: 'UNREADABLE' });
    }
  });
});
