import { connect } from 'node:net';

/** Resolves when the broker at `port` knows `nodes` brokers and has a coordinator for groups; rejects after `patienceMs`. */
export async function waitUntilReady(
  port: number,
  nodes: number,
  patienceMs: number,
  hasEnded: () => boolean,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (hasEnded()) throw new Error(`Kafka ended while it was starting`);
    if (await isReady(port, nodes)) return;
    if (performance.now() > deadline) throw new Error(`Kafka at 127.0.0.1:${port} was not ready in ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function isReady(port: number, nodes: number): Promise<boolean> {
  try {
    const metadata = await ask(port, 3, 1, Buffer.from([0, 0, 0, 0])); // no topics
    if (metadata.readInt32BE(0) < nodes) return false;
    const group = Buffer.from('readiness');
    const coordinator = await ask(port, 10, 1, Buffer.concat([int16(group.length), group, Buffer.from([0])]));
    return coordinator.readInt16BE(4) === 0; // after the throttle time
  } catch {
    return false;
  }
}

/** One Kafka request on a connection of its own; resolves to the body of the response. */
function ask(port: number, apiKey: number, apiVersion: number, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('closed'));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      resolve(received.subarray(8)); // length, correlation id
      socket.destroy();
    });
    const header = Buffer.concat([int16(apiKey), int16(apiVersion), Buffer.alloc(4), int16(-1)]);
    const length = Buffer.alloc(4);
    length.writeInt32BE(header.length + body.length);
    socket.write(Buffer.concat([length, header, body]));
  });
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
