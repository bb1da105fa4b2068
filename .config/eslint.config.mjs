import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';
import { fileURLToPath } from 'node:url';

/** Libraries that decide: no clock, no randomness, no IO, no driver. Everything they need is handed to them as data. */
const pure = ['model', 'expressions', 'engine', 'aggregates', 'conductor-api'].map((lib) => `libs/${lib}/src/**/*.ts`);
const pureTasks = ['libs/tasks/src/**/*.ts'];
const io = ['**/*.executor.ts', '**/*.spec.ts'];

const fences = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['node:*'], message: 'a pure library does no IO' },
        {
          group: [
            '@partitura/config',
            '@partitura/telemetry',
            '@partitura/log*',
            '@partitura/postgres',
            '@partitura/service-*',
          ],
          message: 'a pure library imports no adapter',
        },
      ],
    },
  ],
  'no-restricted-globals': [
    'error',
    ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'fetch', 'crypto', 'Buffer'].map(
      (name) => ({
        name,
        message: 'hand it in as data',
      }),
    ),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'randomness is handed in as data' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time is handed in as data' },
    {
      selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: 'time is handed in as data',
    },
    { selector: ':function[async=true]', message: 'a pure library is synchronous' },
  ],
};

const neverCompileText = {
  'no-eval': 'error',
  'no-implied-eval': 'off',
  'no-new-func': 'error',
  '@typescript-eslint/no-implied-eval': 'error',
};

export default defineConfig(
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, ...ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: fileURLToPath(new URL('..', import.meta.url)) },
    },
    rules: {
      ...neverCompileText,
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-restricted-modules': ['error', 'node:vm', 'vm2', 'isolated-vm'],
      // There are no enums here, and a look at every assignment for them costs a sixth of the run.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      eqeqeq: 'error',
    },
  },
  { files: [...pure, ...pureTasks], ignores: io, rules: fences },
  {
    files: ['libs/**/*.ts', 'services/**/*.ts', 'test/**/*.ts'],
    ignores: ['libs/log-kafka/**', 'test/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'kafkajs', message: 'libs/log-kafka is the only importer of kafkajs' }],
          patterns: [
            {
              group: ['@partitura/*/*', '!@partitura/*/contract', '!@partitura/tasks/executors'],
              message: 'import a package by its name, not its files',
            },
          ],
        },
      ],
    },
  },
  { files: [...pure, ...pureTasks], ignores: io, rules: { 'no-restricted-imports': fences['no-restricted-imports'] } },
  {
    files: ['**/*.spec.ts', '**/*.contract.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
