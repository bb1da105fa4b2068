import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { cases, casesOf, sdks, type Sdk } from './cases.ts';

/** How each suite names its cases. */
const naming: Readonly<Record<Sdk, { files: RegExp; name: RegExp }>> = {
  python: { files: /test_\w+\.py$/, name: /^def test_(\w+)\(/gm },
  java: { files: /Cases\.java$/, name: /@Test\s+void (\w+)\(/g },
  javascript: { files: /-cases\.ts$/, name: /^ {2}async (\w+)\(/gm },
};

function namesIn(sdk: Sdk): string[] {
  const folder = new URL(`${sdk}/`, import.meta.url);
  const { files, name } = naming[sdk];
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => files.test(file));
  return sources.flatMap((file) =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(name)].map(([, found = '']) => found),
  );
}

describe('the table of cases', () => {
  it('names every case once, and says what each shows', () => {
    expect(cases.filter(({ title }) => title === '')).toEqual([]);
    expect(new Set(cases.map((each) => each.case)).size).toBe(cases.length);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  it.each(sdks)('is what the suite of %s has, case by case', (sdk) => {
    expect(namesIn(sdk).sort()).toEqual(
      casesOf(sdk)
        .map((each) => each.case)
        .sort(),
    );
  });
});
