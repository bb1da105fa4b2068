import { fileURLToPath } from 'node:url';

/** Packages without a CommonJS build that CommonJS packages require: jest cannot do that on this Node by itself. */
const esmOnly = 'node_modules/(?:cookie|content-disposition)/.+\\.js$';

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
    [esmOnly]: ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:cookie|content-disposition)/)`],
  modulePathIgnorePatterns: ['/dist/'],
};
