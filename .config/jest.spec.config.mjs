import { base } from './jest.base.mjs';

/** Specs beside the sources: no IO, no sockets, milliseconds each. */
export default {
  ...base,
  testMatch: [
    '<rootDir>/libs/*/src/**/*.spec.ts',
    '<rootDir>/services/*/src/**/*.spec.ts',
    '<rootDir>/test/*.spec.ts',
    '<rootDir>/test/bench/**/*.spec.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '\\.sim\\.spec\\.ts$'],
};
