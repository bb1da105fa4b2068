/**
 * `npm run start:kafka`: a Kafka of this machine's own, and the server on it. Data stays in `.partitura/kafka` of the
 * working directory. With `KAFKA_BROKERS` the server uses that Kafka instead.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka } from './kafka/start-kafka.ts';
import { isFree } from './process/ports.ts';

const server = fileURLToPath(new URL('../../../services/server/dist/main.js', import.meta.url));

const usualPort = 9092;

async function main(): Promise<number> {
  const kafka = await startKafka({
    // Where everybody looks for Kafka, and the same after a restart.
    ...((await isFree(usualPort)) && { port: usualPort }),
    dataDirectory: join(process.cwd(), '.partitura', 'kafka'),
    progress: (message) => {
      console.log(message);
    },
  });
  const child = spawn(process.execPath, [server, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PARTITURA_LOG: 'kafka', PARTITURA_KAFKA_BROKERS: kafka.brokers.join(',') },
  });
  // The server drains, then Kafka goes. A terminal interrupts the whole group, so the server hears that by itself.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      resolve(exitCode ?? 1);
    });
  });
  await kafka.stop();
  return code;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
