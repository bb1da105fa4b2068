// Adds golden bytes for schemas that have none yet: schemas/golden/records/<schema>.<id>.json. What is there is never
// touched: these bytes lie in somebody's log. Needs a build (npx tsc -b libs/wire).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Payload } from '@partitura/model';
import * as wire from '@partitura/wire';
import { samplesOf } from './samples.mjs';

const schemas = fileURLToPath(new URL('../../../schemas/', import.meta.url));
const target = join(schemas, 'golden', 'records');
const commands = wire.createCommandCodec({ topic: 'golden', partitions: 1 });
const encoders = {
  'journal-record': wire.journalCodec.encode,
  command: (record) => commands.encode(record).value,
  task: wire.taskCodec.encode,
  reply: wire.replyCodec.encode,
  definition: wire.definitionCodec.encode,
  'dead-letter': wire.deadLetterCodec.encode,
  'public-command': wire.publicCommandCodec.encode,
};

mkdirSync(target, { recursive: true });
for (const { id, name, file, fingerprint } of JSON.parse(readFileSync(join(schemas, 'manifest.json'), 'utf8'))) {
  const path = join(target, `${name}.${id.toString(16)}.json`);
  if (existsSync(path)) continue;
  const samples = samplesOf(JSON.parse(readFileSync(join(schemas, file), 'utf8')));
  const cases = samples.map(
    (record) => `    ${JSON.stringify({ record, hex: Buffer.from(encoders[name](revive(record))).toString('hex') })}`,
  );
  writeFileSync(
    path,
    `{\n  "schema": "${name}",\n  "id": ${id},\n  "fingerprint": "${fingerprint}",\n  "cases": [\n${cases.join(',\n')}\n  ]\n}\n`,
  );
  console.log(`${path}: ${cases.length} records`);
}

function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$json' in value) return Payload.fromBytes(Buffer.from(value.$json));
  if ('$hex' in value) return Buffer.from(value.$hex, 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}
