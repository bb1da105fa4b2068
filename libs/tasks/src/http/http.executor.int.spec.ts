import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Payload, type JsonObject, type TaskRecord } from '@partitura/model';
import type { ExecutorOptions, ExecutorOutcome } from '../executor.ts';
import { addressPolicy } from './addresses.executor.ts';
import { httpExecutor } from './http.executor.ts';

const reflect = (request: IncomingMessage, body: string): JsonObject => ({
  method: request.method ?? '',
  accept: request.headers.accept ?? '',
  type: request.headers['content-type'] ?? '',
  extra: String(request.headers['x-extra'] ?? ''),
  auth: request.headers.authorization ?? '',
  body,
});

describe('the HTTP executor', () => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const path = request.url ?? '';
      if (path === '/reflect')
        response.writeHead(200, { 'X-Two': ['a', 'b'] }).end(JSON.stringify(reflect(request, body)));
      else if (path.startsWith('/text/')) response.writeHead(200).end(decodeURIComponent(path.slice(6)));
      else if (path === '/latin')
        response
          .writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' })
          .end(Buffer.from([0x67, 0xfc, 0x6e]));
      else if (path === '/strange')
        response.writeHead(200, 'Quite Fine', { 'content-type': 'text/plain; charset=klingon' }).end('ok');
      else if (path === '/moved') response.writeHead(304).end();
      else if (path === '/choices') response.writeHead(300).end('many');
      else if (path === '/lines') response.writeHead(422).end('{"a":"b"}\r\n\tc');
      else if (path === '/empty') response.writeHead(503).end();
      else if (path === '/missing') response.writeHead(404).end('nothing here');
      else if (path === '/away') response.writeHead(302, { location: '/reflect' }).end();
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (path === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      else if (path === '/elsewhere') response.writeHead(302, { location: `http://localhost:${port()}/reflect` }).end();
      else if (path === '/flood') response.writeHead(200).end('x'.repeat(4 * 1024 * 1024));
      else if (path !== '/silence') response.writeHead(500).end();
    });
  });
  const port = (): number => (server.address() as AddressInfo).port;
  const call = (
    input: JsonObject,
    options: Pick<ExecutorOptions, 'allowPrivate'> = { allowPrivate: 'everything' },
  ): Promise<ExecutorOutcome> =>
    httpExecutor(options).execute({ input: Payload.of(input) } as TaskRecord, new AbortController().signal);
  const get = (path: string, more: JsonObject = {}): Promise<ExecutorOutcome> =>
    call({ uri: `http://127.0.0.1:${port()}${path}`, method: 'GET', ...more });
  const bodyOf = (outcome: ExecutorOutcome): any => (outcome.output['response'] as JsonObject)['body'];

  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  it('sends JSON by default and shows status, reason, headers and body', async () => {
    const outcome = await call({
      http_request: {
        uri: `http://127.0.0.1:${port()}/reflect`,
        method: 'post',
        body: { a: 1 },
        headers: { 'X-Extra': 7, gone: null },
      },
    });
    expect(outcome.status).toBe('COMPLETED');
    expect(outcome.output['response']).toMatchObject({
      statusCode: 200,
      reasonPhrase: 'OK',
      headers: { 'X-Two': ['a', 'b'] },
    });
    expect(bodyOf(outcome)).toEqual({
      method: 'POST',
      accept: 'application/json',
      type: 'application/json',
      extra: '7',
      auth: '',
      body: '{"a":1}',
    });
  });

  it.each([
    ['[1,2]', [1, 2]],
    ['5', 5],
    ['true', 'true'],
    ['null', 'null'],
    ['"text"', 'text'],
    ['not json', 'not json'],
    ['', null],
  ])('reads the body %s', async (text, value) => {
    expect(bodyOf(await get(`/text/${encodeURIComponent(text)}`))).toEqual(value);
  });

  it('reads the body in the character set that the server names', async () => {
    expect(bodyOf(await get('/latin'))).toBe('gün');
    expect((await get('/strange')).output['response']).toMatchObject({ body: 'ok', reasonPhrase: 'OK' });
  });

  it.each<[string, string]>([
    ['/lines', '422 Unprocessable Entity: "{"a":"b"}<EOL><EOL>?c"'],
    ['/empty', '503 Service Unavailable: [no body]'],
  ])('quotes the answer of %s on one line', async (path, text) => {
    expect(await get(path)).toEqual({
      status: 'FAILED',
      output: { response: `java.lang.Exception: ${text}` },
      reason: `Failed to invoke HTTP task due to: java.lang.Exception: ${text}`,
    });
  });

  it.each<[string, number, string]>([
    ['/moved', 304, 'No response from the remote service'],
    ['/choices', 300, 'many'],
  ])('fails, and shows the answer, when it is no success and no error: %s', async (path, statusCode, reason) => {
    expect(await get(path)).toMatchObject({ status: 'FAILED', reason, output: { response: { statusCode } } });
  });

  it('says what it accepts and sends, in whatever form the definition says it', async () => {
    const headers = { 'content-TYPE': 'text/csv', 'x-extra': [1, { a: true }] };
    expect(bodyOf(await get('/reflect', { accept: ['text/plain', 'text/html'] }))).toMatchObject({
      accept: 'text/plain, text/html',
      type: 'application/json',
    });
    expect(bodyOf(await get('/reflect', { method: 'PUT', body: 'a;b', accept: 'text/csv', headers }))).toEqual({
      method: 'PUT',
      accept: 'text/csv',
      type: 'text/csv',
      extra: '[1, {a=true}]',
      auth: '',
      body: 'a;b',
    });
    expect(bodyOf(await get('/reflect', { method: 'PATCH', body: [1, null], contentType: 'text/x' }))).toMatchObject({
      type: 'text/x',
      body: '[1,null]',
    });
  });

  it.each([['DELETE'], ['OPTIONS'], ['get']])('knows the method %s', async (method) => {
    expect(bodyOf(await get('/reflect', { method }))).toMatchObject({ method: method.toUpperCase() });
  });

  it('stays in progress when somebody else completes the task', async () => {
    expect((await get('/reflect', { asyncComplete: true })).status).toBe('IN_PROGRESS');
  });

  it('fails with the text of an error answer', async () => {
    expect(await get('/missing')).toEqual({
      status: 'FAILED',
      output: { response: 'java.lang.Exception: 404 Not Found: "nothing here"' },
      reason: 'Failed to invoke HTTP task due to: java.lang.Exception: 404 Not Found: "nothing here"',
    });
  });

  it.each([
    [{ method: 'GET' }, 'Missing HTTP URI.  See documentation for HttpTask for required input parameters'],
    [{ uri: 'http://x' }, 'No HTTP method specified'],
    [
      { uri: 'http://x', http_request: { method: 'GET' } },
      'Missing HTTP URI.  See documentation for HttpTask for required input parameters',
    ],
    [{ uri: 'no uri', method: 'GET' }, 'Failed to invoke HTTP task due to: java.lang.Exception: no uri is no URI'],
    [
      { uri: 'http://x', method: 'GET /' },
      'Failed to invoke HTTP task due to: java.lang.Exception: GET / is no HTTP method',
    ],
  ])('fails without an address or method: %j', async (input, reason) => {
    expect(await call(input)).toEqual({ status: 'FAILED', output: {}, reason });
  });

  it('gives up on a server that is silent, and on one that does not stop', async () => {
    expect((await get('/silence', { readTimeOut: '50' })).reason).toContain('no answer of');
    expect(await call({ uri: 'http://127.0.0.1:1/', method: 'GET' })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/^Failed to invoke HTTP task due to: java.lang.Exception: .*ECONNREFUSED/),
    });
    expect((await get('/flood')).reason).toContain('larger than');
  });

  it('follows redirects of GET, a bounded number, and leaves credentials behind on another host', async () => {
    expect((await get('/away')).status).toBe('COMPLETED');
    expect((await get('/loop')).reason).toContain('more than 5 redirects');
    expect(bodyOf(await get('/elsewhere', { headers: { Authorization: 'secret' } }))).toMatchObject({ auth: '' });
    expect(bodyOf(await get('/away', { headers: { Authorization: 'secret' } }))).toMatchObject({ auth: 'secret' });
  });

  it('calls no private address unless an operator allows it, not by name, number or redirect', async () => {
    const guarded = { allowPrivate: [] };
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
    ])
      expect((await call({ uri: `http://${host}:${port()}/reflect`, method: 'GET' }, guarded)).reason).toContain(
        'private address',
      );
    expect(
      (await call({ uri: `http://127.0.0.1:${port()}/metadata`, method: 'GET' }, { allowPrivate: ['127.0.0.0/8'] }))
        .reason,
    ).toContain('private address 169.254.169.254');
    expect(
      (await call({ uri: `http://localhost:${port()}/reflect`, method: 'GET' }, { allowPrivate: ['localhost'] }))
        .status,
    ).toBe('COMPLETED');
    expect((await call({ uri: 'file:///etc/passwd', method: 'GET' })).reason).toContain('only http and https');
  });
});

describe('the address policy', () => {
  const policy = addressPolicy(['10.1.0.0/16', 'fd00::1']);
  it.each(['8.8.8.8', '2606:4700::1111', '10.1.9.9', 'fd00::1'])('allows %s', (address) => {
    expect(policy.refusal(address, 'h')).toBeUndefined();
  });
  it.each([
    '10.2.0.1',
    '192.168.0.1',
    '172.31.0.1',
    '100.64.0.1',
    'fd00::2',
    'fe80::1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '0.0.0.0',
  ])('refuses %s', (address) => {
    expect(policy.refusal(address, 'h')).toContain('private address');
  });
});
