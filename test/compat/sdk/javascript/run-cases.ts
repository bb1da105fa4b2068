/** Runs every case against the server that the environment names, and reports each as one line of JSON. */
import { appendFileSync } from 'node:fs';
import { sideBySide } from '../../side-by-side.ts';
import type { Report } from '../programs.ts';
import { accessCases } from './access-cases.ts';
import { controlCases } from './control-cases.ts';
import { definitionCases } from './definition-cases.ts';
import { executionCases } from './execution-cases.ts';
import { findingCases } from './finding-cases.ts';
import { Clients } from './flows.ts';
import { operatorCases } from './operator-cases.ts';
import { workerCases } from './worker-cases.ts';

const cases = Object.entries({
  ...definitionCases,
  ...workerCases,
  ...executionCases,
  ...operatorCases,
  ...controlCases,
  ...findingCases,
  ...accessCases,
});
const clients = await Clients.connect();
// From here on a key that is given counts: the SDK's variables would win over it.
delete process.env['CONDUCTOR_AUTH_KEY'];
delete process.env['CONDUCTOR_AUTH_SECRET'];

const results = sideBySide(cases, 8, async ([name, run]) => {
  const began = Date.now();
  const why = await run(clients).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const seconds = (Date.now() - began) / 1000;
  const report: Report = { case: name, passed: why === undefined, seconds, output: why ?? '' };
  appendFileSync(String(process.env['CASE_REPORT']), `${JSON.stringify(report)}\n`);
});
await Promise.all(results.values());
// The SDK's timer that renews its token would keep the process.
process.exit();
