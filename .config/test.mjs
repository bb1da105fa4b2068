// Everything: verify, then the adapters against real brokers and databases, the simulation, whole processes.
import { inOrder, jest, script } from './steps.mjs';
import { counts, verify } from './verify.mjs';

const suite = (kind) => async () => {
  const result = await jest(kind);
  counts.passed += result.passed;
  counts.failed += result.failed;
  counts.skipped += result.skipped;
  counts.todo += result.todo;
  return result.code;
};

const verified = await verify();
// A failure of one suite does not hide the others: all of them report before the run ends.
let failed = verified;
// Downloads belong to no test's time-out, and what is missing is said once.
const prepare = (program) => () => script(program);
failed =
  (await inOrder([['a broker and a database for the tests', prepare('libs/testing/dist/prepare.js')]])) || failed;
failed = (await inOrder([['programs of other languages', prepare('test/dist/compat/prepare.js')]])) || failed;
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
// Written down as not built yet: neither run nor skipped.
if (counts.todo > 0) console.log(`\n${counts.todo} behaviours are noted as still to do`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed;
