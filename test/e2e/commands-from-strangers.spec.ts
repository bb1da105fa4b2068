import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompressionTypes, Kafka as KafkaClient, logLevel, type Message, type Producer } from 'kafkajs';
import type { Log, StoredRecord } from '@partitura/log';
import { openKafkaLog } from '@partitura/log-kafka';
import { commandId, Payload, workflowId, type CommandEnvelope, type StartWorkflow } from '@partitura/model';
import { sharedKafka } from '@partitura/testing';
import {
  createCommandCodec,
  deadLetterCodec,
  encodePublicCommand,
  partitionOf,
  topicNames,
  type DeadLetter,
} from '@partitura/wire';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admittedEntries } from './admitted-entries.ts';
import { eventually, ServerProcess } from './server-process.ts';

const partitions = 3;
const MiB = 1024 * 1024;

/** What somebody produced, and where it came to lie. */
interface Sent {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

describe('the commands topic, open to any producer', () => {
  const namespace = `strangers-${randomBytes(4).toString('hex')}`;
  const topics = topicNames(namespace);
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-strangers-'));
  let server: ServerProcess;
  let kafka: KafkaClient;
  let producer: Producer;
  let log: Log;

  /** Anybody's records, each where it says; resolves to where they are. */
  const produce = async (
    messages: readonly (Message & { readonly partition: number })[],
    options: { readonly compression?: CompressionTypes; readonly by?: Pick<Producer, 'send'> } = {},
  ): Promise<readonly Sent[]> => {
    const { by = producer, compression = CompressionTypes.None } = options;
    const acks = await by.send({ topic: topics.commands, compression, messages: [...messages] });
    const next = new Map(acks.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]));
    return messages.map(({ partition, key, value, headers }) => {
      const offset = next.get(partition)!;
      next.set(partition, offset + 1);
      return {
        partition,
        offset,
        key: key === null || key === undefined ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: (headers ?? {}) as Record<string, string>,
      };
    });
  };
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: /^[[{]/.test(text) ? JSON.parse(text) : text };
  };
  const jsonStart = (id: string | undefined, more: object = {}): string =>
    JSON.stringify({ type: 'StartWorkflow', ...(id !== undefined && { workflowId: id }), name: 'at_once', ...more });
  /** An id that the partition function puts there. */
  const idIn = (partition: number, name: string): string => {
    for (let i = 0; ; i++) if (partitionOf(`${name}-${i}`, partitions) === partition) return `${name}-${i}`;
  };
  const ended = (id: string): Promise<any> =>
    eventually(`${id} ends`, async () => {
      const { status, json } = await call('GET', `/api/workflow/${id}`);
      return status === 200 && json.status !== 'RUNNING' ? json : undefined;
    });
  const readAll = async (topic: string, partition: number): Promise<readonly StoredRecord[]> => {
    const found: StoredRecord[] = [];
    const { end } = await log.offsets(topic, partition);
    for (let from = 0; from < end;) {
      const batch = await log.fetch(topic, partition, from, { isolation: 'committed', maxWaitMs: 500 });
      found.push(...batch.records);
      from = batch.nextOffset;
    }
    return found;
  };
  const deadLetters = async (): Promise<readonly DeadLetter[]> =>
    (await readAll(topics.deadLetters, 0)).map(({ value }) => deadLetterCodec.decode(value!));
  /** What became of the command at this place: the outcomes of its entries. */
  const outcomesOf = async ({ partition, offset }: Pick<Sent, 'partition' | 'offset'>): Promise<readonly string[]> => {
    const outcomes: string[] = [];
    for await (const { partition: of, entry } of admittedEntries(log, topics.journal, partitions)) {
      if (of !== partition || entry.kind !== 'decision' || entry.cause.kind !== 'command') continue;
      if (entry.cause.offset !== offset) continue;
      const { outcome } = entry;
      outcomes.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind);
    }
    return outcomes;
  };
  const metric = async (name: string): Promise<number> => {
    const { json: text } = await call('GET', '/metrics');
    const line = String(text)
      .split('\n')
      .find((candidate) => candidate.startsWith(`partitura_${name} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  /** A worker's whole run, started in this partition: whoever gets through here is served as ever. */
  const runOneIn = async (partition: number, name: string): Promise<void> => {
    const id = idIn(partition, name);
    await produce([{ partition, key: id, value: jsonStart(id, { name: 'by_worker', input: { name } }) }]);
    const [task] = await eventually(`the task of ${id} is offered`, async () => {
      const { json } = await call('GET', '/api/tasks/poll/batch/stranger_task?workerid=w&count=1&timeout=500');
      return json.length > 0 ? json : undefined;
    });
    expect(task.workflowInstanceId).toBe(id);
    const report = { workflowInstanceId: id, taskId: task.taskId, status: 'COMPLETED', outputData: { got: name } };
    expect((await call('POST', '/api/tasks', report)).status).toBe(200);
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', output: { got: name } });
  };

  beforeAll(async () => {
    const brokers = await sharedKafka();
    server = await ServerProcess.start('strangers', {
      PARTITURA_LOG: 'kafka',
      PARTITURA_KAFKA_BROKERS: brokers.join(','),
      PARTITURA_NAMESPACE: namespace,
      PARTITURA_PARTITIONS: String(partitions),
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_LOG_LEVEL: 'error',
      PARTITURA_KEY: 'known to the product alone',
    });
    log = await openKafkaLog({ brokers, clientId: 'observer' });
    kafka = new KafkaClient({ brokers: [...brokers], clientId: 'stranger', logLevel: logLevel.NOTHING });
    producer = kafka.producer();
    await producer.connect();
    const noop = { name: 'noop', taskReferenceName: 'noop', type: 'NOOP' };
    const simple = { name: 'stranger_task', taskReferenceName: 'task', type: 'SIMPLE' };
    const registered = await call('PUT', '/api/metadata/workflow', [
      { name: 'at_once', version: 1, schemaVersion: 2, tasks: [noop] },
      {
        name: 'by_worker',
        version: 1,
        schemaVersion: 2,
        tasks: [simple],
        outputParameters: { got: '${task.output.got}' },
      },
    ]);
    expect(registered.status).toBe(200);
  }, 180_000);

  afterAll(async () => {
    await producer.disconnect();
    await log.close();
    expect(await server.stop()).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('sets aside what nobody can apply, whole and with its reason, and goes on', async () => {
    const start: StartWorkflow = {
      type: 'StartWorkflow',
      name: 'at_once',
      input: Payload.empty,
      priority: 0,
      taskToDomain: {},
      replyWhenEnded: false,
    };
    const envelope: CommandEnvelope = {
      commandId: commandId('a'),
      aggregate: workflowId('framed'),
      sentAt: 1,
      body: start,
    };
    const framed = Buffer.from(encodePublicCommand(envelope).value);
    const unsigned = createCommandCodec({ topic: topics.commands, partitions }).encode({
      ...envelope,
      mark: { partition: 0, index: 1_000_000, ordinal: 0 },
    });
    const unknownSchema = Buffer.from(framed);
    unknownSchema.writeInt32BE(77, 1);
    const ours = Buffer.from(framed);
    ours.writeInt32BE(0x50ffffff, 1);

    const bad: readonly (readonly [what: string, value: Buffer | string | null, reason: RegExp])[] = [
      ['nothing', null, /no value/],
      ['no byte', '', /does not begin with a schema id/],
      ['garbage', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x01]), /does not begin with a schema id/],
      ['random bytes', randomBytes(2_000).fill(7, 0, 1), /does not begin with a schema id/],
      ['plain text', 'hello', /does not begin with a schema id/],
      ...[1, 4, 5, 6, 10, framed.length - 1].map(
        (length) => [`a frame cut to ${length}`, framed.subarray(0, length), /cut off|schema id/] as const,
      ),
      ['a frame with more behind it', Buffer.concat([framed, Buffer.from([1])]), /1 bytes are left over/],
      ["somebody else's schema", unknownSchema, /schema id 77 .*no schema registry/],
      ['a schema of ours that does not exist', ours, /schema id \d+ is none of a public-command/],
      ['an unsigned command of the product itself', Buffer.from(unsigned.value), /not signed/],
      ['JSON that breaks off', '{"type":"StartWorkflow",', /byte 24/],
      ['JSON that is no object', '[1,2]', /does not begin/],
      ['no known type', '{"type":"DropTables"}', /"type".*StartWorkflow or TaskResult/],
      ['wrong types', jsonStart('typed', { priority: 'high', input: [] }), /input must be object; the field priority/],
      ['unknown fields', jsonStart('typed', { nmae: 'x' }), /nmae/],
      ['no name', '{"type":"StartWorkflow"}', /name/],
      ['an id that is none', jsonStart('../../etc'), /workflowId/],
      ["an id of the product's own", jsonStart('$definition/workflow/x'), /workflowId/],
      ['a mark', jsonStart('typed', { mark: { partition: 0, index: 9e6, ordinal: 0 } }), /mark/],
      [
        'nested beyond sense',
        `{"type":"StartWorkflow","name":"at_once","input":${'{"a":'.repeat(300)}1${'}'.repeat(300)}}`,
        /nested deeper/,
      ],
      [
        'a foreign task',
        JSON.stringify({ type: 'TaskResult', workflowId: 'x', taskId: 'y~1.1.1', status: 'COMPLETED' }),
        /does not belong/,
      ],
      [
        'more than one value may have',
        jsonStart('large', { input: { text: 'x'.repeat(4 * MiB) } }),
        /input has 4\d+ bytes/,
      ],
      ['more than one command may have', Buffer.alloc(9 * MiB, 'x'), /9437184 bytes, more than/],
      ['as much as the topic takes', Buffer.alloc(10 * MiB - 400, 'x'), /bytes, more than/],
    ];
    const messages = bad.map(([what, value], i) => ({
      partition: i % partitions,
      key: i % 4 === 0 ? null : Buffer.from(`key of ${what}`),
      value: value === null ? null : Buffer.from(value),
      headers: i % 2 === 0 ? {} : { 'x-trace': `trace ${i}`, ['__proto__']: 'a header', empty: '' },
    }));
    const sent: Sent[] = [];
    // One by one: the large ones would not fit into one request together.
    for (const message of messages) sent.push(...(await produce([message])));

    const letters = await eventually('all letters are written', async () => {
      const found = await deadLetters();
      return found.length >= bad.length ? found : undefined;
    });
    expect(letters).toHaveLength(bad.length);
    for (const [i, { partition, offset, key, value, headers }] of sent.entries()) {
      const [what, , reason] = bad[i]!;
      const letter = letters.find((one) => one.partition === partition && one.offset === offset)!;
      const bytes = (of: Uint8Array | undefined): string | undefined => of && Buffer.from(of).toString('latin1');
      expect({ what, letter: { ...letter, key: bytes(letter.key) } }).toMatchObject({
        what,
        letter: {
          topic: topics.commands,
          partition,
          offset,
          key: key?.toString(),
          reason: expect.stringMatching(reason),
        },
      });
      expect(letter.value === undefined ? null : Buffer.compare(letter.value, value!)).toBe(value === null ? null : 0);
      const kept = Object.entries(letter.headers).map(([name, text]) => [name, Buffer.from(text).toString()]);
      expect(Object.fromEntries(kept)).toEqual(headers);
      expect(await outcomesOf(sent[i]!)).toEqual(['deadLettered']);
    }
    expect(await metric('commands_not_accepted_total{outcome="deadLettered"}')).toBe(bad.length);
    expect(await metric('alarms_total{code="DEAD_LETTER"}')).toBe(bad.length);
    for (let partition = 0; partition < partitions; partition++) await runOneIn(partition, 'after-garbage');
  }, 60_000);

  it('starts what was sent to the wrong partition, or nowhere in particular', async () => {
    const before = await metric('commands_not_accepted_total{outcome="forwarded"}');
    const wrong = Array.from({ length: 6 }, (_, i) => {
      const id = idIn(i % partitions, `astray-${i}`);
      return { id, partition: (i + 1) % partitions, key: i % 2 === 0 ? null : Buffer.from('somebody else') };
    });
    const sent = await produce(
      wrong.map(({ id, partition, key }) => ({ partition, key, value: jsonStart(id) })),
      { compression: CompressionTypes.GZIP },
    );
    const [nameless] = await produce([
      { partition: 1, key: null, value: jsonStart(undefined, { correlationId: 'nameless' }) },
    ]);
    for (const { id } of wrong) expect(await ended(id)).toMatchObject({ status: 'COMPLETED' });
    for (const one of sent) expect(await outcomesOf(one)).toEqual(['forwarded']);
    expect((await metric('commands_not_accepted_total{outcome="forwarded"}')) - before).toBe(wrong.length);

    // A start without an id gets one of the partition that it lies in.
    expect(await outcomesOf(nameless!)).toEqual(['accepted']);
    const found = await eventually('the nameless one is found', async () => {
      const { json } = await call('GET', '/api/workflow/at_once/correlated/nameless?includeClosed=true');
      return json.length > 0 ? json : undefined;
    });
    expect(found).toHaveLength(1);
    expect(partitionOf(found[0].workflowId, partitions)).toBe(1);
  }, 60_000);

  it('takes a start, and the end of a task, once', async () => {
    const id = idIn(2, 'once');
    const start = { partition: 2, key: id, value: jsonStart(id, { name: 'by_worker' }) };
    const [first, second] = await produce([start, start]);
    const [task] = await eventually('the task is offered', async () => {
      const { json } = await call('GET', '/api/tasks/poll/batch/stranger_task?workerid=w&count=5&timeout=500');
      return json.length > 0 ? json : undefined;
    });
    const result = (of: string, taskId: string, status: string, got: number) => ({
      partition: partitionOf(of, partitions),
      key: of,
      value: JSON.stringify({ type: 'TaskResult', workflowId: of, taskId, status, outputData: { got } }),
    });
    const [done, again, otherwise] = await produce([
      result(id, task.taskId, 'COMPLETED', 1),
      result(id, task.taskId, 'COMPLETED', 2),
      result(id, task.taskId, 'FAILED', 3),
    ]);
    const [strange, noTask] = await produce([
      result(idIn(2, 'nobody'), `${idIn(2, 'nobody')}~1.1.0`, 'COMPLETED', 4),
      result(id, 'no-such-task', 'COMPLETED', 5),
    ]);
    expect(await ended(id)).toMatchObject({
      status: 'COMPLETED',
      output: { got: 1 },
      tasks: [{ outputData: { got: 1 } }],
    });
    await eventually('the last one is decided', async () =>
      (await outcomesOf(noTask!)).length > 0 ? true : undefined,
    );
    const outcomes = await Promise.all(
      [first, second, done, again, otherwise, strange, noTask].map((one) => outcomesOf(one!)),
    );
    expect(outcomes).toEqual([
      ['accepted'],
      ['WORKFLOW_EXISTS'],
      ['accepted'],
      ['duplicate'],
      ['duplicate'],
      ['TASK_NOT_FOUND'],
      ['TASK_NOT_FOUND'],
    ]);
  }, 60_000);

  it('never applies what was rolled back, and all of what was committed', async () => {
    const transactional = kafka.producer({
      transactionalId: `${namespace}-transactions`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await transactional.connect();
    const ids = (name: string): string[] => Array.from({ length: partitions }, (_, p) => idIn(p, name));
    const starts = (of: readonly string[]) => of.map((id, partition) => ({ partition, key: id, value: jsonStart(id) }));
    const [abandoned, kept, plain] = [ids('rolled-back'), ids('committed'), ids('beside')];
    const aborting = await transactional.transaction();
    const gone = await produce(starts(abandoned), { by: aborting });
    await produce(starts(plain));
    await aborting.abort();
    const committing = await transactional.transaction();
    await produce(starts(kept), { by: committing });
    await committing.commit();
    await transactional.disconnect();

    for (const id of [...plain, ...kept]) expect(await ended(id)).toMatchObject({ status: 'COMPLETED' });
    for (const id of abandoned) expect((await call('GET', `/api/workflow/${id}`)).status).toBe(404);
    for (const one of gone) expect(await outcomesOf(one)).toEqual([]);
  }, 60_000);

  it('has given every record exactly one decision, and still serves every partition', async () => {
    for (let partition = 0; partition < partitions; partition++) await runOneIn(partition, 'in-the-end');
    const consumed: string[] = [];
    for (let partition = 0; partition < partitions; partition++)
      for (const { offset } of await readAll(topics.commands, partition)) consumed.push(`${partition}/${offset}`);
    const decided = await eventually('the last records are decided', async () => {
      const places: string[] = [];
      for await (const { partition, entry } of admittedEntries(log, topics.journal, partitions))
        if (entry.kind === 'decision' && entry.cause.kind === 'command')
          places.push(`${partition}/${entry.cause.offset}`);
      return places.length >= consumed.length ? places : undefined;
    });
    expect([...decided].sort()).toEqual([...consumed].sort());
    expect((await call('GET', '/health')).json).toMatchObject({ healthy: true });
  }, 60_000);
});
