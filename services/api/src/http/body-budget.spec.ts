import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { FakeWorld } from '../spec/fake-ports.ts';

const KiB = 1024;

describe('bodies that are large', () => {
  const world = new FakeWorld();
  let app: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    app = await world.api({ bodiesBytesMax: 4_000 * KiB });
    await app.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = app.server.address() as AddressInfo);
  });
  afterAll(() => app.close());

  const start = (bytes: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/api/workflow/order`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"a":"${'x'.repeat(bytes - 8)}"}`,
    });
  /** Announces a body and sends none of it. */
  const announce = (header: string): { readonly gone: () => Promise<unknown> } => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /api/workflow/order HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n`);
    socket.on('error', () => undefined);
    return {
      gone: () =>
        new Promise((resolve) => {
          socket.once('close', resolve);
          socket.destroy();
        }),
    };
  };
  const until = async (status: number, bytes: number): Promise<Response> => {
    for (;;) {
      const answer = await start(bytes);
      await answer.text();
      if (answer.status === status) return answer;
    }
  };

  it('share a bound: beyond it they are told to come back, small ones go on, and room comes back with each end', async () => {
    const slow = [announce(`Content-Length: ${2_000 * KiB}`), announce(`Content-Length: ${1_800 * KiB}`)];
    const refused = await until(429, 500 * KiB);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await start(60 * KiB)).status).toBe(200);
    await slow[0]?.gone();
    await until(200, 500 * KiB);
    await slow[1]?.gone();
    // Those that were answered count no longer: together these are far beyond the bound.
    for (let i = 0; i < 10; i++) await until(200, 2_500 * KiB);
  });

  it('that do not say how large they are count as large as is allowed', async () => {
    const chunked = announce('Transfer-Encoding: chunked');
    await until(429, 2_000 * KiB);
    await chunked.gone();
    await until(200, 2_000 * KiB);
  });
});
