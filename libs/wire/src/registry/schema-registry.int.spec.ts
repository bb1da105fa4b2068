import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { noSchemaRegistry, startSchemaRegistry, type SchemaRegistryServer } from '@partitura/testing';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCommandCodec } from '../command/command-codec.ts';
import { publicCommandCodec } from '../command/public-encoding.ts';
import { schemaIds, schemaTexts } from '../generated/schemas.ts';
import { registerSchemas } from './schema-registry.ts';

const missing = await noSchemaRegistry();
if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
if (missing !== undefined) console.warn(`SKIPPED: the tests against a real schema registry. ${missing}`);

const pause = { type: 'PauseWorkflow' } as const;
let topics = 0;
/** Each test has a subject of its own, also in a registry that outlives the run. */
const freshTopic = (): string => `spec-${process.pid}-${Date.now().toString(36)}-${++topics}.commands`;

(missing === undefined ? describe : describe.skip)('a real schema registry', () => {
  let server: SchemaRegistryServer;
  let stranger: SchemaRegistry;
  beforeAll(async () => {
    server = await startSchemaRegistry();
    stranger = new SchemaRegistry({ host: server.url });
  }, 180_000);
  afterAll(() => server.stop());

  const decode = async (topic: string, value: Buffer) => {
    const registered = await registerSchemas({ url: server.url, topic });
    return createCommandCodec({ topic, partitions: 1, registered }).decode(0, { offset: 0, value });
  };
  const evolved = (change: (fields: Record<string, unknown>[]) => void): string => {
    const schema = JSON.parse(schemaTexts['public-command']) as { fields: Record<string, unknown>[] };
    change(schema.fields);
    return JSON.stringify(schema);
  };
  /** As avsc takes a command whose unions it wraps where it must. */
  const forStranger = {
    commandId: 'c-1',
    workflowId: 'w',
    sentAt: 1,
    body: { command: { 'partitura.PauseWorkflow': {} } },
  };

  it('gives the public command schema an id, the same every time, far from those of the manifest', async () => {
    const topic = freshTopic();
    const first = await registerSchemas({ url: server.url, topic });
    expect(first.subject).toBe(`${topic}-value`);
    expect(first.commandId).toBeGreaterThan(0);
    expect(first.commandId).toBeLessThan(Math.min(...Object.values(schemaIds)));
    expect(await registerSchemas({ url: `${server.url}/`, topic })).toEqual(first);
  });

  it('lets a producer with an ordinary registry client send commands', async () => {
    const topic = freshTopic();
    const { commandId } = await registerSchemas({ url: server.url, topic });
    const value = await stranger.encode(commandId, forStranger);
    expect(await decode(topic, value)).toEqual({
      kind: 'command',
      envelope: { commandId: 'c-1', aggregate: 'w', sentAt: 1, body: pause },
    });
  });

  it('names schemas that others added to the subject, and records written with them are read', async () => {
    const topic = freshTopic();
    await registerSchemas({ url: server.url, topic });
    const schema = evolved((fields) => fields.unshift({ name: 'team', type: 'string', default: 'nobody' }));
    const { id } = await stranger.register({ type: SchemaType.AVRO, schema }, { subject: `${topic}-value` });
    const { otherCommands } = await registerSchemas({ url: server.url, topic });
    expect([...otherCommands.keys()]).toEqual([id]);
    const value = await stranger.encode(id, { ...forStranger, team: 'blue' });
    expect(await decode(topic, value)).toMatchObject({ kind: 'command', envelope: { aggregate: 'w', body: pause } });
  });

  it('keeps schemas out that our readers could not read', async () => {
    const topic = freshTopic();
    await registerSchemas({ url: server.url, topic });
    const schema = evolved((fields) => {
      const at = fields.findIndex(({ name }) => name === 'sentAt');
      fields[at] = { name: 'sentAt', type: 'string' };
    });
    await expect(
      stranger.register({ type: SchemaType.AVRO, schema }, { subject: `${topic}-value` }),
    ).rejects.toMatchObject({ status: 409 });
  });

  it('stops the start when the subject belongs to something else', async () => {
    const topic = freshTopic();
    const schema = JSON.stringify({
      type: 'record',
      name: 'Invoice',
      namespace: 'other',
      fields: [{ name: 'total', type: 'int' }],
    });
    await stranger.register({ type: SchemaType.AVRO, schema }, { subject: `${topic}-value` });
    await expect(registerSchemas({ url: server.url, topic })).rejects.toMatchObject({
      name: 'Fault',
      code: 'REGISTRY_REFUSED',
      retryable: false,
    });
  });

  it('stops the start when the subject holds a schema that is no command and nobody objected', async () => {
    const topic = freshTopic();
    const subject = `${topic}-value`;
    const config = (compatibility: string) =>
      fetch(`${server.url}/config/${subject}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ compatibility }),
      });
    const schema = JSON.stringify({
      type: 'record',
      name: 'Invoice',
      namespace: 'other',
      fields: [{ name: 'total', type: 'int' }],
    });
    await registerSchemas({ url: server.url, topic });
    expect((await config('NONE')).ok).toBe(true);
    await fetch(`${server.url}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schema }),
    });
    expect((await config('BACKWARD')).ok).toBe(true);
    await expect(registerSchemas({ url: server.url, topic })).rejects.toMatchObject({
      code: 'INCOMPATIBLE_SCHEMA',
      message: expect.stringContaining(subject),
    });
  });

  it('is not needed once its answers are known', async () => {
    const topic = freshTopic();
    const registered = await registerSchemas({ url: server.url, topic });
    const codec = createCommandCodec({ topic, partitions: 1, registered });
    const value = Buffer.from(publicCommandCodec.encode({ workflowId: 'w', sentAt: 0, body: pause }));
    value.writeUInt32BE(registered.commandId, 1);
    expect(codec.decode(0, { offset: 0, value }).kind).toBe('command');
    expect(Object.values(registered).every((part) => typeof part !== 'function')).toBe(true);
  });
});

describe('a schema registry that does not do its part', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const topic = 'partitura.commands';

  it('is unavailable when nobody listens', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(registerSchemas({ url, topic })).rejects.toMatchObject({
      name: 'Fault',
      code: 'REGISTRY_UNAVAILABLE',
      retryable: true,
    });
  });

  it('is unavailable when it does not answer in time', async () => {
    const url = await serve(() => undefined);
    await expect(registerSchemas({ url, topic, timeoutMs: 300 })).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('no answer within 300 ms'),
    });
  });

  it('is unavailable when it is broken', async () => {
    const url = await serve((_, response) =>
      response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>down</h1>'),
    );
    await expect(registerSchemas({ url, topic })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('is refusing when it does not know us; the password is in no message', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error_code":401,"message":"who are you"}');
    });
    const withPassword = url.replace('http://', 'http://ann:s3cret%21@');
    const error: unknown = await registerSchemas({ url: withPassword, topic }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REGISTRY_REFUSED', message: expect.stringContaining('who are you') });
    expect(String(error)).not.toContain('s3cret');
    expect(seen[0]).toBe(`Basic ${Buffer.from('ann:s3cret!').toString('base64')}`);
  });

  it('is refused when it keeps another schema under our id', async () => {
    const other = JSON.stringify({ type: 'record', name: 'Command', namespace: 'partitura', fields: [] });
    const url = await serve((request, response) => {
      response.setHeader('content-type', 'application/json');
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      if (pathname.startsWith('/config')) response.end('{"compatibilityLevel":"BACKWARD"}');
      else if (request.method === 'POST') response.end('{"id":4}');
      else if (pathname.endsWith('/versions')) response.end('[1]');
      else response.end(JSON.stringify({ id: 4, version: 1, schema: other }));
    });
    await expect(registerSchemas({ url, topic })).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.stringContaining('under id 4 it keeps another schema'),
    });
  });

  it('is refused when it names no version at all, or not ours', async () => {
    const url = await serve((request, response) => {
      response.setHeader('content-type', 'application/json');
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      if (pathname.startsWith('/config')) response.end('{"compatibilityLevel":"BACKWARD"}');
      else if (request.method === 'POST') response.end('{"id":4}');
      else response.end('[]');
    });
    await expect(registerSchemas({ url, topic })).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' });
  });

  it('has no address that is no URL', async () => {
    await expect(registerSchemas({ url: 'user:secret at home', topic })).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: 'the address of the schema registry is no http or https URL',
    });
  });
});
