// Prints what encoding and decoding cost here, beside avsc on the same bytes: node libs/wire/scripts/measure.mjs
// Needs a build (npx tsc -b libs/wire). Each figure is the best of 25 rounds, since machines have other work too.
import { readFileSync } from 'node:fs';
import avro from 'avsc';
import { Payload } from '@partitura/model';
import {
  checkJson,
  createCommandCodec,
  encodePublicCommand,
  journalCodec,
  partitionOf,
  taskCodec,
} from '@partitura/wire';

const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/avro/internal/journal-record.v1.avsc', import.meta.url), 'utf8'),
);
const json = (value) => Payload.fromBytes(Buffer.from(JSON.stringify(value)));
const workflowId = '5f0c3a1e-7b1d-8e2f-9a3b-1c2d3e4f5a6b';
const output = { ok: true, orderId: 'A-1234567', lines: [1, 2, 3], total: 12.5 };
const at = 1763726400123;

/** What a decider writes when one task ends and the next begins. */
const decision = {
  kind: 'decision',
  epoch: 123,
  index: 456789,
  effectsDone: 456700,
  at,
  aggregate: workflowId,
  version: 12,
  cause: { kind: 'command', commandId: '0192f5a1-7b1d-8e2f-9a3b-1c2d3e4f5a6b', offset: 991234 },
  outcome: { kind: 'accepted' },
  events: [
    {
      type: 'TaskEnded',
      taskId: `${workflowId}~8j2.3.0`,
      status: 'COMPLETED',
      output: json(output),
      workerId: 'worker-1',
      retried: false,
    },
    {
      type: 'TaskScheduled',
      taskId: `${workflowId}~8j2.c.0`,
      referenceName: 'charge_ref',
      node: 3,
      taskType: 'SIMPLE',
      taskDefName: 'charge',
      seq: 4,
      attempt: 0,
      iteration: 0,
      status: 'SCHEDULED',
      input: json({ orderId: 'A-1234567', amount: 12.5, currency: 'EUR' }),
      queue: { type: 'charge' },
      dueAt: 0,
      startDelaySeconds: 0,
      firstScheduledAt: at,
      limits: {
        timeoutMs: 3600000,
        timeoutPolicy: 'TIME_OUT_WF',
        responseTimeoutMs: 600000,
        pollTimeoutMs: 0,
        totalTimeoutMs: 0,
      },
    },
    { type: 'TaskDispatched', taskId: `${workflowId}~8j2.c.0`, dispatch: 1 },
  ],
};
const task = {
  taskId: `${workflowId}~8j2.c.0`,
  workflowId,
  workflowName: 'fulfil',
  workflowVersion: 1,
  taskType: 'charge',
  taskDefName: 'charge',
  referenceName: 'charge_ref',
  dispatch: 1,
  attempt: 0,
  seq: 4,
  iteration: 0,
  pollCount: 0,
  priority: 0,
  scheduledAt: at,
  startedAt: 0,
  startDelaySeconds: 0,
  responseTimeoutSeconds: 600,
  input: json({ orderId: 'A-1234567' }),
  workflowTask: json({ name: 'charge', type: 'SIMPLE' }),
  output: Payload.empty,
};
const result = {
  commandId: '0192f5a1-7b1d-8e2f-9a3b-1c2d3e4f5a6b',
  aggregate: workflowId,
  sentAt: at,
  body: {
    type: 'TaskResult',
    taskId: `${workflowId}~8j2.c.0`,
    dispatch: 1,
    status: 'COMPLETED',
    output: json(output),
    callbackAfterSeconds: 0,
    workerId: 'worker-1',
    extendLease: false,
    logs: [],
  },
};

const commands = createCommandCodec({ topic: 'partitura.commands', partitions: 8 });
const signing = createCommandCodec({ topic: 'partitura.commands', partitions: 8, key: Buffer.alloc(32, 7) });
const bytes = journalCodec.encode(decision);
const body = Buffer.from(bytes.subarray(5));
const oracle = avro.Type.forSchema(schema, { registry: {}, omitRecordMethods: true });
const plain = oracle.fromBuffer(body);
const own = commands.encode(result).value;
const signed = signing.encode(result);
const open = encodePublicCommand(result).value;
const taskBytes = taskCodec.encode(task);
const text = Buffer.from(JSON.stringify(output));

console.log(`a decision of three events: ${bytes.length} bytes`);
measure('decision: encode', () => journalCodec.encode(decision));
measure('decision: decode', () => journalCodec.decode(bytes));
measure('the same by avsc, unions still wrapped: encode', () => oracle.toBuffer(plain));
measure('the same by avsc, unions still wrapped: decode', () => oracle.fromBuffer(body));
measure('task: encode', () => taskCodec.encode(task));
measure('task: decode', () => taskCodec.decode(taskBytes));
measure('result, internal: encode', () => commands.encode(result));
measure('result, internal: decode', () => commands.decode(3, { offset: 1, value: own }));
measure('result, internal, signed: encode', () => signing.encode(result));
measure('result, internal, signed: decode', () => signing.decode(3, { offset: 1, ...signed }));
measure('result, public: encode', () => encodePublicCommand(result));
measure('result, public: decode', () => commands.decode(3, { offset: 1, value: open }));
measure('user data of 69 bytes: check', () => checkJson(text));
measure('partition of a UUID', () => partitionOf(workflowId, 8));

function measure(name, work, times = 20_000) {
  for (let i = 0; i < times; i++) work();
  let best = Infinity;
  for (let round = 0; round < 25; round++) {
    const began = process.hrtime.bigint();
    for (let i = 0; i < times; i++) work();
    best = Math.min(best, Number(process.hrtime.bigint() - began) / times / 1000);
  }
  console.log(`${best.toFixed(2).padStart(7)} µs  ${name}`);
}
