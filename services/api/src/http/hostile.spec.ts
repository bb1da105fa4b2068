import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { FakeWorld } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  app = await world.api();
  await app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = app.server.address() as AddressInfo);
});
beforeEach(() => world.reset());
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

/** Sends bytes as they are and hears the answer until the server hangs up. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => (heard += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.end(bytes, 'latin1');
  await once(socket, 'close');
  return heard;
}

describe('a report that is malformed', () => {
  const ids = '"taskId":"w-1~3.1.0","workflowInstanceId":"w-1","status":"COMPLETED"';
  it.each<[string, string | Buffer, number]>([
    ['no JSON', 'hello', 400],
    ['not a number', `{${ids},"outputData":{"a":NaN}}`, 400],
    ['a number beyond a double', `{${ids},"outputData":{"a":1e400}}`, 400],
    ['a key twice', `{${ids},"outputData":{"a":1,"a":2}}`, 400],
    ['a status twice', `{${ids},"status":"FAILED"}`, 400],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(`{${ids},"outputData":{"a":"`), Buffer.from([0xff]), Buffer.from('"}}')]),
      400,
    ],
    ['half of a surrogate pair', `{${ids},"outputData":{"a":"\\ud83c"}}`, 400],
    ['a prototype', `{${ids},"outputData":{"__proto__":{"admin":true}}}`, 400],
    ['a prototype in disguise', `{${ids},"outputData":{"\\u005f_proto__":1}}`, 400],
    ['ten thousand levels', `{${ids},"outputData":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, 400],
    ['too many keys', `{${ids},"outputData":{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":0`).join()}}}`, 400],
    ['another type', `{${ids},"outputData":"text"}`, 400],
    ['ids that are no texts', '{"taskId":{},"workflowInstanceId":[],"status":"COMPLETED"}', 400],
    ['no ids', '{"status":"COMPLETED"}', 400],
    ['a path for an id', '{"taskId":"../../etc/passwd","workflowInstanceId":"../../etc","status":"COMPLETED"}', 404],
    ['an output above the limit', `{${ids},"outputData":{"a":"${'x'.repeat(3 * 1024 * 1024)}"}}`, 413],
    ['far above the limit', `{${ids},"outputData":{"a":"${'x'.repeat(12 * 1024 * 1024)}"}}`, 413],
  ])('(%s) is refused with a reason, and nothing is sent', async (_, payload, status) => {
    const response = await app.inject({ method: 'POST', url: '/api/tasks', headers: json, payload });
    expect([response.statusCode, typeof response.json().message]).toEqual([status, 'string']);
    expect(world.sent).toEqual([]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('a body', () => {
  it('that is compressed is refused before it is opened', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/order',
      headers: { ...json, 'content-encoding': 'gzip' },
      payload: gzipSync(Buffer.alloc(10 * 1024 * 1024)),
    });
    expect(response.statusCode).toBe(415);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['an archive', 'application/zip'],
    ['something alike', 'application/jsonx'],
  ])('that is %s is 415', async (_, type) => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/workflow/order',
      headers: { 'content-type': type },
      payload: '{}',
    });
    expect(response.statusCode).toBe(415);
  });

  it('without a type is 415', async () => {
    const heard = await raw(
      'POST /api/workflow/order HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 415 /);
  });
});

describe('bytes that are no honest request', () => {
  const head =
    'POST /api/workflow/order HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n';
  it.each([
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length and chunks', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a length that is no number', `${head}Content-Length: 2x\r\n\r\n{}`],
    ['chunks in disguise', `${head}Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a header with a line break in it', `${head}X-A: a\rb\r\nContent-Length: 2\r\n\r\n{}`],
    ['endless headers', `${head}X-A: ${'a'.repeat(20_000)}\r\nContent-Length: 2\r\n\r\n{}`],
    ['no protocol', 'GET / \r\n\r\n'],
  ])('(%s) are refused and start nothing', async (_, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(world.sent).toEqual([]);
  });

  it('cannot put headers into answers', async () => {
    world.notice = 'line\r\nset-cookie: a=b';
    const { headers } = await app.inject('/api/tasks/poll/charge');
    expect([headers['set-cookie'], headers['x-queue-notice']]).toEqual([undefined, 'line??set-cookie: a=b']);
  });
});

describe('names that look like paths', () => {
  it.each(['..%2f..%2fetc%2fpasswd', '%2e%2e', '..%5c..', '%00', 'a%0d%0ab'])('(%s) name nothing', async (name) => {
    for (const url of [
      `/api/workflow/${name}`,
      `/api/metadata/workflow/${name}`,
      `/api/tasks/${name}`,
      `/swagger-ui/${name}`,
    ]) {
      const { statusCode, body } = await app.inject(url);
      expect([url, [400, 404].includes(statusCode), body.includes('root:')]).toEqual([url, true, false]);
    }
  });
});

describe('a search', () => {
  it('answers any query at all with results or with a reason', async () => {
    const fragment = fc.constantFrom(
      'workflowType',
      'status',
      '=',
      '!=',
      ' IN ',
      '(',
      ')',
      "'",
      '"',
      '\\',
      ' AND ',
      ' OR ',
      'BETWEEN',
      ';--',
      '*',
      '%',
      '\0',
      'startTime',
      '>',
      '1',
      ' ',
      '__proto__',
      'constructor',
      '$1',
      '{',
      '}',
    );
    const query = fc.array(fragment, { maxLength: 15 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(query, query, query, async (q, sort, freeText) => {
        const url = `/api/workflow/search?${new URLSearchParams({ query: q, sort, freeText }).toString()}`;
        expect([200, 400]).toContain((await app.inject(url)).statusCode);
      }),
      { numRuns: 300 },
    );
  });

  it('with ten thousand blanks takes no longer than with one', async () => {
    const from = process.cpuUsage(); // others may use the machine
    const query = `workflowType=a${' '.repeat(10_000)}b`;
    expect((await app.inject(`/api/workflow/search?${new URLSearchParams({ query }).toString()}`)).statusCode).toBe(
      200,
    );
    expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
  });
});
