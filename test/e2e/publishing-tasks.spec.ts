import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka, type Kafka, type SecuredAccess } from '@partitura/testing';
import { topicNames } from '@partitura/wire';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka as KafkaClient,
  logLevel,
  ResourcePatternTypes,
  type Admin,
  type KafkaMessage,
} from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaInstallation } from './kafka-installation.ts';
import { eventually } from './server-process.ts';

const fresh = (what: string): string => `${what}-${randomBytes(4).toString('hex')}`;
const nobodyListens = '127.0.0.1:1';

describe('tasks that publish to Kafka, on real brokers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'publishing-tasks-'));
  const wrongPassword = 'not-the-password-of-anybody';
  let installation: KafkaInstallation;
  /** Other people's cluster, which asks who is there. */
  let theirs: Kafka;
  let access: SecuredAccess;

  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string; json: any }> => {
    const response = await fetch(`${installation.apis[0]!}/api${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, text, json: isJson ? JSON.parse(text) : undefined };
  };
  /** Runs a workflow of this one task; resolves to what is shown of it when it has one of these statuses. */
  const run = async (task: object, until: readonly string[] = ['COMPLETED', 'FAILED']): Promise<any> => {
    const name = fresh('publishes');
    const tasks = [{ name: 'publish', taskReferenceName: 'publish', ...task }];
    const workflowDef = { name, version: 1, schemaVersion: 2, ownerEmail: 'a@b.c', tasks };
    const { text: id } = await call('POST', '/workflow', { name, version: 1, input: {}, workflowDef });
    return eventually(`${name} (${id}) publishes`, async () => {
      const [shown] = (await call('GET', `/workflow/${id}?includeTasks=true`)).json.tasks;
      return until.includes(shown.status) ? shown : undefined;
    });
  };
  const publish = (request: object, more: object = {}, until?: readonly string[]): Promise<any> =>
    run({ type: 'KAFKA_PUBLISH', inputParameters: { kafka_request: request }, ...more }, until);
  const send = (sink: string, inputParameters: object = {}): Promise<any> =>
    run({ type: 'EVENT', sink, inputParameters });

  const clientOf = (brokers: readonly string[]) =>
    new KafkaClient({ brokers: [...brokers], clientId: 'anybody', logLevel: logLevel.NOTHING });
  const administer = async <T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = clientOf(brokers).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  };
  const makeTopic = async (
    brokers: readonly string[],
    numPartitions = 1,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const topic = fresh('topic');
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const topics = [{ topic, numPartitions, configEntries }];
    await administer(brokers, (admin) => admin.createTopics({ waitForLeaders: true, topics }));
    return topic;
  };
  /** From now on only this user may write to the topic, and nobody else may do anything with it. */
  const onlyWrittenBy = (user: string, topic: string): Promise<unknown> =>
    administer(theirs.brokers, (admin) =>
      admin.createAcls({
        acl: [
          {
            resourceType: AclResourceTypes.TOPIC,
            resourceName: topic,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: `User:${user}`,
            host: '*',
            operation: AclOperationTypes.WRITE,
            permissionType: AclPermissionTypes.ALLOW,
          },
        ],
      }),
    );
  /** The first records of a topic, as any consumer gets them. */
  const consumed = async (
    brokers: readonly string[],
    topic: string,
    count: number,
  ): Promise<readonly (KafkaMessage & { partition: number })[]> => {
    const consumer = clientOf(brokers).consumer({ groupId: fresh('anybody'), maxWaitTimeInMs: 50 });
    const messages: (KafkaMessage & { partition: number })[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message, partition }) => void messages.push({ ...message, partition }),
    });
    try {
      return await eventually(`${count} records of ${topic}`, async () =>
        messages.length >= count ? messages : undefined,
      );
    } finally {
      await consumer.disconnect();
    }
  };
  const written = async (brokers: readonly string[], topic: string): Promise<number> => {
    const offsets = await administer(brokers, (admin) => admin.fetchTopicOffsets(topic));
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  };
  const headersOf = ({ headers }: KafkaMessage): object =>
    Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

  beforeAll(async () => {
    theirs = await startKafka({ secured: true });
    access = theirs.secured!;
    const tls = { tls: true, ca: file('ca.pem', access.ca) };
    const login = { saslUsername: access.username, saslPasswordFile: file('password', `${access.password}\n`) };
    const integrations = {
      plain: { brokers: [access.unencryptedBroker], saslMechanism: 'plain', ...login },
      'plain-tls': { brokers: [access.broker], saslMechanism: 'plain', ...tls, ...login },
      'scram-256': { brokers: [access.broker], saslMechanism: 'scram-sha-256', ...tls, ...login },
      'scram-512': { brokers: [access.broker], saslMechanism: 'scram-sha-512', ...tls, ...login },
      certificate: {
        brokers: [access.mutualBroker],
        ...tls,
        cert: file('client.pem', access.certificate),
        key: file('client.key', access.key),
      },
      guest: {
        brokers: [access.unencryptedBroker],
        saslMechanism: 'plain',
        saslUsername: access.guest,
        saslPassword: access.password,
      },
      'wrong-password': {
        brokers: [access.unencryptedBroker],
        saslMechanism: 'plain',
        saslUsername: access.username,
        saslPassword: wrongPassword,
      },
      'unknown-authority': { brokers: [access.broker], tls: true, saslMechanism: 'plain', ...login },
    };
    installation = await KafkaInstallation.start({
      name: 'publishing',
      processes: ['api', 'decider', 'projector', 'system-worker'],
      settings: {
        PARTITURA_KAFKA_INTEGRATIONS: file('integrations.json', JSON.stringify(integrations)),
        CONDUCTOR_SECRET_STAMP: 'a stamp nobody sees',
      },
    });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await theirs.stop();
    rmSync(directory, { recursive: true });
  }, 60_000);

  describe('KAFKA_PUBLISH', () => {
    it('has the broker keep the record before it is completed', async () => {
      const topic = await makeTopic(theirs.brokers);
      expect(await publish({ bootStrapServers: theirs.brokers[0], topic, value: 1 })).toMatchObject({
        status: 'COMPLETED',
        outputData: {},
      });
      expect(await written(theirs.brokers, topic)).toBe(1);
    });

    it('writes values as JSON, keys as the named serializer of Java, and headers as texts', async () => {
      const topic = await makeTopic(theirs.brokers);
      const to = { bootStrapServers: theirs.brokers[0], topic };
      const serializer = (name: string) => `org.apache.kafka.common.serialization.${name}`;
      for (const request of [
        { value: 'a text', key: 'order-1', headers: { trace: 'abc', attempt: 2 } },
        { value: { a: [1, null, 'x'] }, key: 258, keySerializer: serializer('IntegerSerializer') },
        { value: true, key: 258, keySerializer: serializer('LongSerializer') },
        { value: 12.5 },
      ])
        expect(await publish({ ...to, ...request })).toMatchObject({ status: 'COMPLETED' });
      const records = await consumed(theirs.brokers, topic, 4);
      expect(records.map(({ value }) => String(value))).toEqual(['"a text"', '{"a":[1,null,"x"]}', 'true', '12.5']);
      expect(records.map(({ key }) => key?.toString('latin1'))).toEqual([
        'order-1',
        '\0\0\x01\x02',
        '\0\0\0\0\0\0\x01\x02',
        'null',
      ]);
      expect(records.map(headersOf)).toEqual([{ trace: 'abc', attempt: '2' }, {}, {}, {}]);
    });

    it('sends a key to the partition to which other clients send it', async () => {
      const topic = await makeTopic(theirs.brokers, 7);
      const keys = ['a', 'b', 'order-4711', 'ключ'];
      const producer = clientOf(theirs.brokers).producer();
      await producer.connect();
      await producer.send({ topic, messages: keys.map((key) => ({ key, value: 'theirs' })) });
      await producer.disconnect();
      await Promise.all(keys.map((key) => publish({ bootStrapServers: theirs.brokers[0], topic, key, value: 'ours' })));
      const records = await consumed(theirs.brokers, topic, 2 * keys.length);
      const placesOf = (key: string) => records.filter((record) => String(record.key) === key);
      for (const key of keys) {
        expect(placesOf(key)).toHaveLength(2);
        expect(new Set(placesOf(key).map(({ partition }) => partition)).size).toBe(1);
      }
    });

    it.each(['plain', 'plain-tls', 'scram-256', 'scram-512', 'certificate'])(
      'reaches a cluster by the name of the integration %s',
      async (bootStrapServers) => {
        const topic = await makeTopic(theirs.brokers);
        expect(await publish({ bootStrapServers, topic, value: bootStrapServers })).toMatchObject({
          status: 'COMPLETED',
        });
        expect(String((await consumed(theirs.brokers, topic, 1))[0]!.value)).toBe(`"${bootStrapServers}"`);
      },
    );

    it('needs no right but to write, and says when it has not got it', async () => {
      const [ours, closed] = [await makeTopic(theirs.brokers), await makeTopic(theirs.brokers)];
      await onlyWrittenBy(access.guest, ours);
      await onlyWrittenBy('somebody', closed);
      const bootStrapServers = 'guest';
      expect(await publish({ bootStrapServers, topic: ours, value: 1 })).toMatchObject({ status: 'COMPLETED' });
      expect(await written(theirs.brokers, ours)).toBe(1);
      expect(await publish({ bootStrapServers, topic: closed, value: 1 })).toMatchObject({
        status: 'FAILED',
        reasonForIncompletion: `Failed to invoke kafka task due to: topic ${closed}: TOPIC_AUTHORIZATION_FAILED`,
      });
      expect(await written(theirs.brokers, closed)).toBe(0);
    });

    it('says why it failed, and no password', async () => {
      const topic = await makeTopic(theirs.brokers);
      const small = await makeTopic(theirs.brokers, 1, { 'max.message.bytes': '1000' });
      const bootStrapServers = theirs.brokers[0];
      const reasons = await Promise.all(
        [
          { bootStrapServers, topic: 'nobody-made-this' },
          { bootStrapServers, topic: 'no topic / at all' },
          { bootStrapServers: nobodyListens, topic },
          { bootStrapServers: 'no address', topic },
          { bootStrapServers: 'wrong-password', topic },
          { bootStrapServers: 'unknown-authority', topic },
          { bootStrapServers, topic: small, value: 'x'.repeat(2_000) },
        ].map(async (request) => {
          const task = await publish({ value: 1, ...request });
          expect(task.status).toBe('FAILED');
          return task.reasonForIncompletion;
        }),
      );
      const because = 'Failed to invoke kafka task due to: ';
      expect(reasons).toEqual([
        `${because}there is no topic nobody-made-this`,
        `${because}there is no topic no topic / at all`,
        expect.stringMatching(`^${because}.*127\\.0\\.0\\.1:1 cannot be reached`),
        `${because}"no address" is no broker address; host:port is needed`,
        expect.stringMatching(`^${because}.* cannot be reached`),
        expect.stringMatching(`^${because}.* cannot be reached`),
        expect.stringMatching(`^${because}.*(TOO_LARGE|too large)`),
      ]);
      expect(reasons.join()).not.toContain(wrongPassword);
      expect(await written(theirs.brokers, topic)).toBe(0);
    });

    it('fails when the broker gives no answer in time, and goes on when it does again', async () => {
      const topic = await makeTopic(theirs.brokers);
      const request = { bootStrapServers: theirs.brokers[0], topic, value: 1, requestTimeoutMs: 1_500 };
      expect(await publish(request)).toMatchObject({ status: 'COMPLETED' });
      await theirs.nodes[0]!.pause();
      try {
        expect(await publish(request)).toMatchObject({
          status: 'FAILED',
          reasonForIncompletion: expect.stringMatching(/no answer of .* within 1500 ms$/),
        });
      } finally {
        await theirs.nodes[0]!.resume();
      }
      await eventually('it publishes again', async () =>
        (await publish(request)).status === 'COMPLETED' ? true : undefined,
      );
    });

    it('stays open where others complete it, and is published once', async () => {
      const topic = await makeTopic(theirs.brokers);
      const task = await publish({ bootStrapServers: theirs.brokers[0], topic, value: 1 }, { asyncComplete: true }, [
        'IN_PROGRESS',
      ]);
      await eventually('the record is there', async () =>
        (await written(theirs.brokers, topic)) === 1 ? true : undefined,
      );
      const { workflowInstanceId, taskId } = task;
      await call('POST', '/tasks', { workflowInstanceId, taskId, status: 'COMPLETED', outputData: { by: 'others' } });
      const shown = (await call('GET', `/workflow/${workflowInstanceId}?includeTasks=true`)).json;
      expect(shown).toMatchObject({ status: 'COMPLETED', tasks: [{ outputData: { by: 'others' } }] });
      expect(await written(theirs.brokers, topic)).toBe(1);
    });

    it('puts secrets into the record alone', async () => {
      const topic = await makeTopic(theirs.brokers);
      const headers = { stamp: '${workflow.secrets.STAMP}' };
      const task = await publish({ bootStrapServers: theirs.brokers[0], topic, value: 1, headers });
      expect(headersOf((await consumed(theirs.brokers, topic, 1))[0]!)).toEqual({ stamp: 'a stamp nobody sees' });
      expect(task.inputData.kafka_request.headers).toEqual(headers);
    });
  });

  describe('EVENT', () => {
    it('sends the message of a kafka: sink to the brokers that hold the journal', async () => {
      const topic = await makeTopic(installation.brokers, 3);
      const task = await send(`kafka:${topic}`, { order: 4711 });
      expect(task).toMatchObject({
        status: 'COMPLETED',
        outputData: { order: 4711, event_produced: `kafka:${topic}` },
      });
      const [record] = await consumed(installation.brokers, topic, 1);
      expect(String(record!.key)).toBe(task.workflowInstanceId);
      expect(headersOf(record!)).toEqual({ 'message-id': task.taskId, event: `kafka:${topic}` });
      expect(JSON.parse(String(record!.value))).toEqual(task.outputData);
    });

    it("sends the message of a conductor sink to the installation's own topic", async () => {
      const { sinks } = topicNames(installation.namespace);
      const before = await written(installation.brokers, sinks);
      const task = await send('conductor:shipped', { order: 1 });
      const event = `conductor:${task.workflowType}:shipped`;
      expect(task).toMatchObject({ status: 'COMPLETED', outputData: { order: 1, event_produced: event } });
      expect(await written(installation.brokers, sinks)).toBe(before + 1);
      const records = await consumed(installation.brokers, sinks, before + 1);
      const record = records.find((each) => headersOf(each)['message-id' as never] === task.taskId);
      expect(headersOf(record!)).toEqual({ 'message-id': task.taskId, event });
      expect(JSON.parse(String(record!.value))).toEqual(task.outputData);
    });

    it('fails with a reason where there is no such topic, or where it is not theirs to write to', async () => {
      const { commands } = topicNames(installation.namespace);
      expect(await send('kafka:nobody-made-this')).toMatchObject({
        status: 'FAILED',
        reasonForIncompletion: 'there is no topic nobody-made-this',
      });
      expect(await send(`kafka:${commands}`)).toMatchObject({
        status: 'FAILED',
        reasonForIncompletion: `the topic ${commands} belongs to this installation`,
      });
    });
  });
});
