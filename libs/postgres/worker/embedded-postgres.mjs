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

if (parentPort === null) throw new Error('this file is run as a worker thread');
const port = parentPort;

try {
  const database = await PGlite.create(workerData.directory === undefined ? {} : { dataDir: workerData.directory });
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
      const answer = await database.execProtocolRaw(message[1]);
      // A view into the database's memory would be copied whole; a tight copy is moved.
      const bytes = answer.slice();
      port.postMessage([message[0], bytes], [bytes.buffer]);
    });
  });
  port.postMessage('ready');
} catch (cause) {
  port.postMessage({ failure: cause instanceof Error ? cause.message : String(cause) });
  port.close();
}
