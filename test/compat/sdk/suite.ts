import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesOf, type Sdk } from './cases.ts';
import { environmentOf, startGuardedServer, type GuardedServer } from './guarded-server.ts';
import type { Program, Report, SdkPrograms } from './programs.ts';

/** For all cases together: far more than they take, for a machine that has much else to do. */
const patienceMs = 600_000;

/**
 * One jest test for each case of the table, run by the SDK's own programs against a server of their own. When the
 * language is not there, `prepare` rejects with the reason: that is said loudly, and under `CI=true` it is a failure.
 */
export async function describeSdk(sdk: Sdk, name: string, prepare: () => Promise<SdkPrograms>): Promise<void> {
  const programs = await prepare().catch((error: unknown) => {
    if (process.env['CI'] === 'true') throw error;
    return error as Error;
  });
  if (programs instanceof Error) {
    console.error(`SKIPPED: the suite of ${name} did not run. ${programs.message}`);
    describe.skip(name, () => it.each(casesOf(sdk))('$title', () => undefined));
    return;
  }

  describe(name, () => {
    let server: GuardedServer | undefined;
    let workers: Running | undefined;
    let reports: ReadonlyMap<string, Report>;
    let said = '';

    beforeAll(async () => {
      const guarded = (server = await startGuardedServer(sdk));
      workers = new Running(programs.workers, environmentOf(guarded, guarded.worker));
      const folder = mkdtempSync(join(tmpdir(), 'partitura-cases-'));
      const file = join(folder, 'report.jsonl');
      const all = new Running(programs.cases, { ...environmentOf(guarded, guarded.owner), CASE_REPORT: file });
      await all.ended;
      said = all.said;
      reports = new Map(readReports(file).map((report) => [report.case, report]));
      rmSync(folder, { recursive: true });
    }, patienceMs);

    afterAll(async () => {
      await workers?.letGo();
      await server?.stop();
    });

    it.each(casesOf(sdk))('$title', ({ case: id }) => {
      const report = reports.get(id);
      if (report === undefined) throw new Error(`${id} was not reported. The suite said:\n${said}`);
      if (!report.passed) throw new Error(`${id}:\n${report.output}\nThe workers said:\n${workers?.said ?? ''}`);
    });

    it('runs no case that is not in the table', () => {
      const known = casesOf(sdk).map((each) => each.case);
      expect([...reports.keys()].filter((id) => !known.includes(id))).toEqual([]);
    });
  });
}

function readReports(file: string): Report[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Report);
  } catch {
    return [];
  }
}

/** A program, and the last of what it said. */
class Running {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #said = '';

  constructor({ command: [program, ...args], cwd, env }: Program, environment: Readonly<Record<string, string>>) {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', ...environment, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-20_000)));
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', (error) => {
        this.#said += error.message;
        resolve();
      });
    });
  }

  get said(): string {
    return this.#said;
  }

  async letGo(): Promise<void> {
    this.#child.stdin?.end();
    await this.ended;
  }
}
