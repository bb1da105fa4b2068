// The everyday habit: format, lint, types, generated files, unused exports, specs.
import { build, ensureInstalled, inOrder, jest, script, tool } from './steps.mjs';
import { generators } from './generators.mjs';

export const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };

const steps = [
  [
    'format',
    () =>
      tool('prettier', [
        '--config',
        '.config/prettier.json',
        '--ignore-path',
        '.config/prettierignore',
        '--check',
        '--log-level',
        'warn',
        '.',
      ]),
  ],
  ['types', build],
  [
    'generated files',
    async () => {
      for (const generator of generators) if ((await script(generator, '--check')) !== 0) return 1;
      return 0;
    },
  ],
  [
    'lint',
    () =>
      tool('eslint', [
        '-c',
        '.config/eslint.config.mjs',
        '--cache',
        '--cache-location',
        '.cache/eslint',
        'libs',
        'services',
        'test',
      ]),
  ],
  ['unused exports', () => tool('knip', ['--config', '.config/knip.json'])],
  [
    'specs',
    async () => {
      const result = await jest('spec');
      counts.passed += result.passed;
      counts.failed += result.failed;
      counts.skipped += result.skipped;
      counts.todo += result.todo;
      return result.code;
    },
  ],
];

/** All steps report, but for those that need what does not compile. */
export async function verify() {
  await ensureInstalled();
  let failed = 0;
  for (const step of steps) {
    const code = await inOrder([step]);
    failed ||= code;
    if (step[0] === 'types' && code !== 0) break;
  }
  return failed;
}

if (process.argv[1]?.endsWith('verify.mjs')) process.exitCode = await verify();
