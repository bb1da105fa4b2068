// @ts-check
/**
 * The thread of the embedded database: a Postgres compiled to WebAssembly (PGlite) that speaks the wire protocol over
 * messages. Plain JavaScript because a worker thread cannot load TypeScript, and here rather than in `src/` so that
 * sources and build reach it by the same relative path.
 *
 * Receives [connection, bytes of the frontend protocol], answers [connection, bytes of the backend protocol], in order.
 */
import { PGlite } from '@electric-sql/pglite';
import { parentPort, workerData } from 'node:worker_threads';
import { prepareCluster } from './new-cluster.mjs';

if (parentPort === null) throw new Error('this file is run as a worker thread');
const port = parentPort;

/**
 * In memory of its own, so that it can be moved to the other thread.
 *
 * @param {readonly Uint8Array[]} chunks
 */
function joined(chunks) {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Postgres' own cache; what is not in it is in the operating system's. */
const settings = ['shared_buffers=32MB', 'jit=off'];
/** This Postgres has no process that writes checkpoints: without, its log would grow until it is closed. */
const bytesPerCheckpoint = 64 * 1024 * 1024;
const maintenance = simpleQuery('CHECKPOINT');

/**
 * A message of the frontend protocol.
 *
 * @param {string} text
 */
function simpleQuery(text) {
  const bytes = Buffer.from(`Q....${text}\0`);
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
}

/**
 * Whether the session is outside a transaction, by the last message that it answered: ReadyForQuery, "idle".
 *
 * @param {Uint8Array} answer
 */
function isIdle(answer) {
  return answer.at(-6) === 0x5a && answer.at(-1) === 0x49;
}

try {
  if (workerData.directory !== undefined) await prepareCluster(workerData.directory);
  const database = await PGlite.create({
    ...(workerData.directory === undefined ? {} : { dataDir: workerData.directory }),
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
  });
  let bytesSinceCheckpoint = 0;
  /** @type {Promise<unknown>} */
  let turn = Promise.resolve();
  port.on('message', (/** @type {[number, Uint8Array] | 'close'} */ message) => {
    turn = turn.then(async () => {
      if (message === 'close') {
        await database.close();
        port.postMessage('closed');
        port.close();
        return;
      }
      // Streamed, because the call that answers parses every message beside it and keeps what it parsed.
      /** @type {Uint8Array[]} */
      const chunks = [];
      // Copied at once, since a chunk is a view into the memory of the database.
      await database.execProtocolRawStream(message[1], { onRawData: (bytes) => chunks.push(bytes.slice()) });
      const answer = joined(chunks);
      const idle = isIdle(answer);
      port.postMessage([message[0], answer], [answer.buffer]);
      bytesSinceCheckpoint += message[1].length;
      if (bytesSinceCheckpoint < bytesPerCheckpoint || !idle) return;
      bytesSinceCheckpoint = 0;
      await database.execProtocolRawStream(maintenance, { onRawData: () => undefined });
    });
  });
  port.postMessage('ready');
} catch (cause) {
  port.postMessage({ failure: cause instanceof Error ? cause.message : String(cause) });
  port.close();
}
