import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { access, operations, roles, type OperationId, type Permission, type Role } from '@partitura/conductor-api';
import { createHmac } from 'node:crypto';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { FakeWorld, now, record, run, task } from '../spec/fake-ports.ts';
import { Authentication } from './authentication.ts';
import { readApiKeys } from './keys.ts';
import { hashSecret } from './secret-hash.ts';
import { tokenMs } from './tokens.ts';

const world = new FakeWorld();
const clock = { ...world.ports.clock, time: now, now: () => clock.time };
const serverSecret = Buffer.from('a server secret that is long enough');
const secret = 'open sesame';
const leastCost = 16_384;
const ids = [...Object.keys(roles), 'charger'];
let app: FastifyInstance;
let authentication: Authentication;
const tokens = new Map<string, string>();

beforeAll(async () => {
  const hash = await hashSecret(secret, leastCost);
  const keys = readApiKeys(
    JSON.stringify([
      ...Object.keys(roles).map((role) => ({ id: role, roles: [role], hash })),
      { id: 'charger', roles: ['worker'], hash, taskTypes: ['charge'] },
    ]),
  );
  authentication = new Authentication({ keys, secret: serverSecret, clock });
  app = await world.api({}, { authentication });
  for (const id of ids) tokens.set(id, await authentication.logIn(id, secret));
  // Checking secrets is slow on purpose, and slower on a busy machine.
}, 60_000);
beforeEach(() => {
  world.reset();
  clock.time = now;
});
afterAll(() => app.close());

const as = (id: string, request: InjectOptions): Promise<LightMyRequestResponse> =>
  app.inject({ ...request, headers: { ...request.headers, 'x-authorization': tokens.get(id) ?? '' } });
const start: InjectOptions = { method: 'POST', url: '/api/workflow/order', payload: {} };

/** What a worker got in place of the task's id. */
const handedOut = (): string => authentication.taskTokens.issue('w-1~3.1.0', 1);

/** A request of each operation that gets as far as its handler. */
function requestOf(id: OperationId): InjectOptions {
  const { method, path, body } = operations[id] as { method: 'GET'; path: string; body?: string };
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'version' ? '1' : name === 'status' ? 'COMPLETED' : name === 'taskId' ? handedOut() : 'w-1',
  );
  return { method, url, ...(body !== undefined && { payload: '{}', headers: { 'content-type': 'application/json' } }) };
}

describe('every operation', () => {
  const protectedIds = (Object.keys(operations) as OperationId[]).filter((id) => !access[id].includes('open'));

  it('has permissions that somebody has', () => {
    expect(Object.keys(access)).toEqual(expect.arrayContaining(Object.keys(operations)));
    const given = new Set<Permission>(Object.values(roles).flat());
    for (const [id, asked] of Object.entries(access)) {
      expect([id, asked.length > 0 && asked.every((one) => one === 'open' || given.has(one))]).toEqual([id, true]);
    }
  });

  it.each(protectedIds)('%s is refused to strangers with 401', async (id) => {
    const response = await app.inject(requestOf(id));
    expect([response.statusCode, response.json().error, response.headers['www-authenticate']]).toEqual([
      401,
      'MISSING_TOKEN',
      expect.stringContaining('Bearer'),
    ]);
    expect(world.sent).toEqual([]);
  });

  it.each(protectedIds)('%s is open to those roles that may, and 403 to all others', async (id) => {
    for (const [role, may] of Object.entries(roles) as [Role, readonly Permission[]][]) {
      const { statusCode } = await as(role, requestOf(id));
      const allowed = access[id].some((permission) => may.includes(permission));
      expect([role, statusCode === 401 || statusCode === 403]).toEqual([role, !allowed]);
    }
  });
});

describe('a route', () => {
  it('that is in no table keeps the server from starting', async () => {
    const fresh = await world.api({}, { authentication });
    expect(() => fresh.get('/api/backdoor', () => 'hello')).toThrow('no permission is said to be needed');
    await fresh.close();
  });

  it('outside the contract is protected too: readiness tells parts only to readers', async () => {
    expect((await app.inject('/health/ready')).statusCode).toBe(401);
    expect((await as('reader', { url: '/health/ready' })).statusCode).toBe(200);
    expect((await app.inject('/health')).statusCode).toBe(200);
    expect((await app.inject('/metrics')).statusCode).toBe(401);
    expect((await app.inject('/api-docs')).statusCode).toBe(200);
  });
});

describe('logging in', () => {
  const logIn = (payload: object) => app.inject({ method: 'POST', url: '/api/token', payload });

  it('gives a token that SDKs send back as it is, others as a bearer', async () => {
    const { token } = (await logIn({ keyId: 'operator', keySecret: secret })).json();
    expect((await app.inject({ ...start, headers: { 'x-authorization': token } })).statusCode).toBe(200);
    expect((await app.inject({ ...start, headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
  });

  it.each([
    ['a wrong secret', { keyId: 'operator', keySecret: 'guess' }, 401],
    ['an unknown key', { keyId: 'nobody', keySecret: secret }, 401],
    ['no secret', { keyId: 'operator' }, 400],
    ['a secret that is no text', { keyId: 'operator', keySecret: { $ne: null } }, 400],
    ['an endless secret', { keyId: 'operator', keySecret: 'x'.repeat(5_000) }, 401],
  ])('with %s is refused', async (_, payload, status) => {
    const response = await logIn(payload);
    expect(response.statusCode).toBe(status);
    expect(response.body).not.toContain(secret);
  });

  it('by key and secret in each request works for scripts', async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect((await app.inject({ ...start, headers: basic(`operator:${secret}`) })).statusCode).toBe(200);
    expect((await app.inject({ ...start, headers: basic(`operator:${secret}`) })).statusCode).toBe(200);
    for (const text of ['operator:guess', 'operator', ':', `reader2:${secret}`]) {
      expect([text, (await app.inject({ ...start, headers: basic(text) })).statusCode]).toEqual([text, 401]);
    }
  });

  it('does not exist where nobody has to, which tells SDKs so', async () => {
    const unguarded = await world.api();
    expect((await unguarded.inject({ method: 'POST', url: '/api/token', payload: {} })).statusCode).toBe(404);
    await unguarded.close();
  });
});

describe('a token', () => {
  const forged = (claims: unknown, key: Uint8Array): string => {
    const text = `pt1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const none = Buffer.from('{"alg":"none"}').toString('base64url');

  it('ends after an hour, in words that make SDKs log in again', async () => {
    const token = await authentication.logIn('operator', secret);
    for (const later of [tokenMs, tokenMs * 2]) {
      clock.time = now + later;
      const response = await app.inject({ ...start, headers: { 'x-authorization': token } });
      expect([response.statusCode, response.json().error]).toEqual([401, 'EXPIRED_TOKEN']);
    }
  });

  it.each([
    ['made up', 'hello'],
    ['empty of claims', 'pt1..'],
    ['signed with another secret', forged(['admin', now + tokenMs, 'x'], Buffer.from('other'))],
    [
      'signed with the secret itself instead of what is derived from it',
      forged(['admin', now + tokenMs, 'x'], serverSecret),
    ],
    ['a JWT without signature', `${none}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.`],
    ['a scheme that nobody knows', ''],
  ])('that is %s is refused', async (what, token) => {
    const header = what.startsWith('a scheme') ? { authorization: 'Negotiate abc' } : { 'x-authorization': token };
    const response = await app.inject({ ...start, headers: header });
    expect([response.statusCode, response.json().error]).toEqual([401, 'INVALID_TOKEN']);
  });

  it('of a good one is spoilt by any change', async () => {
    const token = tokens.get('reader') ?? '';
    const [head = '', claims = '', signature = ''] = token.split('.');
    const admin = Buffer.from(claims, 'base64url').toString().replace('reader', 'admin');
    for (const changed of [
      `${head}.${Buffer.from(admin).toString('base64url')}.${signature}`,
      `${head}.${claims}.${signature.slice(0, -2)}AA`,
      `${token}x`,
      token.toUpperCase(),
    ]) {
      expect((await app.inject({ url: '/api/workflow/w-1', headers: { 'x-authorization': changed } })).statusCode).toBe(
        401,
      );
    }
  });

  it('of a key whose secret was changed, or that is gone, is refused', async () => {
    const token = tokens.get('admin') ?? '';
    const others = readApiKeys(
      JSON.stringify([{ id: 'admin', roles: ['admin'], hash: await hashSecret(secret, leastCost) }]),
    );
    for (const keys of [others, new Map()]) {
      const later = new Authentication({ keys, secret: serverSecret, clock });
      expect(later.callerOf({ 'x-authorization': token })).toMatchObject({ status: 401, error: 'INVALID_TOKEN' });
    }
  });

  it('is taken by another process with the same secret, and by none with another', async () => {
    const keys = readApiKeys(
      JSON.stringify([{ id: 'admin', roles: ['admin'], hash: await hashSecret(secret, leastCost) }]),
    );
    const [one, same, other] = [serverSecret, serverSecret, Buffer.from('another')].map(
      (of) => new Authentication({ keys, secret: of, clock }),
    );
    const token = (await one?.logIn('admin', secret)) ?? '';
    expect(same?.callerOf({ 'x-authorization': token })).toMatchObject({ principal: 'admin' });
    expect(other?.callerOf({ 'x-authorization': token })).toMatchObject({ error: 'INVALID_TOKEN' });
  });
});

describe('who calls', () => {
  it('is in every command, whatever the body says', async () => {
    await as('operator', { ...start, payload: { principal: 'admin' } });
    await as('operator', { method: 'PUT', url: '/api/workflow/w-1/pause' });
    await as('definer', { method: 'POST', url: '/api/metadata/taskdefs', payload: [{ name: 'a' }] });
    await as('worker', {
      method: 'POST',
      url: '/api/tasks',
      payload: { taskId: handedOut(), workflowInstanceId: 'w-1', status: 'COMPLETED' },
    });
    expect(world.sent.map(({ body, principal }) => [body.type, principal])).toEqual([
      ['StartWorkflow', 'operator'],
      ['PauseWorkflow', 'operator'],
      ['PutDefinition', 'definer'],
      ['TaskResult', 'worker'],
    ]);
  });

  it.each([
    [
      'the method is said again in a header',
      { ...start, method: 'GET', headers: { 'x-http-method-override': 'POST' } },
    ],
    ['the path has a slash at its end', { ...start, url: '/api/workflow/order/' }],
    ['the path is written in another case', { ...start, url: '/API/workflow/order' }],
    ['the path goes round', { ...start, url: '/api-docs/../api/workflow/order' }],
    ['the path goes round in disguise', { ...start, url: '/api-docs/%2e%2e/api/workflow/order' }],
    ['the path has parameters', { ...start, url: '/api;a=b/workflow/order' }],
    ['slashes are doubled', { ...start, url: '//api/workflow/order' }],
  ] as const)('does not become somebody else when %s', async (_, request) => {
    const { statusCode } = await app.inject(request as InjectOptions);
    expect([401, 404, 405]).toContain(statusCode);
    expect(world.sent).toEqual([]);
  });

  it('limited to some task types gets and reports no others', async () => {
    world.ready.push({ task: record(), at: now });
    expect((await as('charger', { url: '/api/tasks/poll/charge' })).statusCode).toBe(200);
    for (const url of ['/api/tasks/poll/ship', '/api/tasks/poll/batch/ship?count=5']) {
      expect((await as('charger', { url })).statusCode).toBe(403);
    }
    const update = {
      method: 'POST',
      url: '/api/tasks',
      payload: { taskId: handedOut(), workflowInstanceId: 'w-1', status: 'COMPLETED' },
    } as const;
    expect((await as('charger', update)).statusCode).toBe(200);
    world.queueOf = undefined;
    world.runs.set('w-1', run({ tasks: [task({ taskType: 'ship' })] }));
    expect((await as('charger', update)).statusCode).toBe(403);
    expect((await as('charger', { ...update, url: '/api/tasks/update-v2' })).statusCode).toBe(403);
    expect(
      (
        await as('charger', {
          method: 'POST',
          url: `/api/tasks/${handedOut()}/log`,
          payload: 'hi',
          headers: { 'content-type': 'text/plain' },
        })
      ).statusCode,
    ).toBe(403);
    expect(world.sent).toHaveLength(1);
  });
});

describe('a task that was handed to a worker', () => {
  const poll = async (id: string, url = '/api/tasks/poll/charge?workerid=w1'): Promise<{ taskId: string }> => {
    world.ready.push({ task: record({ dispatch: 2 }), at: now });
    return (await as(id, { url })).json();
  };
  const report = (id: string, taskId: string, url = '/api/tasks') =>
    as(id, { method: 'POST', url, payload: { taskId, workflowInstanceId: 'w-1', status: 'COMPLETED' } });

  it('is named by a token that SDKs send back as they would its id, with every kind of report', async () => {
    const { taskId } = await poll('worker');
    expect(taskId).toMatch(/^w-1~3\.1\.0\.2\.[\w-]{22}$/);
    expect((await report('worker', taskId)).body).toBe(taskId);
    world.ready.push({ task: record({ dispatch: 2 }), at: now });
    expect((await report('worker', taskId, '/api/tasks/update-v2')).json()).toMatchObject({ taskId });
    const log = { method: 'POST', url: `/api/tasks/${taskId}/log`, payload: 'hi' } as const;
    expect((await as('worker', { ...log, headers: { 'content-type': 'text/plain' } })).statusCode).toBe(200);
    expect(world.sent.map(({ body }) => body)).toMatchObject([
      { type: 'TaskResult', taskId: 'w-1~3.1.0', dispatch: 2 },
      { type: 'TaskResult', taskId: 'w-1~3.1.0', dispatch: 2 },
      { type: 'AddTaskLogs', taskId: 'w-1~3.1.0' },
    ]);
  });

  it('keeps its id for those who may end any task, and where nobody has to log in', async () => {
    expect(await poll('admin')).toMatchObject({ taskId: 'w-1~3.1.0' });
    expect((await report('operator', 'w-1~3.1.0')).statusCode).toBe(200);
    expect(world.sent[0]?.body).not.toHaveProperty('dispatch');
    const unguarded = await world.api();
    world.ready.push({ task: record(), at: now });
    expect((await unguarded.inject('/api/tasks/poll/charge')).json()).toMatchObject({ taskId: 'w-1~3.1.0' });
    await unguarded.close();
  });

  it('can be ended by a worker only who shows that: ids that were computed, and forged tokens, are refused', async () => {
    const { taskId } = await poll('worker');
    const [dispatch, mac] = taskId.slice('w-1~3.1.0.'.length).split('.');
    const other = new Authentication({ keys: new Map(), secret: Buffer.from('another secret'), clock });
    for (const forged of [
      'w-1~3.1.0',
      'w-1~3.1.1',
      `w-1~3.1.1.${dispatch}.${mac}`,
      `w-2~3.1.0.${dispatch}.${mac}`,
      `w-1~3.1.0.3.${mac}`,
      `w-1~3.1.0.${dispatch}.${'A'.repeat(22)}`,
      `${taskId}=`,
      `${taskId}.${mac}`,
      other.taskTokens.issue('w-1~3.1.0', 2),
      '',
    ]) {
      for (const url of ['/api/tasks', '/api/tasks/update-v2']) {
        const { statusCode } = await report('worker', forged, url);
        expect([forged, statusCode]).toEqual([forged, forged === '' ? 400 : 403]);
      }
    }
    const log = { method: 'POST', url: '/api/tasks/w-1~3.1.0/log', payload: 'hi' } as const;
    expect((await as('worker', { ...log, headers: { 'content-type': 'text/plain' } })).statusCode).toBe(403);
    expect((await report('operator', `w-1~3.1.0.9.${mac}`)).statusCode).toBe(403);
    expect(world.sent).toEqual([]);
  });

  it('can be reported at any process with the same secret, after a restart too', async () => {
    const { taskId } = await poll('worker');
    const restarted = new Authentication({ keys: new Map(), secret: serverSecret, clock });
    expect(restarted.taskTokens.read(taskId)).toEqual({ kind: 'token', taskId: 'w-1~3.1.0', dispatch: 2 });
  });

  it('can be read by its token', async () => {
    world.runs.set('w-1', run({ tasks: [task()] }));
    const { taskId } = await poll('worker');
    expect((await as('reader', { url: `/api/tasks/${taskId}` })).json()).toMatchObject({ taskId: 'w-1~3.1.0' });
    expect((await as('reader', { url: `/api/tasks/${taskId.slice(0, -1)}x` })).statusCode).toBe(404);
  });

  it('begins in the name of who got it: his report takes the hand-out along, that of another does not', async () => {
    const { taskId } = await poll('worker');
    expect(world.polls).toMatchObject([{ type: 'charge', workerId: 'w1', principal: 'worker' }]);
    for (const [holder, begun] of [
      ['charger', undefined],
      ['worker', { dispatch: 2, at: now }],
    ] as const) {
      world.begun.set('w-1~3.1.0', { dispatch: 2, at: now });
      world.begunBy = holder;
      await report('worker', taskId);
      expect((world.sent.at(-1)?.body as { begun?: unknown }).begun).toEqual(begun);
    }
    expect(world.reported).toEqual(['w-1~3.1.0 released', 'w-1~3.1.0 recorded']);
  });
});

describe('callers that are refused', () => {
  it('are counted, and told of in the log, but not all of them when they are many', async () => {
    const lines: { fields: Record<string, unknown>; message: string }[] = [];
    const note = (fields: object, message: string): void => void lines.push({ fields: { ...fields }, message });
    const logger = { ...world.ports.logger, warn: note };
    const guarded = await world.api({}, { authentication, logger });
    for (let i = 0; i < 100; i++) {
      await guarded.inject({ ...start, headers: { 'x-authorization': `guess ${i}\r\n` } });
    }
    await guarded.inject({ ...start, headers: { 'x-authorization': tokens.get('reader') ?? '' } });
    await guarded.inject({ method: 'POST', url: '/api/token', payload: { keyId: 'admin', keySecret: 'guess' } });
    const { body } = await guarded.inject({
      url: '/metrics',
      headers: { 'x-authorization': tokens.get('reader') ?? '' },
    });
    expect(body).toContain('partitura_http_refused_total{status="401"} 101');
    expect(body).toContain('partitura_http_refused_total{status="403"} 1');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toEqual({
      fields: {
        status: 401,
        method: 'POST',
        route: '/api/workflow/:name',
        principal: undefined,
        address: '127.0.0.1',
        reason: 'the token is not valid',
      },
      message: 'a request was refused',
    });
    expect(JSON.stringify(lines)).not.toContain('guess');
    await guarded.close();
  });

  it('are named where it is known who they are', async () => {
    const lines: object[] = [];
    const guarded = await world.api(
      {},
      {
        authentication,
        logger: { ...world.ports.logger, warn: (fields) => void lines.push({ ...fields }) },
      },
    );
    await guarded.inject({ ...start, headers: { 'x-authorization': tokens.get('reader') ?? '' } });
    expect(lines).toMatchObject([{ status: 403, principal: 'reader', reason: 'the key may not do this' }]);
    await guarded.close();
  });
});
