import { base } from './jest.base.mjs';

/** The real partition owners in a simulated world, many seeds. */
export default {
  ...base,
  testMatch: ['<rootDir>/libs/*/src/**/*.sim.spec.ts', '<rootDir>/test/simulation/**/*.sim.spec.ts'],
  testTimeout: 600_000,
};
