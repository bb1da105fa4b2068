/**
 * Writes `src/registry.ts` and `src/executors.ts` from the folders of `src`: every folder with a `<kind>.task.ts` is a
 * task kind, every `<kind>.executor.ts` its IO half. With `--check` nothing is written; a stale file ends with status 1.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/', import.meta.url);
const folders = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const has = (folder, file) => existsSync(new URL(`${folder}/${file}`, source));
const camel = (name) => name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
const kinds = folders.filter((folder) => has(folder, `${folder}.task.ts`));
const withExecutor = kinds.filter((folder) => has(folder, `${folder}.executor.ts`));

const header = '// Generated from the folders of this directory by scripts/generate-registry.mjs; do not edit.\n';
const lines = (items) => items.join('\n');

const registry = `${header}import type { TaskKind } from '@partitura/engine';
${lines(kinds.map((kind) => `import { ${camel(kind)}Task } from './${kind}/${kind}.task.ts';`))}

export const allKinds: readonly TaskKind[] = [
${lines(kinds.map((kind) => `  ${camel(kind)}Task,`))}
];
`;

const executors = `${header}import type { Executor, ExecutorOptions } from './executor.ts';
${lines(withExecutor.map((kind) => `import { ${camel(kind)}Executor } from './${kind}/${kind}.executor.ts';`))}

export type * from './executor.ts';
export type { KafkaRequest } from './kafka-publish/kafka-request.ts';

/** The IO halves of all task kinds that have one. */
export function executors(options: ExecutorOptions): readonly Executor[] {
  return [
${lines(withExecutor.map((kind) => `    ${camel(kind)}Executor(options),`))}
  ];
}
`;

const check = process.argv.includes('--check');
let stale = false;
for (const [file, text] of [
  ['registry.ts', registry],
  ['executors.ts', executors],
]) {
  const url = new URL(file, source);
  if (existsSync(url) && readFileSync(url, 'utf8') === text) continue;
  stale = true;
  if (check) console.error(`${fileURLToPath(url)} is stale: run node libs/tasks/scripts/generate-registry.mjs`);
  else writeFileSync(url, text);
}
if (check && stale) process.exitCode = 1;
