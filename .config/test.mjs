// Everything: verify, then the adapters against real brokers and databases, the simulation, whole processes.
import { inOrder, jest } from './steps.mjs';
import { counts, verify } from './verify.mjs';

const suite = (kind) => async () => {
  const result = await jest(kind);
  counts.passed += result.passed;
  counts.failed += result.failed;
  counts.skipped += result.skipped;
  return result.code;
};

const verified = await verify();
// A failure of one suite does not hide the others: all of them report before the run ends.
let failed = verified;
for (const [name, kind] of [
  ['adapters against the real thing', 'int'],
  ['simulation', 'sim'],
  ['end to end', 'e2e'],
])
  failed = (await inOrder([[name, suite(kind)]])) || failed;

if (process.env.CI === 'true' && counts.skipped > 0) {
  console.error(`${counts.skipped} tests were skipped; under CI=true nothing may be.`);
  failed ||= 1;
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed;
