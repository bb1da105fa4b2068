import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Runs a program from the repository; resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      ...options,
      env: { ...process.env, ...options.env },
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
  });
}

/** Installs what is missing; needed only on a fresh clone. */
export async function ensureInstalled() {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return;
  console.log('Installing dependencies (once) …');
  if ((await run('npm', ['ci'])) !== 0) throw new Error('npm ci failed; see above');
}

/** Compiles what changed. */
export async function build() {
  return run(bin('tsc'), ['-b']);
}

export const tool = (name, args, options) => run(bin(name), args, options);
export const script = (path, ...args) => run(process.execPath, [join(root, path), ...args]);

/** One jest run; counts of tests, and the exit code. */
export async function jest(kind, args = []) {
  const report = join(mkdtempSync(join(tmpdir(), 'partitura-jest-')), 'report.json');
  const code = await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--config',
      `.config/jest.${kind}.config.mjs`,
      '--json',
      `--outputFile=${report}`,
      '--testLocationInResults=false',
      ...args,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (!existsSync(report)) return { code: code || 1, passed: 0, failed: 1, skipped: 0, todo: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return {
    code,
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests,
    todo: numTodoTests,
  };
}

/** Runs named steps in order, says how long each took, and stops at the first that fails. */
export async function inOrder(steps) {
  for (const [name, step] of steps) {
    const began = Date.now();
    process.stdout.write(`\n── ${name}\n`);
    const code = await step();
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (code !== 0) {
      console.error(`── ${name} failed after ${seconds} s`);
      return code;
    }
    console.log(`── ${name}: ${seconds} s`);
  }
  return 0;
}

/** Lanes of steps side by side. A step that fails stops nothing: all report. */
export async function sideBySide(...lanes) {
  const codes = await Promise.all(
    lanes.map(async (steps) => {
      let failed = 0;
      for (const step of steps) failed = (await inOrder([step])) || failed;
      return failed;
    }),
  );
  return codes.find((code) => code !== 0) ?? 0;
}
