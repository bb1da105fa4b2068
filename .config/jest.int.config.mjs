import { base } from './jest.base.mjs';

/** Adapters against the real thing: a broker, a database, a file system. */
export default {
  ...base,
  testMatch: ['<rootDir>/libs/*/src/**/*.int.spec.ts', '<rootDir>/services/*/src/**/*.int.spec.ts'],
  testTimeout: 180_000,
};
