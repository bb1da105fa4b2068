// `npm start`: from a fresh clone to a running server in one command.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, ensureInstalled, root } from './steps.mjs';

await ensureInstalled();
console.log('Building …');
if ((await build()) !== 0) process.exit(1);
const kafka = process.argv.includes('--kafka');
const main = kafka ? 'libs/testing/dist/start-with-kafka.js' : 'services/server/dist/main.js';
const child = spawn(process.execPath, [join(root, main), ...process.argv.slice(2).filter((arg) => arg !== '--kafka')], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => (process.exitCode = code ?? 1));
