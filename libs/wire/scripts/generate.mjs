// Writes libs/wire/src/generated from schemas/: types and codecs from the Avro schemas, and the texts of what is
// published. `--check` writes nothing and fails when a file is stale.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codecModule } from './codec-module.mjs';
import { fingerprint } from './fingerprint.mjs';

const schemas = fileURLToPath(new URL('../../../schemas/', import.meta.url));
const target = fileURLToPath(new URL('../src/generated/', import.meta.url));
const generatedBy = '// Generated from schemas/ by libs/wire/scripts/generate.mjs; do not edit.\n';

const readJson = (path) => JSON.parse(readFileSync(join(schemas, path), 'utf8'));
const manifest = readJson('manifest.json');

/** All files of the target folder, by name. */
function generate() {
  const files = new Map();
  const newest = new Map();
  for (const entry of manifest) {
    const schema = readJson(entry.file);
    const actual = fingerprint(schema);
    if (actual !== entry.fingerprint)
      throw new Error(
        `${entry.file} is not what 0x${entry.id.toString(16)} stands for (its fingerprint is now ${actual}); give the changed schema a new file and a new id`,
      );
    newest.set(entry.name, { ...entry, schema });
  }
  for (const { name, schema } of newest.values()) files.set(`${name}.ts`, generatedBy + codecModule(schema));
  files.set('schemas.ts', generatedBy + schemasModule(newest));
  return files;
}

function schemasModule(newest) {
  const older = manifest.filter((entry) => newest.get(entry.name).id !== entry.id);
  const ids = [...newest.values()].map(({ name, id }) => `  '${name}': 0x${id.toString(16)},`).join('\n');
  const texts = [...newest.values()]
    .map(({ name, schema }) => `  '${name}': ${JSON.stringify(JSON.stringify(schema))},`)
    .join('\n');
  const olderEntries = older
    .map(
      ({ id, name, file }) =>
        `  { id: 0x${id.toString(16)}, name: '${name}', text: ${JSON.stringify(JSON.stringify(readJson(file)))} },`,
    )
    .join('\n');
  const json = readdirSync(join(schemas, 'json'))
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map(
      (file) =>
        `  '${file.replace('.schema.json', '')}': ${JSON.stringify(readJson(join('json', file)), null, 2).replaceAll('\n', '\n  ')},`,
    )
    .join('\n');
  return `
/** The id that is written for each kind of record. */
export const schemaIds = {
${ids}
} as const;
export type SchemaName = keyof typeof schemaIds;

/** Text of the newest Avro schema of each kind. */
export const schemaTexts: Readonly<Record<SchemaName, string>> = {
${texts}
};

/** Schemas that were written once and are still read. */
export const olderSchemas: readonly { readonly id: number; readonly name: SchemaName; readonly text: string }[] = [
${olderEntries}
];

/** JSON Schemas of the commands that may be sent as plain JSON. */
export const jsonSchemas = {
${json}
} as const;
`;
}

const check = process.argv.includes('--check');
let files;
try {
  files = generate();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
mkdirSync(target, { recursive: true });
const stale = [...files].filter(([name, text]) => readIfPresent(join(target, name)) !== text).map(([name]) => name);
const strangers = readdirSync(target).filter((name) => !files.has(name));
if (!check) for (const name of stale) writeFileSync(join(target, name), files.get(name));
if (check && stale.length + strangers.length > 0) {
  console.error(
    `libs/wire/src/generated is out of date: ${[...stale, ...strangers].join(', ')}; run node libs/wire/scripts/generate.mjs`,
  );
  process.exitCode = 1;
}

function readIfPresent(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
