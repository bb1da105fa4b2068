/**
 * Lets schemathesis send what our own OpenAPI document allows, and what it forbids, to an empty embedded server: no
 * answer may be a 5xx or have a status that the document does not name. Says loudly when schemathesis is not there.
 *
 *     node test/compat/schemathesis.mjs [--max-examples N]      (after a build; `pip install schemathesis` once)
 *
 * SCHEMATHESIS names the program where it is not on the path. Exit codes: 0 well or not there, 1 something was found.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'max-examples': { type: 'string', default: '5' } } });
const program = process.env.SCHEMATHESIS ?? 'schemathesis';
if (spawnSync(program, ['--version']).status !== 0) {
  console.error(
    'SKIPPED: schemathesis is not installed, so our OpenAPI document was not tried (pip install schemathesis)',
  );
  process.exit(0);
}

const dataDir = mkdtempSync(join(tmpdir(), 'partitura-schemathesis-'));
const main = fileURLToPath(new URL('../../services/server/dist/main.js', import.meta.url));
const server = spawn(process.execPath, [main], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    PARTITURA_PORT: '0',
    PARTITURA_DATA_DIR: dataDir,
    PARTITURA_LOG_LEVEL: 'error',
    PARTITURA_FSYNC: 'false',
  },
});
try {
  const url = await new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (data) => {
      said += String(data);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    server.once('exit', () => reject(new Error('the server did not start')));
  });
  const { status } = spawnSync(
    program,
    [
      ...['run', `${url}/api-docs`, '--url', url, '--no-color'],
      ...['--checks', 'not_a_server_error,status_code_conformance'],
      ...['--phases', 'coverage,fuzzing', '--max-examples', values['max-examples']],
      // Calls that wait on purpose would only wait.
      ...['--exclude-path-regex', 'poll|execute|signal', '--request-timeout', '15'],
    ],
    { stdio: 'inherit' },
  );
  process.exitCode = status === 0 ? 0 : 1;
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
