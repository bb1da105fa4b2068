import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exchange, RawClient } from './raw-client.ts';
import { eventually, ServerProcess } from './server-process.ts';

/** Strangers at the door of the built server, byte by byte. None of them may stop the others from being served. */
describe('a server among hostile clients', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-hostile-'));
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start('hostile', { PARTITURA_DATA_DIR: dataDir });
    const definition = { name: 'greet', tasks: [{ name: 'greet', taskReferenceName: 'greet', type: 'SIMPLE' }] };
    const registered = await call('PUT', '/api/metadata/workflow', JSON.stringify([definition]));
    expect(registered.status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const call = (method: string, path: string, body?: string | Uint8Array, type = 'application/json') =>
    fetch(`${server.url}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': type }, body }),
    });
  /** Begin of a start of a run. */
  const head = 'POST /api/workflow/greet HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const last = `${head}Connection: close\r\n`;
  const statusOf = (heard: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1]);
  const errorOf = (heard: string): unknown => JSON.parse(heard.slice(heard.indexOf('\r\n\r\n') + 4));

  it('gives nobody more than ten seconds for headers and thirty for a body, and serves the others meanwhile', async () => {
    const drips = [
      new RawClient(server.url),
      new RawClient(server.url).send('GET /api'),
      new RawClient(server.url).send('GET /api/health HTTP/1.1\r\nHost: x\r\n').drip('X-A: b\r\n', 250),
      new RawClient(server.url).send(`${head}Content-Length: 100000\r\n\r\n{`).drip(' ', 250),
      new RawClient(server.url).send(`${head}Transfer-Encoding: chunked\r\n\r\n`).drip('1\r\n \r\n', 250),
      new RawClient(server.url).send(`${head}Content-Length: 2\r\n\r\n`),
    ];
    const crowd = Array.from({ length: 500 }, () =>
      new RawClient(server.url).send(`${head}Content-Length: 9\r\n\r\n{`),
    );
    expect(await exchange(server.url, `${last}Content-Length: 2\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 200 /);
    const ends = await Promise.all(drips.map((client) => client.hungUp()));
    for (const [i, { afterMs, heard }] of ends.entries()) {
      expect([i, statusOf(heard)]).toEqual([i, 408]);
      expect(errorOf(heard)).toMatchObject({ status: 408, message: 'the request took too long to arrive' });
      // The server looks every five seconds.
      expect(afterMs).toBeLessThan((i < 3 ? 10_000 : 30_000) + 10_000);
    }
    await Promise.all(crowd.map((client) => client.hungUp()));
    const { status } = await call('POST', '/api/workflow/greet', '{}');
    expect(status).toBe(200);
  });

  it.each<[string, string, number]>([
    ['headers of more than 16 KiB', `${last}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['thousands of headers', `${last}${'X-Header: y\r\n'.repeat(5_000)}\r\n`, 431],
    ['a line without end', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [
      'a name of two thousand letters',
      `GET /api/workflow/${'a'.repeat(2_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      414,
    ],
    ['no host', 'GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a method that nobody knows', 'FOO /api/health HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a folded header', 'GET /api/health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\nConnection: close\r\n\r\n', 400],
    ['a blank before a colon', 'GET /api/health HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n', 400],
    ['bare line feeds', 'GET /api/health HTTP/1.1\nHost: x\n\n', 400],
    ['two lengths', `${last}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    ['a length and chunks', `${last}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 400],
    ['a length below nothing', `${last}Content-Length: -1\r\n\r\n{}`, 400],
    ['a length beyond all limits', `${last}Content-Length: 99999999999\r\n\r\n{}`, 413],
    ['an endless chunk extension', `${last}Transfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n{}\r\n`, 413],
    ['a compressed body', `${last}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}`, 415],
    ['a path with half an escape', 'GET /api/workflow/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a path that is no UTF-8', 'GET /api/workflow/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    [
      'a query that is no UTF-8',
      'GET /api/workflow/search?query=%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
  ])('answers %s in the form of all errors, and hangs up', async (_, bytes, status) => {
    const heard = await exchange(server.url, bytes);
    expect(statusOf(heard)).toBe(status);
    // Without a host Node answers by itself.
    if (!bytes.includes('Host: x') && status === 400 && bytes.startsWith('GET')) return;
    expect(errorOf(heard)).toMatchObject({ status, message: expect.any(String), retryable: false });
  });

  it('cuts a body off where it becomes too large, though it never said how large', async () => {
    const client = new RawClient(server.url).send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    for (let i = 0; i < 60; i++) client.send(chunk);
    expect(statusOf(await client.hears(/^HTTP\/1\.1 \d{3}[^]*\r\n\r\n/))).toBe(413);
    client.vanish();
  });

  it('refuses what is no exact JSON, with a reason', async () => {
    const wrap = (inner: string | Buffer): Buffer =>
      Buffer.concat([Buffer.from('{"a":'), Buffer.from(inner), Buffer.from('}')]);
    for (const [what, body, status] of [
      ['a key twice', '{"a":1,"a":2}', 400],
      ['a prototype', '{"__proto__":{"admin":true}}', 400],
      ['a prototype in disguise', '{"\\u005f\\u005fproto__":1}', 400],
      ['no UTF-8', wrap(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 400],
      ['an overlong form', wrap(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), 400],
      ['half of a surrogate pair', wrap('"\\ud800"'), 400],
      ['not a number', wrap('NaN'), 400],
      ['a number beyond a double', wrap('1e999'), 400],
      ['levels without end', wrap('['.repeat(100_000)), 400],
      ['10,001 keys', wrap(`{${Array.from({ length: 10_001 }, (_, i) => `"${i}":0`).join()}}`), 400],
      ['something behind it', '{} {}', 400],
      ['a value above the limit', wrap(`"${'x'.repeat(3 * 1024 * 1024)}"`), 413],
      ['50 MB', Buffer.alloc(50 * 1024 * 1024, 0x20), 413],
    ] as const) {
      // A body far above the limit is not read to its end, which its sender may notice before the answer.
      const answer = await call('POST', '/api/workflow/greet', body).catch(() => undefined);
      expect([what, answer?.status ?? 413]).toEqual([what, status]);
      if (answer !== undefined)
        expect(((await answer.json()) as { message: string }).message).toEqual(expect.stringMatching(/./));
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/zip', 'application/jsonx'])
      expect([type, (await call('POST', '/api/workflow/greet', '{}', type)).status]).toEqual([type, 415]);
  });

  it('answers any search with results or with a reason', async () => {
    const words = [
      'status',
      '=',
      'IN',
      '(',
      ')',
      `'`,
      '"',
      '\\',
      ' AND ',
      ' OR ',
      '*',
      '%',
      '\0',
      'startTime',
      '>',
      '1e999',
    ];
    words.push(
      `'; DROP TABLE read_model.workflow; --`,
      '$1',
      '__proto__',
      '(a+)+$',
      '\ud800',
      'x'.repeat(2_000),
      'DESC',
    );
    // The same on every run; what it hits is as good as random.
    const pick = (i: number): string =>
      Array.from({ length: i % 7 }, (_, k) => words[(i * 31 + k * 17) % words.length]).join('');
    const search = async (i: number): Promise<number> => {
      const where = ['workflow/search', 'workflow/search-by-tasks', 'tasks/search', 'workflow/search-v2'][i % 4];
      const parameters = new URLSearchParams({
        query: pick(i),
        sort: pick(i * 7),
        freeText: pick(i * 13),
        size: String(i % 5),
      });
      return (await call('GET', `/api/${where}?${parameters.toString()}`)).status;
    };
    const statuses = new Set<number>();
    for (let i = 0; i < 400; i += 20)
      for (const status of await Promise.all(Array.from({ length: 20 }, (_, k) => search(i + k)))) statuses.add(status);
    expect([...statuses].filter((status) => ![200, 400, 429].includes(status))).toEqual([]);
    expect(await search(0)).toBe(200);
  });

  it('refuses definitions that are made to do harm, and goes on meanwhile', async () => {
    const many = (count: number, make: (i: number) => object): object[] =>
      Array.from({ length: count }, (_, i) => make(i));
    const simple = (i: number | string): object => ({ name: 'a', taskReferenceName: `a${i}`, type: 'SIMPLE' });
    const joinOf = (joinOn: readonly string[], i = 0): object => ({
      name: 'j',
      taskReferenceName: `j${i}`,
      type: 'JOIN',
      joinOn,
    });
    for (const tasks of [
      many(10_001, simple),
      [simple(0), joinOf([`a${'__1'.repeat(100_000)}x`])],
      [simple('b'.repeat(100_000)), joinOf([`a${'b'.repeat(100_000)}c`])],
      [...many(2_500, simple), ...many(2_500, (i) => joinOf([`x${i}`], i))],
    ]) {
      const began = performance.now();
      let answered: number | undefined;
      const refused = call('PUT', '/api/metadata/workflow', JSON.stringify([{ name: 'harm', tasks }])).then(
        ({ status }) => (answered = status),
      );
      do {
        const asked = performance.now();
        expect((await call('GET', '/health')).status).toBe(200);
        expect(performance.now() - asked).toBeLessThan(10_000);
      } while (answered === undefined);
      expect([await refused, performance.now() - began < 30_000]).toEqual([400, true]);
    }
    expect((await call('GET', '/api/metadata/workflow/harm')).status).toBe(404);
  });

  it('goes on when clients vanish in the middle of everything', async () => {
    for (const bytes of [
      '',
      'GET',
      head,
      `${head}Content-Length: 100\r\n\r\n{`,
      'GET /api/tasks/poll/batch/nobody?timeout=5000 HTTP/1.1\r\nHost: x\r\n\r\n',
    ])
      for (let i = 0; i < 20; i++) {
        const client = new RawClient(server.url).send(bytes);
        setImmediate(() => client.vanish());
      }
    expect((await call('POST', '/api/workflow/greet', '{}')).status).toBe(200);
  });

  it('keeps names of users out of its metrics, and control characters out of its log', async () => {
    const series = async (): Promise<number> => (await (await call('GET', '/metrics')).text()).split('\n').length;
    await call('GET', '/api/workflow/warm');
    const before = await series();
    const paths = Array.from({ length: 200 }, (_, i) => [
      `/api/workflow/name-${i}`,
      `/api/tasks/poll/type_${i}?workerid=w${i}`,
      `/api/nowhere-${i}`,
    ]);
    await Promise.all(paths.flat().map((path) => call('GET', path)));
    expect((await series()) - before).toBeLessThan(60);
    for (const escape of ['%1b%5d0;owned%07', '%0d%0a%7b%22level%22%3a%22info%22%7d', '%c2%9b31m', '%e2%80%a8'])
      await call('GET', `/api/workflow/${escape}`);
    for (const line of server.output.split('\n').filter((text) => text.startsWith('{')))
      expect(line).toMatch(/^[\x20-\x7e]*$/);
  });

  it('has told nobody anything of its inside, and is as healthy as before', async () => {
    expect(server.output).not.toContain('failed unexpectedly');
    await eventually('it is healthy', async () => ((await call('GET', '/health')).status === 200 ? true : undefined));
    const text = await (await call('GET', '/metrics')).text();
    expect(text).toMatch(/partitura_http_broken_requests_total\{status="408"\} \d{3}/);
    expect(text).toMatch(/partitura_http_refused_total\{status="413"\} \d/);
    expect(text).toMatch(/partitura_http_refused_total\{status="415"\} \d/);
  });
});
