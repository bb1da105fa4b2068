import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { pythonEnvironment } from '@partitura/testing';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../e2e/server-process.ts';

const requirements = fileURLToPath(new URL('sdk/python/requirements.txt', import.meta.url));
const python = await pythonEnvironment(requirements, (message) => console.log(message)).catch((error: unknown) => {
  if (process.env['CI'] === 'true') throw error;
  console.error(
    `SKIPPED: our OpenAPI document was not tried. ${error instanceof Error ? error.message : String(error)}`,
  );
  return undefined;
});

/** More of everything, for a night: `SCHEMATHESIS_EXAMPLES=100 SCHEMATHESIS_SEED=…`. */
const { SCHEMATHESIS_EXAMPLES: examples = '2', SCHEMATHESIS_SEED: seed = '1' } = process.env;

/** schemathesis sends what our document allows, and what it forbids, to an empty server. */
(python === undefined ? describe.skip : describe)('our OpenAPI document', () => {
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'partitura-schemathesis-'));
    server = await ServerProcess.start('schemathesis', {
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_LOG_LEVEL: 'error',
      PARTITURA_FSYNC: 'false',
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('tells every status, every media type and every shape that is answered, and no input is answered with 500', async () => {
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_schema_conformance',
    ];
    const { code, said } = await run(join(String(python), '..', 'st'), [
      ...['run', `${server.url}/api-docs`, '--url', server.url, '--no-color', '--seed', seed],
      ...['--checks', checks.join(','), '--phases', 'coverage,fuzzing', '--max-examples', examples],
      // Calls that wait on purpose would only wait.
      ...['--exclude-path-regex', 'poll|execute|signal', '--request-timeout', '30'],
    ]);
    if (code !== 0) throw new Error(`seed ${seed}:\n${said}\n${server.output}`);
  }, 600_000);
});

/** Runs a program in a folder of its own, since it leaves reports where it runs. */
async function run(program: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'partitura-schemathesis-run-'));
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await rm(cwd, { recursive: true, force: true });
  return { code, said };
}
