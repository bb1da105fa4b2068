// The everyday habit: format, lint, types, generated files, unused exports, specs.
import { build, ensureInstalled, inOrder, jest, script, sideBySide, tool } from './steps.mjs';
import { generators } from './generators.mjs';

export const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };

/** A suite of tests; what it counted is added up. */
export const suite = (kind) => async () => {
  const result = await jest(kind);
  for (const what of Object.keys(counts)) counts[what] += result[what];
  return result.code;
};

const first = [
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
];

const readings = [
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
];

/** All steps report, but for those that need what does not compile. */
export async function verify() {
  await ensureInstalled();
  let failed = 0;
  for (const step of first) {
    const code = await inOrder([step]);
    failed ||= code;
    if (step[0] === 'types' && code !== 0) return failed;
  }
  return (await sideBySide(readings, [['specs', suite('spec')]])) || failed;
}

if (process.argv[1]?.endsWith('verify.mjs')) process.exitCode = await verify();
