// Everything: verify, then the adapters against real brokers and databases, the simulation, whole processes.
import { inOrder, script, sideBySide } from './steps.mjs';
import { counts, suite, verify } from './verify.mjs';

// A failure of one suite does not hide the others: all of them report before the run ends.
let failed = await verify();
// Downloads belong to no test's time-out, and what is missing is said once.
const prepare = (program) => () => script(program);
const more = (code) => (failed = code || failed);
more(await inOrder([['a broker and a database for the tests', prepare('libs/testing/dist/prepare.js')]]));
more(await inOrder([['programs of other languages', prepare('test/dist/compat/prepare.js')]]));
// The adapters mostly wait for brokers, the simulation waits for nobody.
more(await sideBySide([['adapters against the real thing', suite('int')]], [['simulation', suite('sim')]]));
more(await inOrder([['end to end', suite('e2e')]]));

if (process.env.CI === 'true' && counts.skipped > 0) {
  console.error(`${counts.skipped} tests were skipped; under CI=true nothing may be.`);
  failed ||= 1;
}
// Written down as not built yet: neither run nor skipped.
if (counts.todo > 0) console.log(`\n${counts.todo} behaviours are noted as still to do`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed;
