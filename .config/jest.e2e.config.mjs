import { base } from './jest.base.mjs';

/** Whole processes, from the build: stories a user would tell. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/{e2e,compat,replay}/**/*.spec.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
