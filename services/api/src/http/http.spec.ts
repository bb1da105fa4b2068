import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { operations } from '@partitura/conductor-api';
import { Authentication } from '../access/authentication.ts';
import { FakeWorld } from '../spec/fake-ports.ts';

const world = new FakeWorld();
let app: Awaited<ReturnType<FakeWorld['api']>>;
beforeAll(async () => {
  app = await world.api();
});
beforeEach(() => world.reset());
afterAll(() => app.close());

describe('a path', () => {
  it.each([
    ['POST', '/api/token'],
    ['POST', '/api/schema'],
    ['GET', '/api/nothing-here'],
    ['GET', '/api/workflow/'],
    ['GET', '/api/metadata/taskdefs/'],
    ['GET', '/api//health'],
    ['POST', '/api/workflow/execute/x'],
    ['POST', '/api/tasks/x/ack'],
    ['GET', '/some/page'],
    ['PUT', '/api/secrets/NOPE'],
  ] as const)('%s %s that does not exist is 404 with a JSON body', async (method, url) => {
    const response = await app.inject({ method, url, headers: { 'content-type': 'application/json' }, payload: '{}' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({
      status: 404,
      message: expect.any(String),
      instance: 'here',
      retryable: false,
    });
  });

  it.each([
    ['PATCH', '/api/workflow', 'OPTIONS, POST'],
    ['GET', '/api/workflow', 'OPTIONS, POST'],
    ['PUT', '/api/tasks', 'OPTIONS, POST'],
    ['DELETE', '/api/metadata/workflow/w', 'GET, HEAD, OPTIONS'],
  ] as const)('%s %s with the wrong method is 405 and says which are right', async (method, url, allow) => {
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(String(response.headers.allow).split(', ').sort().join(', ')).toBe(allow);
    expect(response.json()).toMatchObject({ status: 405, message: `Request method '${method}' is not supported` });
  });

  it('answers OPTIONS with nothing but the methods', async () => {
    const response = await app.inject({ method: 'OPTIONS', url: '/api/workflow' });
    expect([response.statusCode, response.body, response.headers.allow]).toEqual([200, '', 'POST, OPTIONS']);
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('with an encoded slash is refused', async () => {
    const response = await app.inject('/api/workflow/a%2Fb');
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toBe('text/html;charset=utf-8');
  });

  it('works by HEAD where it does by GET', async () => {
    expect((await app.inject({ method: 'HEAD', url: '/api/health' })).statusCode).toBe(200);
  });
});

describe('a request from a page of another site', () => {
  it('may not change anything', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const response = await app.inject({ method: 'DELETE', url: '/api/workflow/w-1', headers });
    expect(response.statusCode).toBe(403);
    expect(world.sent).toEqual([]);
    expect((await app.inject({ url: '/api/health', headers })).statusCode).toBe(200);
  });
});

describe('an error that nobody foresaw', () => {
  it('is 500 and tells nothing of the inside', async () => {
    world.runs.get = () => {
      throw new Error('postgres://u:secret@db failed');
    };
    const response = await app.inject('/api/workflow/w-1');
    delete (world.runs as { get?: unknown }).get;
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({
      status: 500,
      message: 'internal error; see the log of the server',
      instance: 'here',
      retryable: false,
    });
  });
});

describe('operations', () => {
  it('tell health in the form of Conductor', async () => {
    for (const url of ['/health', '/api/health']) {
      expect((await app.inject(url)).json()).toEqual({ healthResults: [], suppressedHealthResults: [], healthy: true });
    }
    world.healthy = false;
    const response = await app.inject('/health');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      healthy: false,
      healthResults: [{ details: { name: 'log' }, healthy: false }],
    });
    expect((await app.inject('/health/ready')).json()).toEqual({
      healthy: false,
      parts: { log: { ready: false, details: {} } },
    });
  });

  it('measure requests by route, never by path', async () => {
    await app.inject('/api/workflow/some-users-id');
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('route="/api/workflow/:workflowId"');
    expect(body).not.toContain('some-users-id');
  });

  it('tell the version as text', async () => {
    expect((await app.inject('/api/version')).body).toBe('1.2.3');
  });
});

describe('the OpenAPI document', () => {
  it('has every operation of the contract', async () => {
    // Logging in is one only where it is asked for.
    const authentication = new Authentication({
      keys: new Map(),
      secret: new Uint8Array(32),
      clock: world.ports.clock,
    });
    const guarded = await world.api({}, { authentication });
    const document = (await guarded.inject('/api-docs')).json();
    await guarded.close();
    for (const [id, { method, path }] of Object.entries(operations)) {
      expect([path, document.paths[path]?.[method.toLowerCase()]?.operationId]).toEqual([path, id]);
    }
    expect(Object.keys(document.components.schemas)).toContain('StartWorkflowRequest');
    expect(JSON.stringify(document)).not.toContain('def-');
  });
});
