import { describe, expect, it } from '@jest/globals';
import { readWorkflowDef } from '@partitura/engine';
import type { Json, JsonObject } from '@partitura/model';
import { taskKinds } from '../task-kinds.ts';
import { Definitions } from '../testing/definitions.ts';
import { fork, join, simple, task, workflow } from '../testing/shapes.ts';

const definitions = new Definitions();
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const refusalsOf = (raw: Json): readonly string[] =>
  readWorkflowDef(raw, { kinds: taskKinds, definitions }).problems.map(({ path, message }) => `${path}: ${message}`);
const withInput = (text: string): JsonObject => workflow('w', [{ ...simple('a'), inputParameters: { text } }]);
const nested = (levels: number): JsonObject => {
  let inner = simple('a');
  for (let i = 0; i < levels; i++) inner = task('DO_WHILE', `l${i}`, { loopCondition: 'false', loopOver: [inner] });
  return inner;
};

describe('a definition that is made to do harm', () => {
  it('is refused with every reason at once: nesting, names borne twice, joins that wait for nobody or for ever', () => {
    const all = refusalsOf(
      workflow('w', [
        simple('twice'),
        simple('twice'),
        fork('f', [[simple('b')]]),
        join('j', ['nobody', 'after']),
        simple('after'),
      ]),
    );
    expect(all).toEqual(
      expect.arrayContaining([
        expect.stringContaining('taskReferenceName: twice should be unique'),
        expect.stringContaining('no task of the definition has the taskReferenceName nobody'),
        expect.stringContaining('j waits for after, which cannot end before it'),
      ]),
    );
    expect(refusalsOf(workflow('w', [nested(200)]))).toEqual([expect.stringContaining('nested at most 50 levels')]);
  });

  it('may be large: five thousand tasks, or a join of nine thousand, are none', () => {
    expect(
      refusalsOf(
        workflow(
          'w',
          many(5_000, (i) => simple(`a${i}`)),
        ),
      ),
    ).toEqual([]);
    const branches = many(9_000, (i) => [simple(`a${i}`)]);
    expect(
      refusalsOf(
        workflow('w', [
          fork('f', branches),
          join(
            'j',
            branches.map((_, i) => `a${i}`),
          ),
        ]),
      ),
    ).toEqual([]);
  });

  it('is told a thousand reasons, and how many more there are', () => {
    const refused = refusalsOf(
      workflow(
        'w',
        many(3_000, () => simple('same')),
      ),
    );
    expect(refused).toHaveLength(1_001);
    expect(refused.at(-1)).toBe(': 1999 more problems');
  });

  const size = 20_000;
  const unknown = (count: number): string[] => many(count, (i) => `x${i}`);
  it.each<[string, () => JsonObject]>([
    [
      'the name of an iteration of an iteration of …',
      () => workflow('w', [simple('a'), join('j', [`a${'__1'.repeat(size)}x`])]),
    ],
    [
      'a name that is nearly the very long name of another',
      () => workflow('w', [simple('b'.repeat(size)), join('j', [`${'b'.repeat(size)}c`])]),
    ],
    [
      'thousands of joins that wait for nobody',
      () => workflow('w', [...many(2_500, (i) => simple(`a${i}`)), ...many(2_500, (i) => join(`j${i}`, [`x${i}`]))]),
    ],
    ['a join of names without end', () => workflow('w', [simple('a'), join('j', unknown(300_000))])],
    ['a join of half as many', () => workflow('w', [simple('a'), join('j', unknown(90_000))])],
    [
      'names that are no texts',
      () => workflow('w', [simple('a'), task('JOIN', 'j', { joinOn: many(90_000, () => ({})) })]),
    ],
    ['references that open and never close', () => withInput('${'.repeat(size * 10))],
    ['a reference of blanks', () => withInput(`\${${' '.repeat(size * 10)}}`)],
    ['a filter in a filter in a …', () => withInput(`\${a.output${'[?('.repeat(size)}}`)],
    [
      'brackets in a condition',
      () =>
        workflow('w', [
          task('DO_WHILE', 'l', { loopCondition: `${'('.repeat(size)}1${')'.repeat(size)}`, loopOver: [simple('a')] }),
        ]),
    ],
    [
      'a sum without end',
      () =>
        workflow('w', [
          task('SWITCH', 's', {
            evaluatorType: 'javascript',
            expression: `1${'+1'.repeat(size)}`,
            decisionCases: { x: [simple('a')] },
          }),
        ]),
    ],
    [
      'brackets in jq',
      () =>
        workflow('w', [
          task('JSON_JQ_TRANSFORM', 'q', {
            inputParameters: { queryExpression: `${'('.repeat(size)}.${')'.repeat(size)}` },
          }),
        ]),
    ],
  ])('is judged soon: %s', (_what, make) => {
    const raw = make();
    const began = process.cpuUsage(); // others may use the machine
    refusalsOf(raw);
    // A hundredth of what the careless way takes, ten times what the careful one does here.
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });
});
