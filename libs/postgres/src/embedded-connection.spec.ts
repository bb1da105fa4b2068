import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EmbeddedConnection } from './embedded-connection.ts';

/** A thread that ends when it is spoken to. */
const endsWhenAsked = new URL(
  "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.once('message', () => process.exit(0))",
);

describe('a connection to the thread of the embedded database', () => {
  it('breaks when the thread ends', async () => {
    const connection = new EmbeddedConnection(new Worker(endsWhenAsked));
    connection.connect();
    connection.write('anything');
    const [error] = (await once(connection, 'error')) as [Error];
    expect(error.message).toContain('ended');
  });

  it('cannot be made any more after that', async () => {
    const worker = new Worker(endsWhenAsked);
    worker.postMessage('end');
    await once(worker, 'exit');
    const connection = new EmbeddedConnection(worker);
    connection.connect();
    const [error] = (await once(connection, 'error')) as [Error];
    expect(error.message).toContain('ended');
  });
});
