import { fileURLToPath } from 'node:url';

/** What every jest project of this repository shares: sources, not builds; ESM; a fast transform. */
export const base = {
  rootDir: fileURLToPath(new URL('..', import.meta.url)),
  cacheDirectory: fileURLToPath(new URL('../.cache/jest', import.meta.url)),
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6', resolveFully: false },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/'],
};
