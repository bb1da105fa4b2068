import { readFileSync } from 'node:fs';
import { parseSync, type CallExpression, type Statement } from '@swc/core';
import { describe, expect, it } from '@jest/globals';
import type { Contents } from './contents.ts';
import { controlFlow } from './control-flow.cases.ts';
import { defects } from './defects.ts';
import { inputsAndTasks } from './inputs-and-tasks.cases.ts';
import { waitsToOperations } from './waits-to-operations.cases.ts';

const root = new URL('../../../../../', import.meta.url);
const cases: Contents = { ...inputsAndTasks, ...controlFlow, ...waitsToOperations };

/** `describe › it` of all tests of a spec that are run, with titles as they are written. */
function testsIn(file: string): ReadonlySet<string> {
  const source = readFileSync(new URL(file, root), 'utf8');
  const found = new Set<string>();
  collect(parseSync(source, { syntax: 'typescript' }).body, [], found);
  return found;
}

function collect(statements: readonly unknown[], path: readonly string[], found: Set<string>): void {
  for (const statement of statements as readonly Statement[]) {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') continue;
    const [title, body] = statement.expression.arguments.map(({ expression }) => expression);
    if (title?.type !== 'StringLiteral') continue;
    const called = nameOf(statement.expression);
    if (called === 'it') found.add([...path, title.value].join(' › '));
    if (called !== 'describe' || body?.type !== 'ArrowFunctionExpression') continue;
    if ('stmts' in body.body) collect(body.body.stmts, [...path, title.value], found);
  }
}

/** `it` for `it(…)` and `it.each(…)(…)`; undefined for what is skipped or only noted. */
function nameOf({ callee }: CallExpression): string | undefined {
  if (callee.type === 'Identifier') return callee.value;
  if (callee.type !== 'CallExpression' || callee.callee.type !== 'MemberExpression') return undefined;
  const { object, property } = callee.callee;
  return object.type === 'Identifier' && property.type === 'Identifier' && property.value === 'each'
    ? object.value
    : undefined;
}

const known = new Map<string, ReadonlySet<string>>();

/** What is wrong with the name of a test. */
function problemOf(test: string): string | undefined {
  const [name = '', ...titles] = test.split(' › ');
  const file = name.includes('/') ? name : `libs/tasks/src/behaviour/${name}.spec.ts`;
  const tests = known.get(file) ?? testsIn(file);
  known.set(file, tests);
  return tests.has(titles.join(' › ')) ? undefined : `${file} has no test "${titles.join(' › ')}"`;
}

const numbers = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

describe.each([
  ['the cases of Conductor’s contract', cases, numbers(125, 'E')],
  ['what we do instead of Conductor’s defects', defects, numbers(47, '')],
])('the table of contents of %s', (_what, contents, ids) => {
  it('has a line for each, in order', () => {
    expect(Object.keys(contents)).toEqual(ids);
  });

  it('names tests that exist and are run', () => {
    const problems = Object.entries(contents).flatMap(([id, line]) =>
      'shownBy' in line
        ? line.shownBy.map(problemOf).flatMap((problem) => (problem === undefined ? [] : [`${id}: ${problem}`]))
        : [],
    );
    expect(problems).toEqual([]);
  });

  for (const [id, line] of Object.entries(contents)) {
    if ('waitsFor' in line) it.todo(`shows ${id}, ${line.says}, once there is: ${line.waitsFor}`);
  }
});
