import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileScript, type ScriptOutcome } from '@partitura/expressions';

export interface Probe {
  /** What it is after. */
  readonly tries: string;
  readonly program: string;
  /** What the decision says: an answer (`ok …`), an error, or why it is left to the full engine. */
  readonly decision: string;
}

const probes = JSON.parse(
  readFileSync(new URL('../testing/programs/hostile-scripts.json', import.meta.url), 'utf8'),
) as readonly Probe[];

const input = { n: 1, s: 'text', list: [1, 'b', null], o: { k: { deep: true } } };
const fuel = 10_000;

const said = (outcome: ScriptOutcome): string => {
  if ('ok' in outcome) return `ok ${JSON.stringify(outcome.ok)}`;
  return 'error' in outcome ? `error ${outcome.error}` : `beyond: ${outcome.beyond}`;
};

/** Open, close, how often: programs that are deep, not long. */
const deep: readonly (readonly [string, string, string, number])[] = [
  ['(', '1', ')', 400],
  ['(', '1', ')', 20_000],
  ['[', '', ']', 5_000],
  ['1+', '1', '', 30_000],
  ['', '1', '+1', 30_000],
  ['!', '1', '', 10_000],
  ['', '$', '.a', 20_000],
  ['', '$', '?.a', 3_000],
  ['1?1:', '1', '', 3_000],
  ['1,', '1', '', 20_000],
  ['if(1)', '1', '', 3_000],
  ['`${', '1', '}`', 500],
  ['()=>', '1', '', 2_000],
  ['(()=>', '1', ')()', 500],
  ['{', '', '}', 3_000],
];

describe(`${probes.length} hostile programs inside a decision`, () => {
  const groups = [...new Set(probes.map(({ tries }) => tries))];

  it.each(groups)('are answered as it was looked through, or left to the full engine: %s', (group) => {
    const differing = probes
      .filter(({ tries }) => tries === group)
      .map(({ program, decision }) => ({
        program,
        decision,
        now: said(compileScript(program).run({ $: input }, { left: fuel })),
      }))
      .filter(({ decision, now }) => decision !== now);
    expect(differing).toEqual([]);
  });

  it('spend no more than they are given, by more than one step', () => {
    for (const { program } of probes) {
      const left = { left: fuel };
      compileScript(program).run({ $: input }, left);
      // What was asked for last is refused before it is done, however much it is.
      expect(compileScript(program).run({ $: input }, left)).toBeDefined();
    }
  });

  it.each(deep)('are read without an end of the stack: %s%s%s, many times', (open, core, close, times) => {
    const outcome = compileScript(`${open.repeat(times)}${core}${close.repeat(times)}`).run(
      { $: input },
      { left: fuel },
    );
    expect(Object.keys(outcome)[0]).toMatch(/^(?:ok|error|beyond)$/);
  });

  it('leave the host as it was', () => {
    const before = Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length;
    for (const { program } of probes) compileScript(program).run({ $: structuredClone(input) }, { left: fuel });
    expect(Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length).toBe(before);
    expect('polluted' in {}).toBe(false);
    expect([Math.max(1, 2), JSON.stringify([1]), Object.keys({ a: 1 })]).toEqual([2, '[1]', ['a']]);
  });
});
