/**
 * Before the tests with programs of other languages: makes what they need, so that downloads belong to no test's
 * time-out. What cannot be made is said here; the suites themselves decide that it is a failure under `CI=true`.
 */
import { prepareJava } from './sdk/java-programs.ts';
import { preparePython } from './sdk/python-programs.ts';

for (const prepare of [preparePython, prepareJava])
  await prepare().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
