import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileJq, type JqOutcome } from '@partitura/expressions';

interface Probe {
  /** What it is after. */
  readonly tries: string;
  readonly program: string;
  /** What the decision says: results (`ok …`), an error, or why it is left to jq itself. */
  readonly decision: string;
}

const probes = JSON.parse(
  readFileSync(new URL('../testing/programs/hostile-jq.json', import.meta.url), 'utf8'),
) as readonly Probe[];

const input = { n: 1, s: 'text', list: [1, 'b', null], o: { k: { deep: true } } };
const fuel = 10_000;

const said = (outcome: JqOutcome): string => {
  if ('results' in outcome) return `ok ${JSON.stringify(outcome.results)}`;
  if ('error' in outcome) return `error ${outcome.error}`;
  // Which of the two bounds is met first depends on the host's stack.
  return `beyond: ${outcome.beyond.replace(/^(?:deep nesting|calls within calls)$/, 'depth')}`;
};
const run = (program: string): JqOutcome => compileJq(program).run(structuredClone(input), { left: fuel });

/** Open, core, close, how often: programs that are deep, not long. */
const deep: readonly (readonly [string, string, string, number])[] = [
  ['(', '1', ')', 500],
  ['[', '', ']', 5_000],
  ['{a:', '1', '}', 500],
  ['. | ', '.', '', 10_000],
  ['1 + ', '1', '', 10_000],
  ['-', '1', '', 5_000],
  ['.a', '', '', 20_000],
  ['.[0]', '', '', 5_000],
  ['.a?', '', '', 5_000],
  ['if 1 then ', '1', ' end', 1_000],
  ['try ', '1', '', 2_000],
  ['"\\(', '1', ')"', 300],
  ['def f: ', '1', '; f', 300],
  ['. as $x | ', '$x', '', 2_000],
  ['label $x | ', '1', '', 2_000],
  ['reduce . as $x (0; ', '1', ')', 300],
  ['1,', '1', '', 30_000],
  ['1 // ', '1', '', 3_000],
];

describe(`${probes.length} hostile jq programs inside a decision`, () => {
  const groups = [...new Set(probes.map(({ tries }) => tries))];

  it.each(groups)('are answered as it was looked through, or left to jq itself: %s', (group) => {
    const differing = probes
      .filter(({ tries }) => tries === group)
      .map(({ program, decision }) => ({ program, decision, now: said(run(program)) }))
      .filter(({ decision, now }) => decision !== now);
    expect(differing).toEqual([]);
  });

  it.each(deep)(
    'are read without an end of the stack, and nobody is refused one: %s%s%s',
    (open, core, close, times) => {
      const program = `${open.repeat(times)}${core}${close.repeat(times)}`;
      expect(compileJq(program).problem).toBeUndefined();
      expect(Object.keys(run(program))[0]).toMatch(/^(?:results|error|beyond)$/);
    },
  );

  it('leave the host as it was', () => {
    const before = Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length;
    for (const { program } of probes) run(program);
    expect(Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length).toBe(before);
    expect('polluted' in {}).toBe(false);
  });
});
