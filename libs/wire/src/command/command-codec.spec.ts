import { describe, expect, it } from '@jest/globals';
import { aggregateId, commandId, Payload, taskId, taskIdOf, workflowId, type CommandEnvelope } from '@partitura/model';
import fc from 'fast-check';
import { schemaTexts } from '../generated/schemas.ts';
import { goldens, plain } from '../golden.fixture.ts';
import { limits } from '../limits.ts';
import { partitionOf } from '../partition.ts';
import { createCommandCodec, type CommandCodecOptions, type PublicCommand } from './command-codec.ts';
import { encodePublicCommand, publicCommandCodec } from './public-encoding.ts';

const options = { topic: 'partitura.commands', partitions: 8 };
const codec = createCommandCodec(options);
const partition = 3;
const offset = 42;

type Source = string | Uint8Array | null;
const decode = (value: Source, more: Partial<CommandCodecOptions> = {}, headers?: Record<string, Uint8Array>) =>
  createCommandCodec({ ...options, ...more }).decode(partition, {
    offset,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    ...(headers === undefined ? {} : { headers }),
  });

/** The envelope without classes, so that bytes can be compared. */
function accepted(value: Source, more?: Partial<CommandCodecOptions>): CommandEnvelope {
  const decoded = decode(value, more);
  if (decoded.kind === 'undecodable') throw new Error(decoded.reason);
  return plain(decoded.envelope) as CommandEnvelope;
}
function refused(value: Source, more?: Partial<CommandCodecOptions>, headers?: Record<string, Uint8Array>): string {
  const decoded = decode(value, more, headers);
  return decoded.kind === 'undecodable' ? decoded.reason : 'not refused';
}

const wf = workflowId('order-1');
const task = taskIdOf({ workflowId: wf, startIndex: 7, version: 2, ordinal: 0 });
const json = (value: unknown): string => JSON.stringify(value);
const start = { type: 'StartWorkflow', name: 'fulfil' };
const result = { type: 'TaskResult', workflowId: wf, taskId: task, status: 'COMPLETED' };

describe('a JSON start', () => {
  it('becomes a command of its workflow', () => {
    const text = `{ "type":"StartWorkflow", "workflowId":"order-1", "name":"fulfil", "version":2, "input":{"total": 1.50, "id":12345678901234567890},
      "correlationId":"c","priority":7,"taskToDomain":{"*":"eu"},"idempotencyKey":"k"}`;
    expect(accepted(text)).toEqual({
      commandId: '$partitura.commands/3/42',
      aggregate: 'order-1',
      sentAt: 0,
      body: {
        type: 'StartWorkflow',
        name: 'fulfil',
        version: 2,
        input: { $json: '{"total": 1.50, "id":12345678901234567890}' },
        correlationId: 'c',
        priority: 7,
        taskToDomain: { '*': 'eu' },
        idempotencyKey: 'k',
        replyWhenEnded: false,
      },
    });
  });

  it('needs no more than a name', () => {
    expect(accepted(json({ ...start, workflowId: 'w' })).body).toEqual({
      type: 'StartWorkflow',
      name: 'fulfil',
      input: { $json: '{}' },
      priority: 0,
      taskToDomain: {},
      replyWhenEnded: false,
    });
  });

  it('without an id gets one from its position, always the same, in the partition where it lies', () => {
    for (const partitions of [1, 2, 8, 50])
      for (let p = 0; p < partitions; p++) {
        const read = createCommandCodec({ ...options, partitions });
        const ids = [1, 1, 2].map((at) => {
          const decoded = read.decode(p, { offset: at, value: Buffer.from(json(start)) });
          return decoded.kind === 'command' ? decoded.envelope.aggregate : '';
        });
        expect(ids.map((id) => partitionOf(id, partitions))).toEqual([p, p, p]);
        expect(ids[0]).toBe(ids[1]);
        expect(ids[2]).not.toBe(ids[0]);
      }
  });

  it.each([
    [
      'another type',
      { ...start, type: 'PauseWorkflow' },
      'the field "type" of a JSON command must be StartWorkflow or TaskResult',
    ],
    ['no type', { name: 'x' }, 'the field "type" of a JSON command must be'],
    ['no name', { type: 'StartWorkflow' }, "must have required property 'name'"],
    ['a name that is a number', { ...start, name: 5 }, 'the field name must be string'],
    ['an empty name', { ...start, name: '' }, 'the field name must NOT have fewer than 1 characters'],
    ['a version with a fraction', { ...start, version: 1.5 }, 'the field version must be integer'],
    ['an input that is a list', { ...start, input: [] }, 'the field input must be object'],
    ['an input that is null', { ...start, input: null }, 'the field input must be object'],
    ['a priority out of range', { ...start, priority: 100 }, 'the field priority must be <= 99'],
    ['a domain that is no text', { ...start, taskToDomain: { a: 1 } }, 'the field taskToDomain/a must be string'],
    [
      'an id that begins with $',
      { ...start, workflowId: '$definition/workflow/x' },
      'the field workflowId must match pattern',
    ],
    ['an id that is too long', { ...start, workflowId: 'x'.repeat(129) }, 'the field workflowId must match pattern'],
    [
      'a field that nobody defined',
      { ...start, mark: { partition: 0, index: 1, ordinal: 0 } },
      'must NOT have additional properties ("mark")',
    ],
    [
      'a parent',
      { ...start, parent: { workflowId: 'a', taskId: 'b' } },
      'must NOT have additional properties ("parent")',
    ],
  ])('is refused with %s', (_, value, why) => {
    expect(refused(json(value))).toContain(why);
  });

  it('names all problems at once', () => {
    const why = refused(json({ ...start, name: 5, version: 'x', foo: 1 }));
    for (const problem of ['name must be string', 'version must be integer', '("foo")']) expect(why).toContain(problem);
  });

  it.each([
    ['cut off', '{"type":"StartWorkflow","name":"x"', 'a comma or } is missing'],
    ['a key twice', '{"type":"StartWorkflow","name":"x","name":"y"}', 'the key "name" is there twice'],
    [
      'a key twice inside the input',
      '{"type":"StartWorkflow","name":"x","input":{"a":1,"a":2}}',
      'the key "a" is there twice',
    ],
    ['a prototype', '{"type":"StartWorkflow","name":"x","input":{"a":{"__proto__":1}}}', '__proto__'],
    ['too deep', `{"type":"StartWorkflow","name":"x","input":{"a":${'['.repeat(10_000)}`, 'nested deeper'],
    ['no JSON but a brace', '{hello}', 'a key in double quotes is missing'],
  ])('is refused when it is no sound JSON: %s', (_, text, why) => {
    expect(refused(text)).toContain(why);
  });

  it('is refused when it is not UTF-8', () => {
    expect(refused(Buffer.from('{"type":"StartWorkflow","name":"\xff"}', 'latin1'))).toContain('not UTF-8');
  });

  it('is refused with a value beyond the limit', () => {
    expect(refused(json({ ...start, input: { a: 'x'.repeat(limits.valueBytes) } }))).toContain(
      'more than the 3145728 of one value',
    );
    expect(refused(json({ ...start, input: { a: 'x'.repeat(limits.batchBytes) } }))).toContain('more than 8388608');
  });
});

describe('a JSON task result', () => {
  it('becomes a command of the workflow', () => {
    const text = json({
      ...result,
      outputData: { ok: true },
      reasonForIncompletion: 'r',
      callbackAfterSeconds: 5,
      workerId: 'w',
    });
    expect(accepted(text)).toEqual({
      commandId: '$partitura.commands/3/42',
      aggregate: wf,
      sentAt: 0,
      body: {
        type: 'TaskResult',
        taskId: task,
        status: 'COMPLETED',
        output: { $json: '{"ok":true}' },
        reason: 'r',
        callbackAfterSeconds: 5,
        workerId: 'w',
        extendLease: false,
        logs: [],
      },
    });
  });
  it('may be about a task that nobody knows: the workflow answers', () => {
    expect(accepted(json({ ...result, taskId: 'no-such-task' })).aggregate).toBe(wf);
  });
  it.each([
    ['a task of another workflow', { ...result, workflowId: 'order-2' }, 'does not belong to workflow order-2'],
    [
      'a status that no worker may report',
      { ...result, status: 'TIMED_OUT' },
      'the field status must be equal to one of the allowed values',
    ],
    ['no workflow', { ...result, workflowId: undefined }, "must have required property 'workflowId'"],
    ['output that is a text', { ...result, outputData: '{}' }, 'the field outputData must be object'],
    ['a negative delay', { ...result, callbackAfterSeconds: -1 }, 'must be >= 0'],
  ])('is refused with %s', (_, value, why) => {
    expect(refused(json(value))).toContain(why);
  });
});

describe('a public Avro command', () => {
  const encode = (body: PublicCommand['body'], more: Partial<PublicCommand> = {}): Uint8Array =>
    publicCommandCodec.encode({ sentAt: 5, ...more, body });
  const payload = (text: string): Payload => Payload.fromBytes(Buffer.from(text));
  const pause = { type: 'PauseWorkflow' } as const;
  const report = (more: object = {}): PublicCommand['body'] => ({
    type: 'TaskResult',
    taskId: task,
    status: 'COMPLETED',
    callbackAfterSeconds: 0,
    extendLease: false,
    logs: [],
    ...more,
  });
  const begin = (more: object = {}): PublicCommand['body'] => ({
    type: 'StartWorkflow',
    name: 'fulfil',
    priority: 0,
    taskToDomain: {},
    replyWhenEnded: false,
    ...more,
  });

  it('carries id, reply address and the definitions that its sender had seen', () => {
    const replyTo = { partition: 1, instance: 'worker-1', correlation: 9 };
    expect(accepted(encode(pause, { workflowId: wf, commandId: 'mine', replyTo, definitionsOffset: 77 }))).toEqual({
      commandId: 'mine',
      aggregate: wf,
      sentAt: 5,
      replyTo,
      definitionsOffset: 77,
      body: pause,
    });
  });

  it('gets its id from its position when it brings none', () => {
    expect(accepted(encode(pause, { workflowId: wf })).commandId).toBe('$partitura.commands/3/42');
  });

  it('cannot choose a domain for the prototype', () => {
    const taskToDomain = Object.fromEntries([['__proto__', 'd']]);
    expect(refused(encode(begin({ taskToDomain })))).toContain('__proto__');
  });

  it('about a task finds the workflow in the task id', () => {
    expect(
      accepted(encode(report({ dispatch: 2, outputData: payload('{"a":1.0}'), logs: [{ message: 'm', at: 1 }] }))),
    ).toMatchObject({
      aggregate: wf,
      body: { dispatch: 2, output: { $json: '{"a":1.0}' }, logs: [{ message: 'm', at: 1 }] },
    });
    expect(accepted(encode({ type: 'TaskStarted', taskId: task, dispatch: 1 })).aggregate).toBe(wf);
    expect(accepted(encode({ type: 'AddTaskLogs', taskId: task, logs: [] })).aggregate).toBe(wf);
  });

  it('with a result tells when the worker began', () => {
    const begun = { dispatch: 2, workerId: 'w', at: 7 };
    expect(accepted(encode(report({ begun }))).body).toMatchObject({ begun });
    expect(refused(encode(report({ begun: { ...begun, workerId: '' } })))).toContain('begun.workerId');
  });

  it('about a definition goes to the definition', () => {
    const put = {
      type: 'PutDefinition',
      kind: 'workflow',
      name: 'fulfil',
      version: 1,
      body: payload('{}'),
      mode: 'create',
    } as const;
    expect(accepted(encode(put)).aggregate).toBe('$definition/workflow/fulfil');
    expect(accepted(encode({ type: 'DeleteDefinition', kind: 'task', name: 'charge' })).aggregate).toBe(
      '$definition/task/charge',
    );
  });

  it('that terminates is never the word of a parent', () => {
    expect(accepted(encode({ type: 'TerminateWorkflow', reason: 'enough' }, { workflowId: wf })).body).toEqual({
      type: 'TerminateWorkflow',
      reason: 'enough',
      byParent: false,
    });
  });

  it('starts a workflow with an id, or with one made for it', () => {
    expect(accepted(encode(begin(), { workflowId: 'w' })).aggregate).toBe('w');
    expect(partitionOf(accepted(encode(begin())).aggregate, 8)).toBe(partition);
    expect(accepted(encode(begin({ definition: payload('{"tasks":[]}'), replyWhenEnded: true }))).body).toMatchObject({
      definition: { $json: '{"tasks":[]}' },
      replyWhenEnded: true,
    });
  });

  it('has no words for marks, principals, parents, and what only the product may say', () => {
    for (const word of [
      'mark',
      'principal',
      'parent',
      'byParent',
      'createdBy',
      'RevivalAnswer',
      'ChildEnded',
      'ChildRevived',
    ])
      expect(schemaTexts['public-command']).not.toContain(`"name":"${word}"`);
  });

  it.each<[string, PublicCommand['body'], Partial<PublicCommand>, string]>([
    ['a workflow that is not named', pause, {}, 'PauseWorkflow needs a workflowId'],
    ['an aggregate that is no workflow', pause, { workflowId: '$definition/task/a' }, 'cannot be a workflow id'],
    ['a workflow id with a space', begin(), { workflowId: 'a b' }, 'cannot be a workflow id'],
    ['a command id of ours', pause, { workflowId: wf, commandId: '$partitura.commands/0/0' }, 'must not begin with $'],
    ['an empty command id', pause, { workflowId: wf, commandId: '' }, 'commandId must have 1 to 255 characters'],
    ['a task id that is none', report({ taskId: 'abc' }), {}, '"abc" is not the id of a task'],
    ['a task of something that is no workflow', report({ taskId: '$limit/a~1.1.1' }), {}, 'cannot be a workflow id'],
    ['a task of another workflow', report(), { workflowId: 'order-2' }, 'does not belong to workflow order-2'],
    [
      'a workflow id where a definition is meant',
      { type: 'DeleteDefinition', kind: 'task', name: 'a' },
      { workflowId: wf },
      'has no workflowId',
    ],
    [
      'a definition without a name',
      { type: 'DeleteDefinition', kind: 'task', name: '' },
      {},
      'name must have 1 to 255 characters, not 0',
    ],
    ['a version below 1', begin({ version: 0 }), {}, 'the version 0 is below 1'],
    ['a priority out of range', begin({ priority: -1 }), {}, 'the priority -1 is not within 0 to 99'],
    ['an input that is no JSON', begin({ input: payload('{"a":}') }), {}, 'the JSON text is refused at byte 5'],
    ['an input that is no object', begin({ input: payload(' [1]') }), {}, 'the field input must be a JSON object'],
    [
      'a definition that is no JSON',
      begin({ definition: payload('nonsense') }),
      {},
      'a value is missing or is no JSON',
    ],
    ['an output with a key twice', report({ outputData: payload('{"a":1,"a":1}') }), {}, 'the key "a" is there twice'],
    [
      'an output that is too large',
      report({ outputData: payload(`{"a":"${'x'.repeat(limits.valueBytes)}"}`) }),
      {},
      'of one value',
    ],
    ['a reason without end', report({ reasonForIncompletion: 'x'.repeat(70_000) }), {}, 'longer than 65536 characters'],
    [
      'a log line without end',
      report({ logs: [{ message: 'x'.repeat(70_000), at: 0 }] }),
      {},
      'logs.message is longer',
    ],
    ['a negative delay', report({ callbackAfterSeconds: -1 }), {}, 'callbackAfterSeconds is negative'],
    [
      'a reply address that is none',
      pause,
      { workflowId: wf, replyTo: { partition: -1, instance: 'a', correlation: 0 } },
      'replyTo.partition is negative',
    ],
    [
      'a worker name without end',
      { type: 'TaskStarted', taskId: task, dispatch: 1, workerId: 'x'.repeat(256) },
      {},
      'workerId must have 1 to 255',
    ],
  ])('is refused with %s', (_, body, more, why) => {
    expect(refused(encode(body, more))).toContain(why);
  });
});

describe('a sender without the installation key', () => {
  const from = (
    aggregate: string,
    body: CommandEnvelope['body'],
    more: Partial<CommandEnvelope> = {},
  ): CommandEnvelope => ({
    commandId: commandId('c-1'),
    aggregate: aggregateId(aggregate),
    sentAt: 5,
    body,
    ...more,
  });
  const replyTo = { partition: 0, instance: 'worker-1', correlation: 5 };
  const output = Payload.of({ a: 1 });
  const report = {
    type: 'TaskResult',
    taskId: task,
    status: 'FAILED',
    output,
    reason: 'r',
    callbackAfterSeconds: 0,
    extendLease: false,
    logs: [],
  } as const;
  const begin = {
    type: 'StartWorkflow',
    name: 'n',
    version: 1,
    input: output,
    priority: 3,
    taskToDomain: {},
    replyWhenEnded: true,
  } as const;

  it.each<[string, CommandEnvelope]>([
    ['a start', from(wf, begin, { replyTo, definitionsOffset: 9 })],
    ['a pause', from(wf, { type: 'PauseWorkflow' })],
    ['an end', from(wf, { type: 'TerminateWorkflow', reason: 'r', byParent: false })],
    ['a retry', from(wf, { type: 'RetryWorkflow', resumeSubworkflowTasks: true })],
    ['the begin of a task', from(wf, { type: 'TaskStarted', taskId: task, dispatch: 1 }, { replyTo })],
    ['a report', from(wf, { ...report, dispatch: 2, workerId: 'w' })],
    ['log lines', from(wf, { type: 'AddTaskLogs', taskId: task, logs: [{ message: 'm', at: 1 }] })],
    [
      'a definition',
      from('$definition/task/a', { type: 'PutDefinition', kind: 'task', name: 'a', body: output, mode: 'upsert' }),
    ],
  ])('sends %s that arrives as it was meant', (_, envelope) => {
    const { key, value } = encodePublicCommand(envelope);
    expect(Buffer.from(key).toString()).toBe(envelope.aggregate);
    expect(accepted(value, { key: Buffer.from('somebody has one') })).toEqual(plain(envelope));
  });

  it.each<[string, CommandEnvelope]>([
    ['a mark', from(wf, report, { mark: { partition: 0, index: 1, ordinal: 0 } })],
    ['a principal', from(wf, report, { principal: 'root' })],
    ['a parent', from(wf, { ...begin, parent: { workflowId: wf, taskId: task } })],
    ['the word of a parent', from(wf, { type: 'TerminateWorkflow', byParent: true })],
    ['the end of a child', from(wf, { type: 'ChildRevived', taskId: task, childId: wf })],
  ])('cannot send %s', (_, envelope) => {
    expect(() => encodePublicCommand(envelope)).toThrow(expect.objectContaining({ name: 'Defect' }));
  });
});

describe('a command of the product itself', () => {
  const envelope: CommandEnvelope = {
    commandId: commandId('c-1'),
    aggregate: aggregateId('order-1'),
    sentAt: 1763726400123,
    mark: { partition: 2, index: 99, ordinal: 1 },
    replyTo: { partition: 0, instance: 'api-1', correlation: 5 },
    principal: 'ann',
    definitionsOffset: 4,
    body: {
      type: 'ChildEnded',
      taskId: taskId(task),
      childId: workflowId('c'),
      childName: 'n',
      childVersion: 1,
      status: 'COMPLETED',
      output: Payload.of({ a: 1 }),
    },
  };
  const key = Buffer.from('an installation key');
  const signed = createCommandCodec({ ...options, key });

  it('arrives as it was sent, under the key of its aggregate', () => {
    const { key: recordKey, value, headers } = codec.encode(envelope);
    expect(Buffer.from(recordKey).toString()).toBe('order-1');
    expect(headers).toBeUndefined();
    expect(accepted(value)).toEqual(plain(envelope));
  });

  describe('where an installation key is configured', () => {
    const { value, headers } = signed.encode(envelope);
    const forged = (bytes: Uint8Array, mac: Record<string, Uint8Array> | undefined): string =>
      refused(bytes, { key }, mac);
    const why = 'not signed with the installation key';

    it('counts when it is signed', () => {
      expect(decode(value, { key }, headers).kind).toBe('command');
    });
    it('does not count when it is not signed', () => {
      expect(forged(value, undefined)).toContain(why);
      expect(forged(value, {})).toContain(why);
      expect(forged(value, { 'partitura-mac': new Uint8Array(0) })).toContain(why);
      expect(forged(value, { 'partitura-mac': new Uint8Array(32) })).toContain(why);
    });
    it('does not count when a bit of it changed', () => {
      const changed = Buffer.from(value);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      expect(forged(changed, headers)).toContain(why);
    });
    it('does not count under another key, nor on another topic', () => {
      const elsewhere = createCommandCodec({ ...options, topic: 'other.commands', key }).encode(envelope);
      expect(forged(elsewhere.value, elsewhere.headers)).toContain(why);
      const stranger = createCommandCodec({ ...options, key: Buffer.from('another key') }).encode(envelope);
      expect(forged(stranger.value, stranger.headers)).toContain(why);
    });
    it('leaves the door open for commands that need no signature', () => {
      expect(decode(json(start), { key }).kind).toBe('command');
      expect(
        decode(publicCommandCodec.encode({ workflowId: wf, sentAt: 0, body: { type: 'PauseWorkflow' } }), { key }).kind,
      ).toBe('command');
    });
  });
});

describe('schemas of a registry', () => {
  const older = JSON.parse(schemaTexts['public-command']) as { fields: { name: string }[] };
  older.fields = older.fields.filter(({ name }) => name !== 'definitionsOffset');
  const registered = {
    subject: 'partitura.commands-value',
    commandId: 17,
    otherCommands: new Map([[12, json(older)]]),
  };
  const own = publicCommandCodec.encode({ workflowId: wf, sentAt: 0, body: { type: 'PauseWorkflow' } });
  const under = (id: number, bytes: Uint8Array): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32BE(id, 1);
    return copy;
  };

  it('are read under the ids that the registry gave them', () => {
    expect(accepted(under(17, own), { registered }).aggregate).toBe(wf);
    // The absent definitionsOffset is the byte before the body's.
    const written = Buffer.concat([own.subarray(0, -2), own.subarray(-1)]);
    expect(accepted(under(12, written), { registered })).toMatchObject({
      aggregate: wf,
      body: { type: 'PauseWorkflow' },
    });
  });
  it('do not take the place of those of the manifest', () => {
    expect(accepted(own, { registered }).aggregate).toBe(wf);
  });
  it('are refused under ids that the registry did not name', () => {
    expect(refused(under(99, own), { registered })).toContain(
      "the schema id 99 is none of the product's own and none of partitura.commands-value",
    );
    expect(refused(under(17, own))).toContain('no schema registry is configured');
  });
  it('must be commands', () => {
    const stranger = json({ type: 'record', name: 'Stranger', fields: [] });
    expect(() =>
      createCommandCodec({ ...options, registered: { ...registered, otherCommands: new Map([[5, stranger]]) } }),
    ).toThrow(expect.objectContaining({ code: 'INCOMPATIBLE_SCHEMA' }));
  });
});

describe('garbage on the commands topic', () => {
  it.each<[string, Source, string]>([
    ['no value', null, 'the record has no value'],
    ['an empty value', '', 'does not begin with a schema id'],
    ['a text', 'hello', 'does not begin with a schema id'],
    ['zeros', Buffer.alloc(100), 'the schema id 0 is none'],
    [
      'a journal record',
      Buffer.from(goldens.find(({ schema }) => schema === 'journal-record')?.cases[0]?.hex ?? '', 'hex'),
      'schema id 1342177280 is none of a public-command',
    ],
    [
      'a public command with a tail',
      Buffer.concat([
        publicCommandCodec.encode({ workflowId: wf, sentAt: 0, body: { type: 'PauseWorkflow' } }),
        Buffer.of(1),
      ]),
      '1 bytes are left over',
    ],
  ])('is refused: %s', (_, value, why) => {
    expect(refused(value)).toContain(why);
  });

  it('is not repeated at length in the reason', () => {
    const long = 'x'.repeat(1_000_000);
    const reasons = [
      refused(json({ ...start, [long]: 1 })),
      refused(json({ ...start, taskToDomain: { [long]: 1 } })),
      refused(`{"${long}":1,"${long}":2}`),
      refused(publicCommandCodec.encode({ sentAt: 0, body: { type: 'TaskStarted', taskId: long, dispatch: 1 } })),
      refused(publicCommandCodec.encode({ sentAt: 0, workflowId: long, body: { type: 'PauseWorkflow' } })),
    ];
    for (const reason of reasons) expect(reason.length).toBeLessThan(500);
  });

  it('never throws', () => {
    const begin = fc.constantFrom('', '{', '00', '0050000001', '0050000006', '000000000c');
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
        const value =
          head === '{' ? Buffer.concat([Buffer.from(head), tail]) : Buffer.concat([Buffer.from(head, 'hex'), tail]);
        const decoded = codec.decode(partition, { offset, value });
        if (decoded.kind === 'undecodable') expect(decoded.reason).not.toBe('');
      }),
      { numRuns: 5_000 },
    );
  });
});
