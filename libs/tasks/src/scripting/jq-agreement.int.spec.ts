import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { compileJq } from '@partitura/expressions';
import type { Json, JsonObject } from '@partitura/model';
import { RandomJq } from '../testing/programs/random-jq.ts';

/** jq programs by theme. */
const corpus = JSON.parse(
  readFileSync(new URL('../testing/programs/jq-programs.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;

const inputs: readonly Json[] = [
  null,
  {
    ...{ a: 3, b: 4, n: 4, f: 2.75, s: 'Some text' },
    list: [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
      { k: 'c', v: 1 },
    ],
  },
  [3, 1, 2, 2, null],
  ['b', 'a', 'ab'],
  'a,b, c',
  7,
  -2.5,
  [],
  {},
  { a: { b: { c: [1, [2, { d: null }]] } }, t: true, u: false },
  false,
];

const literals = 'jq keeps a number as it was written; here it is a double, as in JSON';
const laxer = 'jq stumbles over it; nobody is refused a program because of that';
const reversed = 'reverse takes texts, as the manual of jq 1.7 says; this build is older';
const repeating = 'repeat of this build of jq is broken: the manual says what we do';

/** Where we answer otherwise, and mean to. */
const wanted: Readonly<Record<string, string>> = {
  '1 | [limit(4; repeat(. * 2))]': repeating,
  'limit(3; repeat(1))': repeating,
  reverse: reversed,
  '"abc" | reverse': reversed,
  '1 | reverse': reversed,
  '{} | reverse': reversed,
  '{"a":1} | reverse': reversed,
  '[leaf_paths]': 'this build of jq lacks it',
  'last(.list[]?) |= 5': 'the last of some paths is a path, which this build of jq does not know',
  '"abc" | indices("")': 'nothing is found where nothing is looked for; jq 1.7 says null',
  '"<&>\'\\"" | @html': 'the manual says &#39;',
  isnan: 'what is no number has no such property; this build of jq says false',
  isinfinite: 'what is no number has no such property; this build of jq says false',
  '[1, 1.0, 1.5, "a", null, [1], {"a":1}] | map(tostring)': literals,
  '1e16 | tojson': literals,
  '3.0 | tostring': literals,
  '{"b":1,"a":[1.0,1e3]} | tojson': literals,
  '1e2 | tojson': literals,
  '"1.50" | tonumber | tostring': literals,
  '{(1): 2}': laxer,
  '{"k":"a","a":5} as {k: $k, ($k): $v} | $v': laxer,
  '.a?//1': laxer,
  '1?//2': laxer,
  '.[]?//1': laxer,
  '"\\ud800"': laxer,
};

interface Jq {
  raw(json: string, program: string, flags: readonly string[]): string | undefined;
}
type Answer = JsonObject | 'beyond';

describe('the jq of decisions and jq itself', () => {
  let jq: Jq;
  beforeAll(async () => {
    jq = await (createRequire(import.meta.url)('jq-web') as Promise<Jq>);
  });

  /** What jq says to each input; undefined: it does not compile. One call for all of them, since each takes long. */
  function inJq(program: string): readonly JsonObject[] | undefined {
    const asked = `[.[] | try {ok: [(${program}\n)]} catch {error: (if type == "string" then . else tojson end)}]`;
    try {
      return JSON.parse(jq.raw(JSON.stringify(inputs), asked, ['-c']) ?? '') as readonly JsonObject[];
    } catch (error) {
      if (error instanceof Error && error.message.includes('compile error')) return undefined;
      throw new Error(`jq does not answer to ${program}`, { cause: error });
    }
  }

  function inDecision(program: string): readonly Answer[] | undefined {
    const compiled = compileJq(program);
    if (compiled.problem !== undefined) return undefined;
    return inputs.map((input) => {
      const outcome = compiled.run(input, { left: 100_000 });
      if ('beyond' in outcome) return 'beyond';
      if ('error' in outcome) return { error: outcome.error };
      return { ok: JSON.parse(JSON.stringify(outcome.results)) as Json };
    });
  }

  /** The text of what cannot be parsed is the parser's own. */
  const comparable = (answer: JsonObject | undefined): string =>
    JSON.stringify(answer).replace(/"error":"(?:Cannot parse|.*\(while parsing) .*"/, '"error":"cannot parse"');

  function differences(program: string, isSame: (ours: JsonObject, theirs: JsonObject) => boolean): readonly string[] {
    const [ours, theirs] = [inDecision(program), inJq(program)];
    if (ours?.every((answer) => answer === 'beyond')) return [];
    if (ours === undefined || theirs === undefined) {
      const [we, they] = [ours, theirs].map((answers) => (answers === undefined ? 'refuses' : 'takes'));
      return we === they ? [] : [`${program}: the decision ${we} it, jq ${they} it`];
    }
    return ours.flatMap((answer, i) => {
      const other = theirs[i] ?? {};
      if (answer === 'beyond') return [];
      answered++;
      if (isSame(answer, other)) return [];
      const input = JSON.stringify(inputs[i]);
      return [`${program} on ${input}\n  decision ${JSON.stringify(answer)}\n  jq       ${JSON.stringify(other)}`];
    });
  }

  const sameText = (ours: JsonObject, theirs: JsonObject): boolean => comparable(ours) === comparable(theirs);
  let answered = 0;

  it.each(Object.entries(corpus))('agree on programs about %s', (_theme, programs) => {
    const found = programs
      .filter((program) => !Object.hasOwn(wanted, program))
      .flatMap((p) => differences(p, sameText));
    expect(found.slice(0, 10).join('\n')).toBe('');
  });

  it('differ where that is wanted, and the decision answers most programs', () => {
    expect(Object.values(corpus).flat()).toEqual(expect.arrayContaining(Object.keys(wanted)));
    expect(Object.keys(wanted).filter((program) => differences(program, sameText).length === 0)).toEqual([]);
    const all = Object.values(corpus).flat().length * inputs.length;
    expect(answered).toBeGreaterThan(all * 0.7);
  });

  it('refuse the same programs; nobody is refused what jq would run', () => {
    const refused = Object.values(corpus)
      .flat()
      .filter((program) => inDecision(program) === undefined);
    expect(refused.filter((program) => inJq(program) !== undefined)).toEqual([]);
    expect(refused.length).toBeGreaterThan(40);
  });

  const seeds = Number(process.env['PARTITURA_SEEDS'] ?? 1_000);
  const firstSeed = Number(process.env['PARTITURA_FIRST_SEED'] ?? 1);
  it(`agree on ${seeds} random programs`, () => {
    const found: string[] = [];
    answered = 0;
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const program = new RandomJq(seed).program();
      // Which of several errors comes first is not compared.
      const bothFail = (ours: JsonObject, theirs: JsonObject): boolean =>
        ('error' in ours && 'error' in theirs) || sameText(ours, theirs);
      found.push(...differences(program, bothFail).map((difference) => `seed ${seed}: ${difference}`));
    }
    expect(found.slice(0, 10).join('\n')).toBe('');
    expect(answered).toBeGreaterThan(seeds * inputs.length * 0.8);
  });
});
